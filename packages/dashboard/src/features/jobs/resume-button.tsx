import { Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { Job } from 'job-trigger-contract';
import { useState } from 'react';
import { useMayJob } from './use-may-job.ts';
import { onResumeOf, resumeChoices } from './resume-words.ts';
import { useJobActs } from './use-job-acts.tsx';

function ResumeDialog({ job, close }: { readonly job: Job; readonly close: () => void }) {
  const { resume } = useJobActs(job);
  const [onResume, setOnResume] = useState(job.paused?.on_resume ?? 'none');
  return (
    <Modal opened onClose={close} title={`Resume ${job.name}`}>
      <Stack>
        <Text size="sm">Its schedules count from now. What was due meanwhile stands in the ledger as paused.</Text>
        <NativeSelect
          label="Run of the missed instants"
          data={[...resumeChoices]}
          value={onResume}
          onChange={(event) => setOnResume(onResumeOf(event.currentTarget.value))}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Close
          </Button>
          <Button
            loading={resume.isPending}
            onClick={() => resume.mutate({ on_resume: onResume }, { onSuccess: close })}
          >
            Resume
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Ends a pause, and asks what is run of it; the switch beside it does what the pause was begun with. */
export function ResumeButton({ job }: { readonly job: Job }) {
  const refusal = useMayJob(job.id, 'edit');
  const [opened, dialog] = useDisclosure(false);
  if (job.active) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={dialog.open}
      >
        Resume…
      </Button>
      {opened ? <ResumeDialog job={job} close={dialog.close} /> : null}
    </>
  );
}
