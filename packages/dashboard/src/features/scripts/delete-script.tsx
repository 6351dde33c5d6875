import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ScriptFile } from 'job-trigger-contract';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';

/** Asks once, and says which jobs would find nothing. */
export function DeleteScript({
  file: { path, sha256, jobs },
  close,
  deleted,
}: {
  readonly file: ScriptFile;
  readonly close: () => void;
  readonly deleted: () => void;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      api.deleteScript(
        { query: { path, ...(jobs.length === 0 ? {} : { force: 'true' as const }) } },
        { headers: { 'if-match': `"${sha256}"` } },
      ),
    onSuccess: () => {
      sayDone(`${path} is deleted.`);
      // Not the file itself: nothing is there to be read any more.
      void client.invalidateQueries({ predicate: ({ queryKey: [of, what] }) => of === 'scripts' && what !== 'file' });
      deleted();
    },
    onError: sayFailed,
  });
  return (
    <Modal opened onClose={close} title={`Delete ${path}?`}>
      <Stack>
        {jobs.length === 0 ? (
          <Text size="sm">No job that you see runs it.</Text>
        ) : (
          <>
            <Text size="sm">
              {jobs.length === 1 ? 'A job runs it, and fails' : `${jobs.length} jobs run it, and fail`} at the next
              start:
            </Text>
            <List size="sm">
              {jobs.map(({ id, name, active }) => (
                <List.Item key={id}>
                  {name}
                  {active ? '' : ' (paused)'}
                </List.Item>
              ))}
            </List>
          </>
        )}
        <Text size="sm">What it holds is kept: a script made under the same name finds it among its versions.</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
