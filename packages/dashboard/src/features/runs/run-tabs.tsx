import { NativeSelect, Tabs } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { EmptyState } from '../../components/empty-state.tsx';
import { isLive } from '../../lib/states.ts';
import { ArtifactList } from '../artifacts/artifact-list.tsx';
import { LogViewer } from '../log/log-viewer.tsx';
import { textAt, useAddress } from './address.ts';
import { AttemptList } from './attempt-list.tsx';
import { CompareTab } from './compare-tab.tsx';
import { RunParameters, RunResult } from './run-values.tsx';

const tabs = ['log', 'parameters', 'result', 'artifacts', 'attempts', 'compare'] as const;

/** Attempts that can have a log: the ended ones and the present one. */
function attemptsOf(run: RunDetail): readonly number[] {
  const numbers = new Set(run.attempts.map((one) => one.attempt));
  if (run.attempt > 0 && (run.started_at !== null || isLive(run.state))) numbers.add(run.attempt);
  return [...numbers].sort((one, other) => one - other);
}

/** The parts of a run; which one, and of which attempt, stands in the address. */
export function RunTabs({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  const [address, change] = useAddress();
  const tab = tabs.find((one) => one === textAt(address, 'tab')) ?? 'log';
  const attempts = attemptsOf(run);
  const asked = Number(textAt(address, 'attempt'));
  const attempt = attempts.includes(asked) ? asked : attempts.at(-1);
  const present = attempt === run.attempt;
  const startedAt =
    run.attempts.find((one) => one.attempt === attempt)?.started_at ?? (present ? run.started_at : null);
  return (
    <Tabs
      value={tab}
      onChange={(next) => change({ tab: next === 'log' ? undefined : (next ?? undefined) })}
      keepMounted={false}
    >
      <Tabs.List>
        <Tabs.Tab value="log">Log</Tabs.Tab>
        <Tabs.Tab value="parameters">Parameters</Tabs.Tab>
        <Tabs.Tab value="result">Result</Tabs.Tab>
        <Tabs.Tab value="artifacts">Artifacts ({run.artifact_count})</Tabs.Tab>
        <Tabs.Tab value="attempts">Attempts ({run.attempts.length})</Tabs.Tab>
        <Tabs.Tab value="compare">Compare</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="log" pt="sm">
        {attempts.length < 2 ? null : (
          <NativeSelect
            mb="xs"
            maw={220}
            label="Attempt"
            value={String(attempt)}
            data={attempts.map((one) => ({ value: String(one), label: `Attempt ${one} of ${attempts.length}` }))}
            onChange={(event) => change({ attempt: Number(event.currentTarget.value) })}
          />
        )}
        {attempt === undefined ? (
          <EmptyState
            title="No output yet"
            text={isLive(run.state) ? 'The log begins when the run starts.' : 'This run ended before it started.'}
          />
        ) : (
          <LogViewer
            key={`${run.id} ${attempt}`}
            runId={run.id}
            attempt={attempt}
            live={present && isLive(run.state)}
            startedAt={startedAt}
            zone={zone}
          />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="parameters" pt="sm">
        <RunParameters run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="result" pt="sm">
        <RunResult run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="artifacts" pt="sm">
        <ArtifactList run={run} zone={zone} />
      </Tabs.Panel>
      <Tabs.Panel value="attempts" pt="sm">
        <AttemptList run={run} zone={zone} onOpen={(one) => change({ tab: undefined, attempt: one })} />
      </Tabs.Panel>
      <Tabs.Panel value="compare" pt="sm">
        <CompareTab run={run} />
      </Tabs.Panel>
    </Tabs>
  );
}
