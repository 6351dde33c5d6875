import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TeamShape } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { TeamDialog } from './team-dialog.tsx';

/** What is done to a team. */
export function TeamActs({ team }: { readonly team: TeamShape }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<'change' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  const remove = useMutation({
    mutationFn: () => api.deleteTeam({ params: { name: team.name } }),
    onSuccess: () => {
      sayDone(`${team.name} was removed.`);
      close();
    },
    onError: sayFailed,
    onSettled: () => client.invalidateQueries({ queryKey: ['teams'] }),
  });
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <Button size="xs" variant="default" aria-label={`Change ${team.name}`} onClick={() => setOpen('change')}>
          Change
        </Button>
        <Button size="xs" variant="default" aria-label={`Remove ${team.name}`} onClick={() => setOpen('remove')}>
          Remove
        </Button>
      </Group>
      {open === 'change' ? <TeamDialog team={team} onClose={close} /> : null}
      <Modal opened={open === 'remove'} onClose={close} title={`Remove ${team.name}?`}>
        <Stack>
          <Text size="sm">Its members no longer see what was shared with it. Nobody’s account changes.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Remove team
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
