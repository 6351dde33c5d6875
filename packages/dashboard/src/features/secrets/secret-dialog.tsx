import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type Job, type SecretInput, type SecretList, type SecretSaved } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone, sayTrouble } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { isComplete, valueOf, type ValueDraft } from './secret-words.ts';
import { ValueFields } from './value-fields.tsx';
import './secrets.css';

interface SecretDialogProps {
  readonly providers: SecretList['providers'];
  /** Set for this job alone, or for all; null lets one choose any. */
  readonly job?: OwnJob;
  readonly onClose: (made: SecretSaved | null) => void;
}

interface SecretDraft extends ValueDraft {
  readonly name: string;
  readonly scope: NonNullable<SecretInput['scope']>;
  readonly jobId: string;
}

const emptyDraft: SecretDraft = {
  name: '',
  scope: 'installation',
  jobId: '',
  provider: 'local',
  value: '',
  reference: '',
  expires: '',
};

type OwnJob = Pick<Job, 'id' | 'name'> | null;

const firstDraft = (job: OwnJob): SecretDraft =>
  job === null ? emptyDraft : { ...emptyDraft, scope: 'job', jobId: job.id };

const scopesFor = (job: OwnJob) => [
  { value: 'installation', label: 'All jobs' },
  { value: 'person', label: 'My jobs' },
  { value: 'job', label: job === null ? 'One job' : `The job ${job.name}` },
];

function isReady(draft: SecretDraft): boolean {
  const lacksJob = draft.scope === 'job' && draft.jobId === '';
  return draft.name.trim() !== '' && !lacksJob && isComplete(draft);
}

const inputOf = (draft: SecretDraft): SecretInput => ({
  name: draft.name.trim(),
  scope: draft.scope,
  ...(draft.scope === 'job' ? { job_id: draft.jobId } : {}),
  ...valueOf(draft),
});

/** That it was saved, and what one should know of the value. */
export function saySaved(saved: SecretSaved, what: string): void {
  const [warning] = saved.warnings;
  if (warning === undefined) sayDone(`${saved.name} ${what}.`);
  else sayTrouble(`${saved.name} ${what}`, warning);
}

function JobField({ draft, set, error }: { draft: SecretDraft; set: (id: string) => void; error: string | undefined }) {
  const jobs = useQuery({
    queryKey: ['jobs', 'names'],
    queryFn: () => api.listJobs({ query: { sort: 'name', limit: 500 } }),
    staleTime: 60_000,
  });
  const data = (jobs.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <NativeSelect
      label="Job"
      required
      data={[{ value: '', label: 'Choose a job' }, ...data]}
      value={draft.jobId}
      error={error}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** Sets a new secret. */
export function SecretDialog({ providers, job = null, onClose }: SecretDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<SecretDraft>(() => firstDraft(job));
  const set = (changes: Partial<SecretDraft>): void => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () => api.createSecret({ body: inputOf(draft) }),
    onSuccess: (made) => {
      saySaved(made, 'is set');
      void client.invalidateQueries({ queryKey: ['secrets'] });
      onClose(made);
    },
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    // In the editor this form stands inside another one.
    event.preventDefault();
    event.stopPropagation();
    save.mutate();
  };
  return (
    <Modal opened onClose={() => onClose(null)} title="Set a secret" size="lg">
      <form noValidate onSubmit={submit} autoComplete="off">
        <Stack>
          {isElsewhere ? <ErrorPanel error={save.error} /> : null}
          <TextInput
            label="Name"
            description="Jobs name it: database.password"
            required
            data-autofocus
            value={draft.name}
            error={messageAt(errors, 'name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <NativeSelect
            label="Who may use it"
            data={scopesFor(job)}
            value={draft.scope}
            error={messageAt(errors, 'scope')}
            onChange={(event) => set({ scope: event.currentTarget.value as SecretDraft['scope'] })}
          />
          {draft.scope === 'job' && job === null ? (
            <JobField draft={draft} set={(jobId) => set({ jobId })} error={messageAt(errors, 'job_id')} />
          ) : null}
          <ValueFields draft={draft} set={set} errors={errors} providers={providers} />
          <Alert variant="light" color="gray" p="xs">
            Whoever may change a job that uses it can have the job send it anywhere.
          </Alert>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => onClose(null)}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady(draft)}>
              Set secret
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
