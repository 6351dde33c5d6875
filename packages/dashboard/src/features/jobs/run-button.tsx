import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { Job } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { draftProblem, draftsOf, valuesOf } from '../runs/parameter-draft.ts';
import { ParameterFields, valueErrors } from '../runs/parameter-fields.tsx';
import { useMayJob } from './use-may-job.ts';
import { useFollowers } from './use-graph.ts';
import { useJobActs } from './use-job-acts.tsx';

const priorities = ['critical', 'high', 'medium', 'low'] as const;

function RunDialog({
  job,
  followers,
  close,
}: {
  readonly job: Job;
  /** Names of the jobs that wait for it. */
  readonly followers: readonly string[];
  readonly close: () => void;
}) {
  const { run } = useJobActs(job);
  const [drafts, setDrafts] = useState(() => draftsOf({ parameters: {} }, job));
  const [priority, setPriority] = useState<Job['priority']>(job.priority);
  const [note, setNote] = useState('');
  const [withDownstream, setWithDownstream] = useState(false);
  const wrong = drafts.some((draft) => draftProblem(draft) !== null);
  function send(event: FormEvent): void {
    event.preventDefault();
    const body = {
      parameters: valuesOf(drafts),
      priority,
      allow_inactive: true,
      ...(note === '' ? {} : { note }),
      ...(withDownstream ? { with_downstream: true } : {}),
    };
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
          {followers.length === 0 ? null : (
            <Checkbox
              label="Also run what waits for it"
              description={`Followed by ${followers.join(', ')}. Without it only this job runs.`}
              checked={withDownstream}
              onChange={(event) => setWithDownstream(event.currentTarget.checked)}
            />
          )}
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
  const refusal = useMayJob(job.id, 'run', { enabled: size === 'sm' });
  const [opened, dialog] = useDisclosure(false);
  // A row of a list asks nothing more: it runs only its job.
  const followers = useFollowers(job.id, { enabled: size === 'sm' });
  const asks = !job.active || job.parameters.length > 0 || followers.length > 0;
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
      {opened ? <RunDialog job={job} followers={followers} close={dialog.close} /> : null}
    </>
  );
}
