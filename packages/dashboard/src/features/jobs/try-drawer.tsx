import { Button, Drawer, Group, Stack, Text } from '@mantine/core';
import type { JobInput, RunDetail } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RunBadge } from '../../components/state-badge.tsx';
import { Told } from '../../components/told.tsx';
import { isFailure, isLive } from '../../lib/states.ts';
import { LogViewer } from '../log/log-viewer.tsx';
import { CancelButton } from '../runs/cancel-button.tsx';
import { HttpAnswer } from '../runs/http-answer.tsx';
import { FailureBox } from '../runs/failure-box.tsx';
import { draftProblem, draftsOf, valuesOf } from '../runs/parameter-draft.ts';
import { ParameterFields, valueErrors } from '../runs/parameter-fields.tsx';
import { RunInstants } from '../runs/run-instants.tsx';
import { useRun } from '../runs/use-run.ts';
import type { useTry } from './use-try.ts';
import { base } from '../../lib/base.ts';

function Shown({ run }: { readonly run: RunDetail }) {
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <RunBadge run={run} />
        <Group gap="xs">
          <CancelButton run={run} />
          <Button
            component="a"
            size="xs"
            variant="default"
            href={`${base}/runs/${run.id}`}
            target="_blank"
            rel="noreferrer"
            title="In a new tab; what you write here stays"
          >
            Open the run
          </Button>
        </Group>
      </Group>
      <RunInstants run={run} zone={undefined} />
      {run.state === 'queued' && run.reason_text !== null ? (
        <Text size="sm">
          <Told text={run.reason_text} />
        </Text>
      ) : null}
      {isFailure(run.state) ? <FailureBox run={run} /> : null}
      <HttpAnswer result={run.result} />
      {run.attempt === 0 ? (
        <EmptyState title="No output yet" text="The log begins when the run starts." />
      ) : (
        <LogViewer
          key={run.id}
          runId={run.id}
          attempt={run.attempt}
          live={isLive(run.state)}
          startedAt={run.started_at}
          zone={undefined}
          addressed={false}
        />
      )}
    </Stack>
  );
}

function Tried({ id }: { readonly id: string }) {
  return <Loaded query={useRun(id)}>{(run) => <Shown run={run} />}</Loaded>;
}

interface TryDrawerProps {
  readonly input: JobInput;
  readonly trial: ReturnType<typeof useTry>;
  readonly close: () => void;
}

/** Run what is being written, and see what it does. The form behind stays as it is. */
export function TryDrawer({ input, trial, close }: TryDrawerProps) {
  const job = { parameters: (input.parameters ?? []).map((parameter) => ({ ...parameter })) };
  const [drafts, setDrafts] = useState(() => draftsOf({ parameters: {} }, job));
  const wrong = drafts.some((draft) => draftProblem(draft) !== null);
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!wrong) trial.mutate({ ...input, values: valuesOf(drafts) });
  }
  const isCall = input.type === 'http';
  const run = trial.data?.run_id;
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="min(100vw, 900px)"
      title={isCall ? `Send test of ${input.name}` : `Try ${input.name}`}
    >
      <Stack>
        <form onSubmit={send}>
          <Stack gap="sm">
            <Text size="sm">
              {isCall
                ? 'Sends the request once as it is written now, from a worker, and shows what came back. Nothing is saved.'
                : 'Runs once as it is written now. Nothing is saved: no schedule, no retry, and it is in no list of jobs.'}
            </Text>
            <ParameterFields drafts={drafts} change={setDrafts} errors={valueErrors(trial.error)} />
            <Group>
              <Button type="submit" loading={trial.isPending} disabled={wrong} data-autofocus>
                {isCall
                  ? run === undefined
                    ? 'Send'
                    : 'Send once more'
                  : run === undefined
                    ? 'Run once'
                    : 'Run once more'}
              </Button>
            </Group>
          </Stack>
        </form>
        {trial.error === null ? null : <ErrorPanel error={trial.error} />}
        {run === undefined ? null : <Tried key={run} id={run} />}
      </Stack>
    </Drawer>
  );
}
