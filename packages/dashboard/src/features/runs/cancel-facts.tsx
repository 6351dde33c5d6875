import { Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { isLive } from '../../lib/states.ts';
import { When } from '../../components/when.tsx';

/** Who asked for the end of a run, when and why, and how its processes are ended. What ended stands beside it. */
export function CancelFacts({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  const { cancel_request: asked } = run;
  if (asked === null) return null;
  return (
    <Text size="sm" component="div" className="jtp-break" data-part="cancel">
      <b>Cancel asked for</b>
      {asked.by === null ? '' : ` by ${asked.by}`} <When at={asked.at} zone={zone} precision="second" />
      {asked.note === null ? '' : ` “${asked.note}”`}
      {asked.term_at === null ? null : (
        <>
          {' '}
          Processes asked to end (SIGTERM) <When at={asked.term_at} zone={zone} precision="second" />;{' '}
          {isLive(run.state) ? 'what has not ended is killed (SIGKILL)' : 'their grace was until'}{' '}
          <When at={asked.kill_at} zone={zone} precision="second" planned={isLive(run.state)} />.
        </>
      )}
    </Text>
  );
}
