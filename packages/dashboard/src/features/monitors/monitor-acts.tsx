import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Monitor } from 'job-trigger-contract';
import { useState } from 'react';
import { sayUndoable } from '../../components/say-undoable.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { useMay } from '../runs/use-may.ts';
import { EditMonitorDialog } from './monitor-dialog.tsx';
import { RenewMonitor } from './renew-monitor.tsx';

/** Edit, pause, resume, renew, delete: refused with its sentence where the role does not allow it. */
export function MonitorActs({ monitor }: { readonly monitor: Monitor }) {
  const { id, name, state } = monitor;
  const params = { id };
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const noPause = useMay('operator');
  const noEdit = useMay('editor');
  const onSuccess = (): void => void client.invalidateQueries({ queryKey: ['monitors'] });
  const isPaused = state === 'paused';
  const toggle = useMutation({
    mutationFn: (pauses: boolean) => (pauses ? api.pauseMonitor({ params }) : api.resumeMonitor({ params })),
    onSuccess: (_, paused) => {
      sayUndoable(`${paused ? 'Paused' : 'Resumed'} ${name}.`, () => toggle.mutate(!paused));
      onSuccess();
    },
    onError: sayFailed,
  });
  const remove = useMutation({
    mutationFn: () => api.deleteMonitor({ params }),
    onSuccess: () => {
      sayDone(`Deleted ${name}.`);
      onSuccess();
      void navigate({ to: '/monitors' });
    },
    onError: sayFailed,
  });
  return (
    <>
      <Button variant="default" disabled={noEdit !== null} title={noEdit ?? undefined} onClick={() => setEditing(true)}>
        Edit
      </Button>
      {isEditing ? <EditMonitorDialog monitor={monitor} onClose={() => setEditing(false)} /> : null}
      <Button
        variant="default"
        loading={toggle.isPending}
        disabled={noPause !== null}
        title={noPause ?? undefined}
        onClick={() => toggle.mutate(!isPaused)}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <RenewMonitor monitor={monitor} />
      <Button variant="default" disabled={noEdit !== null} title={noEdit ?? undefined} onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={`Delete ${name}?`}>
        <Stack>
          <Text size="sm">Its address takes no more pings: take the line out of the crontab first.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete monitor
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
