import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { Job } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { draftProblem, draftsOf, valuesOf } from '../runs/parameter-draft.ts';
import { ParameterFields, valueErrors } from '../runs/parameter-fields.tsx';
import { useMay } from '../runs/use-may.ts';
import { useJobActs } from './use-job-acts.tsx';

const priorities = ['critical', 'high', 'medium', 'low'] as const;

function RunDialog({ job, close }: { readonly job: Job; readonly close: () => void }) {
  const { run } = useJobActs(job);
  const [drafts, setDrafts] = useState(() => draftsOf({ parameters: {} }, job));
  const [priority, setPriority] = useState<Job['priority']>(job.priority);
  const [note, setNote] = useState('');
  const wrong = drafts.some((draft) => draftProblem(draft) !== null);
  function send(event: FormEvent): void {
    event.preventDefault();
    const body = { parameters: valuesOf(drafts), priority, allow_inactive: true, ...(note === '' ? {} : { note }) };
    if (!wrong) run.mutate(body, { onSuccess: close });
  }
  return (
    <Modal opened onClose={close} title={`Run ${job.name}`}>
      <form onSubmit={send}>
        <Stack>
          {job.active ? null : (
            <Alert variant="outline" title="The job is paused">
              This one run starts all the same; its schedules stay paused.
            </Alert>
          )}
          <ParameterFields drafts={drafts} change={setDrafts} errors={valueErrors(run.error)} jobId={job.id} />
          <NativeSelect
            label="Priority"
            data={[...priorities]}
            value={priority}
            onChange={(event) => setPriority(event.currentTarget.value as Job['priority'])}
          />
          <TextInput
            label="Note"
            description="Stands on the run."
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button type="submit" loading={run.isPending} disabled={wrong}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Starts a run at once; asks first where there is something to say: parameters, or a paused job. */
export function RunButton({ job, size = 'sm' }: { readonly job: Job; readonly size?: 'xs' | 'sm' }) {
  const { run } = useJobActs(job);
  const refusal = useMay('operator');
  const [opened, dialog] = useDisclosure(false);
  const asks = !job.active || job.parameters.length > 0;
  return (
    <>
      <Button
        size={size}
        variant={size === 'xs' ? 'default' : 'filled'}
        leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
        loading={run.isPending}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={() => (asks ? dialog.open() : run.mutate({}))}
      >
        Run now
      </Button>
      {opened ? <RunDialog job={job} close={dialog.close} /> : null}
    </>
  );
}
