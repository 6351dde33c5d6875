import { Button, Group, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { EditConflict, ProblemError, type Job } from 'job-trigger-contract';
import { useRef, useState, type FormEvent } from 'react';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { sayDone } from '../components/say.ts';
import { ConflictPanel } from '../features/jobs/conflict-panel.tsx';
import { Section, SectionLinks } from '../features/jobs/editor-sections.tsx';
import { ErrorSummary } from '../features/jobs/error-summary.tsx';
import { contestedOf, mergedPatch, type Side } from '../features/jobs/edit-conflict.ts';
import { draftOf, inputOf, startedAs, type JobDraft } from '../features/jobs/job-draft.ts';
import { DependsFields } from '../features/jobs/depends-fields.tsx';
import { ParametersFields } from '../features/jobs/parameters-fields.tsx';
import { FailureFields, RulesFields } from '../features/jobs/rules-fields.tsx';
import { RunFields } from '../features/jobs/run-fields.tsx';
import { TryDrawer } from '../features/jobs/try-drawer.tsx';
import { useRefusals } from '../features/jobs/use-refusals.ts';
import { useTry } from '../features/jobs/use-try.ts';
import { textAt, useAddress } from '../features/runs/address.ts';
import { useMay } from '../features/runs/use-may.ts';
import { LivePreview } from '../features/schedule/live-preview.tsx';
import { ScheduleEditor } from '../features/schedule/schedule-editor.tsx';
import { api } from '../lib/api.ts';
import { fieldAt } from '../lib/field-errors.ts';
import { fieldErrors } from '../lib/problem.ts';
import { refreshTopics } from '../lib/query.ts';
import { RepeatKey } from '../lib/repeat-key.ts';

/** A call is sent, all else is tried. */
const tryWords = ({ type }: JobDraft): string => (type === 'http' ? 'Send test' : 'Try it');

/** What a save was told when somebody else saved first. */
function conflictOf(error: unknown): EditConflict | null {
  if (!(error instanceof ProblemError) || error.code !== 'edit_conflict') return null;
  return EditConflict.safeParse(error.problem).data ?? null;
}

interface Merged {
  readonly version: number;
  readonly choices: Readonly<Record<string, Side>>;
}

interface EditorProps {
  readonly start: JobDraft;
  readonly job: Job | null;
  /** Begins anew with what is saved. */
  readonly reload?: () => void;
}

function Editor({ start, job, reload = () => undefined }: EditorProps) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(start);
  const [keys] = useState(() => new RepeatKey());
  const [tries, drawer] = useDisclosure(false);
  const trial = useTry();
  const refusal = useMay('editor');
  const saved = useRef(false);
  const changed = draft !== start;
  const set = (changes: Partial<JobDraft>): void => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: (merged: Merged | null) => {
      const body = inputOf(draft);
      if (job === null) return api.createJob({ body }, { headers: keys.headersFor(body) });
      const { version, choices } = merged ?? { version: job.version, choices: {} };
      const headers = { 'if-match': `"${version}"` };
      const { breaker: _follows, ...rest } = body;
      // One that nobody touched goes on following the settings, which may be where it came from.
      const patch = draft.breaker === start.breaker ? rest : body;
      return api.patchJob({ params: { id: job.id }, body: mergedPatch(patch, choices) }, { headers });
    },
    onSuccess: (answer) => {
      keys.done();
      saved.current = true;
      sayDone(`Saved ${answer.name}.`);
      refreshTopics(['jobs', 'events']);
      void navigate({ to: '/jobs/$id', params: { id: answer.id } });
    },
  });
  useBlocker({
    shouldBlockFn: () => changed && !saved.current && !window.confirm('Leave without saving?'),
    enableBeforeUnload: () => changed && !saved.current,
  });
  const refusals = useRefusals(draft);
  function send(merged: Merged | null): void {
    if (!save.isPending && !refusals.refuse()) save.mutate(merged);
  }
  useHotkeys([['mod+S', () => send(null)]], []);
  const failure = save.error ?? trial.error;
  const told = failure instanceof ProblemError ? fieldErrors(failure.problem) : {};
  const errors = { ...told, ...refusals.errors };
  const conflict = job === null ? null : conflictOf(save.error);
  const input = { ...inputOf(draft), name: draft.name === '' ? 'Unsaved job' : draft.name };
  const props = { draft, set, errors };
  function submit(event: FormEvent): void {
    event.preventDefault();
    send(null);
  }
  function tryIt(): void {
    drawer.open();
    if (draft.parameters.length === 0) trial.mutate(input);
  }
  const buttons = (
    <>
      <Button
        variant="default"
        renderRoot={(root) =>
          job === null ? <Link to="/jobs" {...root} /> : <Link to="/jobs/$id" params={{ id: job.id }} {...root} />
        }
      >
        Cancel
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
        disabled={refusal !== null}
        title={refusal ?? 'Run it once as it is written, without saving it'}
        onClick={tryIt}
      >
        {tryWords(draft)}
      </Button>
      <Button type="submit" form="job" loading={save.isPending} title="Ctrl+S or ⌘S">
        {job === null ? 'Create job' : 'Save'}
      </Button>
    </>
  );
  return (
    <Page title={job === null ? 'New job' : `Edit ${job.name}`} acts={buttons}>
      <form id="job" onSubmit={submit} noValidate className="jtp-form">
        {refusals.error !== null ? (
          <ErrorSummary error={refusals.error} errors={refusals.errors} />
        ) : conflict === null || job === null ? (
          <ErrorSummary error={save.error} errors={save.error === null ? {} : told} />
        ) : (
          <ConflictPanel
            key={conflict.version}
            conflict={conflict}
            contested={contestedOf(conflict, job, inputOf(start), inputOf(draft))}
            saving={save.isPending}
            save={(choices) => send({ version: conflict.version, choices })}
            loadTheirs={reload}
          />
        )}
        <SectionLinks />
        <div className="jtp-editor">
          <Stack miw={0}>
            <Section id="what">
              <Stack gap="sm">
                <TextInput
                  label="Name"
                  required
                  value={draft.name}
                  onChange={(event) => set({ name: event.currentTarget.value })}
                  {...fieldAt(errors, 'name')}
                />
                <Textarea
                  label="Description"
                  autosize
                  value={draft.description}
                  onChange={(event) => set({ description: event.currentTarget.value })}
                  {...fieldAt(errors, 'description')}
                />
                <TagsInput
                  label="Tags"
                  description="Enter adds one"
                  value={[...draft.tags]}
                  onChange={(tags) => set({ tags })}
                  {...fieldAt(errors, 'tags')}
                />
              </Stack>
            </Section>
            <Section id="run">
              <RunFields {...props} />
            </Section>
            <Section id="when">
              <ScheduleEditor drafts={draft.schedules} errors={errors} change={(schedules) => set({ schedules })} />
            </Section>
            <Section id="parameters">
              <ParametersFields {...props} />
            </Section>
            <Section id="depends">
              <DependsFields {...props} job={job} />
            </Section>
            <Section id="failure">
              <FailureFields {...props} />
            </Section>
            <Section id="rules">
              <RulesFields {...props} />
            </Section>
            <Group justify="flex-end">{buttons}</Group>
          </Stack>
          <LivePreview drafts={draft.schedules} waits={draft.dependsOn !== null} jobId={job?.id} />
        </div>
      </form>
      {tries ? <TryDrawer input={input} trial={trial} close={drawer.close} /> : null}
    </Page>
  );
}

/** A job to write: new, as a copy of another, or one that is there. */
export function JobEditorPage() {
  const { id }: { id?: string } = useParams({ strict: false });
  const [address] = useAddress();
  const source = id ?? textAt(address, 'copy');
  const query = useQuery({
    // Apart from what the stream refreshes: the version it was made from must stay the one that is sent with it.
    queryKey: ['editor', source],
    queryFn: () => api.getJob({ params: { id: source ?? '' } }),
    enabled: source !== undefined,
    // What is being written must not change under the hands.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (source === undefined) {
    const asked = (key: string): string | undefined => textAt(address, key);
    const start = startedAs({
      script: asked('script'),
      name: asked('name'),
      type: asked('type'),
      schedule: asked('schedule'),
    });
    return <Editor start={start} job={null} />;
  }
  return (
    <Loaded query={query} rows={10}>
      {(job) => (
        <Editor
          key={`${job.id} ${query.dataUpdatedAt}`}
          start={draftOf(job, { copy: id === undefined })}
          job={id === undefined ? null : job}
          reload={() => void query.refetch()}
        />
      )}
    </Loaded>
  );
}
