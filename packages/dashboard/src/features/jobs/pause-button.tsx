import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPause } from '@tabler/icons-react';
import type { Job } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { serverNow } from '../../lib/clock.ts';
import { browserZone, fullText, instantOf } from '../../lib/time.ts';
import { useMayJob } from './use-may-job.ts';
import { onResumeOf, resumeChoices } from './resume-words.ts';
import { useJobActs } from './use-job-acts.tsx';

function PauseDialog({ job, close }: { readonly job: Job; readonly close: () => void }) {
  const { pause } = useJobActs(job);
  const zones = [...new Set([...job.schedules.map(({ timezone }) => timezone), browserZone(), 'UTC'])];
  const [zone, setZone] = useState(zones[0] ?? 'UTC');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [onResume, setOnResume] = useState(onResumeOf('none'));
  const at = until === '' ? null : instantOf(until, zone);
  const past = at !== null && !(at > serverNow());
  function send(event: FormEvent): void {
    event.preventDefault();
    if (past) return;
    const body = {
      until: at === null ? null : new Date(at).toISOString(),
      reason: reason.trim() === '' ? null : reason.trim(),
      on_resume: onResume,
    };
    pause.mutate(body, { onSuccess: close });
  }
  return (
    <Modal opened onClose={close} title={`Pause ${job.name}`}>
      <form onSubmit={send}>
        <Stack>
          <Group align="flex-start" gap="sm">
            <TextInput
              type="datetime-local"
              label="Until"
              description="Without a date until somebody resumes it"
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
              error={past ? 'This is not ahead.' : undefined}
              data-autofocus
            />
            <NativeSelect
              label="In the zone"
              description="Of the date"
              data={zones}
              value={zone}
              onChange={(event) => setZone(event.currentTarget.value)}
            />
          </Group>
          {at === null || past ? null : <Text size="sm">= {fullText(at, 'UTC')}</Text>}
          <TextInput
            label="Reason"
            description="Shown to everybody who wonders why it does not run"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <NativeSelect
            label="When it ends, run of the missed instants"
            data={[...resumeChoices]}
            value={onResume}
            onChange={(event) => setOnResume(onResumeOf(event.currentTarget.value))}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button type="submit" loading={pause.isPending} disabled={past}>
              Pause
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Stops the schedules for a while, with a reason; the switch beside it does so without. */
export function PauseButton({ job }: { readonly job: Job }) {
  const refusal = useMayJob(job.id, 'edit');
  const [opened, dialog] = useDisclosure(false);
  if (!job.active) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlayerPause size={16} aria-hidden="true" />}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={dialog.open}
      >
        Pause until
      </Button>
      {opened ? <PauseDialog job={job} close={dialog.close} /> : null}
    </>
  );
}
