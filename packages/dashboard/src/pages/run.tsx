import { Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { RunDetail } from 'job-trigger-contract';
import { CopyButton } from '../components/copy-text.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { RunBadge } from '../components/state-badge.tsx';
import { useFollowers } from '../features/jobs/use-graph.ts';
import { AgainMenu } from '../features/runs/again-button.tsx';
import { CancelButton } from '../features/runs/cancel-button.tsx';
import { CancelFacts } from '../features/runs/cancel-facts.tsx';
import { FailureBox } from '../features/runs/failure-box.tsx';
import { lastProgress } from '../features/runs/progress.ts';
import { LateResults } from '../features/runs/late-results.tsx';
import { RunChain } from '../features/runs/run-chain.tsx';
import { RunJob } from '../features/runs/run-job.tsx';
import { RunInstants } from '../features/runs/run-instants.tsx';
import { RunProgress } from '../features/runs/run-progress.tsx';
import { RunTabs } from '../features/runs/run-tabs.tsx';
import { shortId } from '../features/runs/run-words.ts';
import { TreeWords } from '../features/runs/tree-words.tsx';
import { useJobZone, useRun } from '../features/runs/use-run.ts';
import { Explained } from '../features/why/explained.tsx';
import { isFailure, isLive, runLooks } from '../lib/states.ts';

/** What was found of the last attempt's processes. */
function Processes({ run }: { readonly run: RunDetail }) {
  const tree = run.attempts.at(-1)?.processes ?? null;
  if (tree === null) return null;
  return (
    <Text size="sm" component="div" data-part="processes">
      <b>Processes:</b> <TreeWords tree={tree} />
    </Text>
  );
}

/** What the last attempt used, and the last it said of how far it was. */
function Figures({ run }: { readonly run: RunDetail }) {
  const { memory_peak_mb: memory = null, cpu_seconds: cpu = null } = run.attempts.at(-1) ?? {};
  const used = [
    memory === null ? null : `${memory.toLocaleString('en')} MB of memory at most`,
    cpu === null ? null : `${cpu.toLocaleString('en')} s of processor time`,
  ].filter((part) => part !== null);
  const progress = isLive(run.state) ? null : lastProgress(run);
  return (
    <>
      {used.length === 0 ? null : (
        <Text size="sm" className="jtp-figures" data-part="used">
          <b>Used:</b> {used.join(', ')}
        </Text>
      )}
      {progress === null ? null : (
        <Text size="sm" className="jtp-figures" data-part="last-progress">
          <b>Last progress:</b> {progress}
        </Text>
      )}
    </>
  );
}

function Facts({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  const facts = [
    run.attempt > 0 ? `attempt ${run.attempt}` : null,
    run.draft ? 'not saved' : `version ${run.job_version}`,
    run.worker_name === null ? null : `on ${run.worker_name}`,
    `queue ${run.queue}`,
    `priority ${run.priority}`,
  ].filter((fact) => fact !== null);
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <RunBadge run={run} />
        <RunJob run={run} />
        <Text size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
      </Group>
      <RunInstants run={run} zone={zone} />
      <Text size="sm" data-part="why">
        <b>Why it ran:</b> <Explained why={run.why_ran} jobId={run.job_id} />
        {run.note === null ? '' : ` “${run.note}”`}
      </Text>
      {run.why_state === null || isFailure(run.state) ? null : (
        <Text size="sm" data-part="why-state">
          <b>{run.state === 'queued' ? 'Why it waits:' : 'Why it ended so:'}</b>{' '}
          <Explained why={run.why_state} jobId={run.job_id} />
        </Text>
      )}
      <CancelFacts run={run} zone={zone} />
      <Processes run={run} />
      <Figures run={run} />
      {run.suspect ? (
        <Text size="sm" className="jtp-state-attention">
          Its worker has been silent. Nothing is decided yet: the run goes on when the worker reports again, else it is
          closed as lost.
        </Text>
      ) : null}
      <LateResults run={run} zone={zone} />
    </Stack>
  );
}

function Acts({ run }: { readonly run: RunDetail }) {
  const mayRunAgain = !isLive(run.state) && !run.draft;
  const followers = useFollowers(run.job_id, { enabled: mayRunAgain });
  return (
    <>
      {mayRunAgain ? <AgainMenu run={run} followers={followers} /> : null}
      <CancelButton run={run} size="sm" />
      <CopyButton text={window.location.href} label="Copy link" />
    </>
  );
}

/** One run: what happened, when, why, and what it wrote. */
export function RunPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useRun(id);
  const run = query.data;
  const zone = useJobZone(run?.draft === true ? undefined : run?.job_id, run?.schedule_id);
  const crumbs = (
    <span className="jtp-inline">
      <Link to="/runs" className="jtp-link">
        Runs
      </Link>
      {' / '}
      {shortId(id)}
    </span>
  );
  const title = run === undefined ? `Run ${shortId(id)}` : `${run.job_name} · ${shortId(id)}`;
  return (
    <Page
      title={title}
      documentTitle={run === undefined ? title : `${runLooks[run.state].label}: ${title}`}
      crumbs={crumbs}
      acts={run === undefined ? null : <Acts run={run} />}
    >
      {id === '' ? <EmptyState title="No such run" /> : null}
      <Loaded query={query}>
        {(data) => (
          <>
            <VisuallyHidden>
              <output>{`${data.job_name}: ${runLooks[data.state].label}`}</output>
            </VisuallyHidden>
            <Facts run={data} zone={zone} />
            {data.state === 'running' ? <RunProgress run={data} /> : null}
            {isFailure(data.state) ? <FailureBox run={data} advice={data.recommended_action} /> : null}
            <RunChain run={data} />
            <RunTabs run={data} zone={zone} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
