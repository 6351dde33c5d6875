/** The writes that a plan amounts to, for whoever planned it; call it inside the transaction that decided. */
import { JobTriggerError } from '../errors.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Gap, Occurrence } from '../model/occurrence.ts';
import type { NewRun } from './run-table.ts';
import type { Tables } from './store.ts';

export interface PlannedRows<R extends NewRun> {
  readonly occurrences: readonly Occurrence[];
  readonly gaps: readonly Gap[];
  readonly runs: readonly R[];
  /** Runs that have to make room for the one named by `by`. */
  readonly displaced: readonly (Reference & {
    readonly state: 'queued' | 'starting' | 'running';
    readonly reason: 'superseded' | 'replaced';
    readonly by: Id;
  })[];
}

export interface WrittenPlan<R extends NewRun> {
  readonly runs: readonly R[];
  /** Live runs that were asked to make room. */
  readonly stopping: readonly Reference[];
}

/** An instant whose run is gone from the database may have started: nothing is planned before the workers have said so. */
const held = (): JobTriggerError =>
  new JobTriggerError(
    'database_unreachable',
    'The database has changed to another server. Instants are planned when the workers have compared what they know with it.',
  );

const keyOf = (scheduleId: Id | null, dueAt: Instant | null): string => `${scheduleId}@${dueAt}`;

/** @returns the runs that were made: a key that was there before has had its run, or its reason */
export async function writePlan<R extends NewRun>(tables: Tables, plan: PlannedRows<R>): Promise<WrittenPlan<R>> {
  if (plan.occurrences.length + plan.gaps.length > 0 && !(await tables.lineage.isOpen())) throw held();
  const keys = new Set(
    (await tables.ledger.insert(plan.occurrences)).map(({ scheduleId, dueAt }) => keyOf(scheduleId, dueAt)),
  );
  await tables.ledger.insertGaps(plan.gaps);
  const runs = plan.runs.filter(({ scheduleId, dueAt }) => keys.has(keyOf(scheduleId, dueAt)));
  const made = new Set(runs.map(({ id }) => id));
  await tables.runs.insert(runs);
  const stopping = await makeRoom(
    tables,
    plan.displaced.filter(({ by }) => made.has(by)),
  );
  return { runs, stopping };
}

async function makeRoom(tables: Tables, displaced: PlannedRows<NewRun>['displaced']): Promise<readonly Reference[]> {
  const stopping: Reference[] = [];
  for (const reason of ['superseded', 'replaced'] as const) {
    const these = displaced.filter((run) => run.reason === reason);
    const waiting = these.filter(({ state }) => state === 'queued').map(({ id }) => id);
    const ended = new Set(await tables.runs.endWaiting(waiting, { state: 'cancelled', reason, by: null }));
    // One that was claimed in between lives: a replaced one is asked to stop, a superseded one may finish.
    const alive = these.filter(({ id }) => reason === 'replaced' && !ended.has(id));
    for (const run of alive) if (await tables.runs.requestCancel(run, { reason, by: null })) stopping.push(run);
  }
  return stopping;
}
