import { Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { Elapsed } from '../../components/duration.tsx';
import { When } from '../../components/when.tsx';
import { isLive } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';

/** The four instants of a run, with the wait and the run time between them. */
export function RunInstants({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  const usual = run.usual_seconds === null ? null : ` (usually ${durationText(run.usual_seconds)})`;
  return (
    <Text size="sm" component="div" className="jtp-figures" data-part="instants">
      {run.due_at === null ? 'no due time' : <>due <When at={run.due_at} zone={zone} precision="second" /></>}
      {' · created '}
      <When at={run.created_at} zone={zone} precision="second" />
      {run.started_at === null ? ' · not started' : <> · started <When at={run.started_at} zone={zone} precision="second" /></>}
      {run.wait_seconds === null ? null : ` after a wait of ${durationText(run.wait_seconds)}`}
      {run.ended_at === null ? null : <> · ended <When at={run.ended_at} zone={zone} precision="second" /></>}
      {run.duration_seconds === null ? null : ` · ran ${durationText(run.duration_seconds)}`}
      {run.duration_seconds === null && run.started_at !== null && isLive(run.state) ? <> · running for <Elapsed since={run.started_at} /></> : null}
      {usual}
    </Text>
  );
}
