import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type KeyMade, type Person } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { KeyOnce } from './key-once.tsx';
import { scopeNames, scopeWords } from './scope-words.ts';

interface KeyDialogProps {
  readonly role: Person['role'];
  readonly onClose: () => void;
}

const ranks: readonly Person['role'][] = ['viewer', 'operator', 'editor', 'admin'];

function KeyForm({ role, onClose, tell }: KeyDialogProps & { readonly tell: (made: KeyMade) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['read']);
  const [addresses, setAddresses] = useState('');
  const [days, setDays] = useState<number | string>(90);
  const make = useMutation({
    mutationFn: () =>
      api.createKey({
        body: {
          name,
          scopes: scopeNames.filter((scope) => scopes.includes(scope)),
          addresses: addresses.split(/[\s,]+/).filter((address) => address !== ''),
          valid_days: Number(days),
        },
      }),
    onSuccess: (made) => {
      tell(made);
      void client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const errors = make.error instanceof ProblemError ? fieldErrors(make.error.problem) : {};
  const ofAddresses = Object.entries(errors).find(([path]) => path.startsWith('addresses'))?.[1];
  const ofScopes = Object.entries(errors).find(([path]) => path.startsWith('scopes'))?.[1];
  const isElsewhere = make.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {isElsewhere ? <ErrorPanel error={make.error} /> : null}
        <TextInput
          label="Name"
          description="Stands with the runs that it starts."
          required
          data-autofocus
          value={name}
          error={messageAt(errors, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group
          label="What it may do"
          description="None holds another: a program that runs jobs and waits for them needs read and run."
          value={[...scopes]}
          error={ofScopes}
          onChange={setScopes}
        >
          <Stack gap="xs" mt="xs">
            {scopeNames.map((scope) => {
              const needs = scopeWords[scope].role;
              const isBeyond = ranks.indexOf(role) < ranks.indexOf(needs);
              return (
                <Checkbox
                  key={scope}
                  value={scope}
                  label={scope}
                  description={isBeyond ? `Needs the role ${needs}; you are ${role}.` : scopeWords[scope].text}
                  disabled={isBeyond}
                />
              );
            })}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label="Good for days"
          min={1}
          max={366}
          allowDecimal={false}
          value={days}
          error={messageAt(errors, 'valid_days')}
          onChange={setDays}
        />
        <TextInput
          label="Only from these addresses"
          description="Addresses or ranges such as 10.0.0.0/8, separated by spaces; empty for any."
          value={addresses}
          error={ofAddresses}
          onChange={(event) => setAddresses(event.currentTarget.value)}
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            The key is shown in the next step.
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === '' || scopes.length === 0}>
              Make key
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** Makes a key, and shows it once. */
export function KeyDialog({ role, onClose }: KeyDialogProps) {
  const [made, setMade] = useState<KeyMade | null>(null);
  return (
    <Modal opened onClose={onClose} title={made === null ? 'Make a key' : `${made.name} was made`} size="lg">
      {made === null ? (
        <KeyForm role={role} onClose={onClose} tell={setMade} />
      ) : (
        <Stack>
          <KeyOnce made={made} />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have it</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
