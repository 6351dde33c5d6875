import { Anchor, Group, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Job, PauseRequest, ResumeRequest, RunRequest } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { sayUndoable } from '../../components/say-undoable.tsx';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';
import { RepeatKey } from '../../lib/repeat-key.ts';
import { base } from '../../lib/base.ts';

/** Tells that a run was started, with the way to it; `open` goes there without loading the page anew. */
function sayStarted(name: string, runId: string, open: () => void): void {
  // Named by its run: a click that is answered twice is told of once.
  const id = `started-${runId}`;
  notifications.show({
    id,
    withBorder: true,
    color: 'brand',
    autoClose: 10_000,
    message: (
      <Group justify="space-between">
        <Text size="sm">{name} was started.</Text>
        <Anchor
          size="sm"
          href={`${base}/runs/${runId}`}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            notifications.hide(id);
            open();
          }}
        >
          Open the run
        </Anchor>
      </Group>
    ),
  });
}

/** What a person does to one job; each act tells how it went. */
export function useJobActs(job: Job) {
  const navigate = useNavigate();
  const params = { id: job.id };
  const settled = { onError: sayFailed, onSettled: () => refreshTopics(['jobs', 'runs', 'events']) };
  const [keys] = useState(() => new RepeatKey());
  const run = useMutation({
    mutationFn: (body: RunRequest) => api.runJob({ params, body }, { headers: keys.headersFor(body) }),
    onSuccess: ({ run_id: runId }) => {
      keys.done();
      sayStarted(job.name, runId, () => void navigate({ to: '/runs/$id', params: { id: runId } }));
    },
    ...settled,
  });
  const pause = useMutation({
    mutationFn: (body: PauseRequest) => api.deactivateJob({ params, body }),
    onSuccess: () => sayUndoable(`Paused ${job.name}.`, () => resume.mutate({})),
    ...settled,
  });
  const resume = useMutation({
    mutationFn: (body: ResumeRequest) => api.activateJob({ params, body }),
    onSuccess: () => sayUndoable(`Resumed ${job.name}.`, () => pause.mutate({})),
    ...settled,
  });
  const reset = useMutation({
    mutationFn: () => api.resetJob({ params }),
    onSuccess: () => sayDone(`${job.name} was reset.`),
    ...settled,
  });
  const detach = useMutation({
    mutationFn: () => api.detachJob({ params }),
    onSuccess: () => sayDone(`${job.name} is yours: its plugin changes it no more.`),
    ...settled,
  });
  const restore = useMutation({
    mutationFn: () => api.restoreJob({ params }),
    onSuccess: () => sayDone(`${job.name} is back.`),
    ...settled,
  });
  const remove = useMutation({
    mutationFn: () => api.deleteJob({ params }),
    onSuccess: () => sayUndoable(`Deleted ${job.name}.`, () => restore.mutate()),
    ...settled,
  });
  function askToRemove(then?: () => void): void {
    modals.openConfirmModal({
      title: `Delete ${job.name}?`,
      children: (
        <Text size="sm">
          Its schedules stop and waiting runs end. It can be restored for 30 days; its runs stay visible.
        </Text>
      ),
      labels: { confirm: 'Delete', cancel: 'Keep' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(undefined, { onSuccess: () => then?.() }),
    });
  }
  return { run, pause, resume, reset, detach, restore, askToRemove };
}
