import { Alert, Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';

/** Takes a person out of everything, after their address was written. */
export function EraseDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const client = useQueryClient();
  const [confirm, setConfirm] = useState('');
  const erase = useMutation({
    mutationFn: () => api.eraseUser({ params: { id: user.id }, body: { confirm } }),
    onSuccess: ({ jobs_naming: naming }) => {
      void client.invalidateQueries();
      if (naming.length > 0) return;
      sayDone('The person is erased.');
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    erase.mutate();
  };
  const naming = erase.data?.jobs_naming ?? [];
  return (
    <Modal opened onClose={onClose} title={`Erase ${user.name}?`}>
      {naming.length > 0 ? (
        <Stack>
          <Alert variant="outline" title="The person is erased, and some jobs still hold the address">
            <Text size="sm">What a job does is not changed. Take the address out of these:</Text>
            <List size="sm" mt="xs">
              {naming.map((name) => (
                <List.Item key={name} className="jtp-break">
                  {name}
                </List.Item>
              ))}
            </List>
          </Alert>
          <Group justify="flex-end">
            <Button onClick={onClose}>Close</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack>
            {erase.isError ? <ErrorPanel error={erase.error} /> : null}
            <Text size="sm">
              The account goes with its sign-ins and keys. Name, address and id are taken out of everything that is
              kept, the event log and the audit too; what was done and when stays, by an erased person. Jobs go on
              without an owner. Backups and what was written outside the database keep what they hold. This cannot be
              undone.
            </Text>
            <TextInput
              label="Mail address of the account"
              description={`Write ${user.email} to say that it is meant.`}
              autoComplete="off"
              required
              value={confirm}
              onChange={(event) => setConfirm(event.currentTarget.value)}
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                color="red"
                loading={erase.isPending}
                disabled={confirm.trim().toLowerCase() !== user.email}
              >
                Erase
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
