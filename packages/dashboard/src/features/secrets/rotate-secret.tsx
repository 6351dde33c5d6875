import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ProblemError, type Secret, type SecretList } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { saySaved } from './secret-dialog.tsx';
import { isComplete, valueOf, type ValueDraft } from './secret-words.ts';
import { ValueFields } from './value-fields.tsx';
import './secrets.css';

/** Who gets the new value, and when. */
function UsedBy({ secret: { used_by: jobs } }: { readonly secret: Secret }) {
  if (jobs.length === 0) return <Text size="sm">No job uses it.</Text>;
  return (
    <>
      <Text size="sm">Runs that start from now on get the new value; runs that live keep the one they have:</Text>
      <List size="sm" className="jtp-used-by">
        {jobs.slice(0, 20).map(({ id, name, next_due_at: at }) => (
          <List.Item key={id}>
            <Link to="/jobs/$id" params={{ id }} className="jtp-link">
              {name}
            </Link>{' '}
            {at === null ? 'when it is started' : <When at={at} planned />}
          </List.Item>
        ))}
      </List>
      {jobs.length > 20 ? <Text size="sm">and {jobs.length - 20} more.</Text> : null}
    </>
  );
}

interface RotateSecretProps {
  readonly secret: Secret;
  readonly providers: SecretList['providers'];
  readonly onClose: () => void;
}

/** Another value for a secret. Its name is typed, as what had the old value may stop working. */
export function RotateSecret({ secret, providers, onClose }: RotateSecretProps) {
  const client = useQueryClient();
  const { id, name, provider, reference } = secret;
  const [typed, setTyped] = useState('');
  const [draft, setDraft] = useState<ValueDraft>({ provider, value: '', reference: reference ?? '', expires: '' });
  const save = useMutation({
    mutationFn: () => api.rotateSecret({ params: { id }, body: valueOf(draft) }),
    onSuccess: (saved) => {
      saySaved(saved, `has its version ${saved.version}`);
      void client.invalidateQueries({ queryKey: ['secrets'] });
      onClose();
    },
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Rotate ${name}`} size="lg">
      <form noValidate onSubmit={submit} autoComplete="off">
        <Stack>
          {isElsewhere ? <ErrorPanel error={save.error} /> : null}
          <div>
            <UsedBy secret={secret} />
          </div>
          <ValueFields
            draft={draft}
            set={(changes) => setDraft((before) => ({ ...before, ...changes }))}
            errors={errors}
            providers={providers}
          />
          <TextInput
            label={`Type ${name} to go on`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={typed.trim() !== name || !isComplete(draft)}>
              Rotate secret
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
