import { Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import { Elapsed } from '../../components/duration.tsx';
import { When } from '../../components/when.tsx';
import { isLive } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';
import './runs.css';

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The four instants of a run, with the wait and the run time between them. */
export function RunInstants({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  const usual = run.usual_seconds === null ? '' : ` (usually ${durationText(run.usual_seconds)})`;
  const live = isLive(run.state);
  const at = (instant: string | null) => <When at={instant} zone={zone} precision="second" />;
  return (
    <Text size="sm" component="dl" className="jtp-run-instants jtp-figures" data-part="instants">
      {run.due_at === null ? null : <Fact name="due">{at(run.due_at)}</Fact>}
      <Fact name="created">{at(run.created_at)}</Fact>
      {run.wait_seconds === null ? null : <Fact name="waited">{durationText(run.wait_seconds)}</Fact>}
      {run.started_at === null ? null : <Fact name="started">{at(run.started_at)}</Fact>}
      {run.duration_seconds === null ? null : (
        <Fact name="ran">
          {durationText(run.duration_seconds)}
          {usual}
        </Fact>
      )}
      {run.started_at !== null && live ? (
        <Fact name="running for">
          <Elapsed since={run.started_at} />
          {usual}
        </Fact>
      ) : null}
      {run.ended_at === null ? null : <Fact name="ended">{at(run.ended_at)}</Fact>}
    </Text>
  );
}
