import type { Id } from '../model/id.ts';
import type { BreakerSettings } from '../model/trouble.ts';
import type { TallyName } from '../model/upkeep.ts';
import type { Finished } from '../store/dispatch-table.ts';
import type { Tables } from '../store/store.ts';
import { finishJudged } from './finish-judged.ts';

/** What results add to the counters: attempts by how they ended, as many as rows of theirs were written. */
function tally(finished: readonly Finished[], done: readonly Id[]): Partial<Record<TallyName, number>> {
  const counted = new Set(done);
  const mine = finished.filter(({ runId }) => counted.has(runId));
  const of = (...outcomes: readonly Finished['outcome'][]): number =>
    mine.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    executed: mine.length,
    succeeded: of('succeeded'),
    failed: of('failed', 'timed_out', 'lost', 'not_started'),
  };
}

/**
 * T5 with the counters of its worker, which say what the rows say: one transaction. Inside of one; the same answer as
 * `finish`.
 */
export async function finishCounted(
  tables: Tables,
  { workerId, breaker }: { readonly workerId: Id; readonly breaker: BreakerSettings },
  finished: readonly Finished[],
): Promise<readonly Id[]> {
  const done = await finishJudged(tables, finished, breaker);
  await countFinished(tables, workerId, { finished, done });
  return done;
}

/** The counters alone, for who does more in between: from here to the commit every other count of the worker waits. */
export async function countFinished(
  { upkeep }: Pick<Tables, 'upkeep'>,
  workerId: Id,
  { finished, done }: { readonly finished: readonly Finished[]; readonly done: readonly Id[] },
): Promise<void> {
  await upkeep.count(workerId, tally(finished, done));
}
