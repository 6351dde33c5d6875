/** Runs that were lost as often as a run with `rerun` may be: whatever they do to their workers, they are not started again. */
import type { Claim, Finished } from '../store/dispatch-table.ts';
import type { NewEvent } from '../store/event-table.ts';

/** A fact for each of them, beside its `run.lost`: somebody has to look at the job. */
export function setAsideEvents(
  ended: readonly { readonly claim: Claim; readonly finished: Finished }[],
): readonly NewEvent[] {
  return ended
    .filter(({ claim, finished }) => claim.onLost === 'rerun' && finished.state === 'lost')
    .map(({ claim: { runId, runCreatedAt, jobId, attempt }, finished: { reason } }) => ({
      kind: 'run.set_aside',
      runId,
      runCreatedAt,
      jobId,
      data: { attempt, reason },
    }));
}
