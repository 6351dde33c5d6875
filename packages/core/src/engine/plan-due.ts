/** Plans one job now, as a scheduler would: before an edit, a pause or a deletion the old rule has its say. */
import type { Id } from '../model/id.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { ScriptSeer } from '../flow/script-gate.ts';
import type { Store } from '../store/store.ts';
import { Drain } from './drain.ts';
import { dispatchable, planBatch, stepOf } from './plan-batch.ts';

/** Instants enumerated in one pass; what is left is planned in the next. */
const mostWalked = 10_000;

export interface PlanDueOptions {
  readonly store: Store;
  readonly settings: Pick<EngineSettings, 'lateToleranceMs' | 'drainRate' | 'breaker'>;
  /** What scripts hold, where approval is required. */
  readonly look?: ScriptSeer | undefined;
}

/** Resolves when every instant of the job that has come is in the ledger. Schedulers may race with it. */
export async function planDue({ store, settings, look }: PlanDueOptions, jobId: Id): Promise<void> {
  const drain = new Drain();
  const carried = new Map<Id, number>();
  for (;;) {
    const [job, now] = await Promise.all([store.jobs.get(jobId), store.now()]);
    if (job === null || !job.active || job.deletedAt !== null) return;
    const schedules = (await store.schedules.ofJob(jobId)).filter(({ active }) => active);
    const facts = { now, toleranceMs: settings.lateToleranceMs, limit: mostWalked, clockGap: null, carried };
    const step = stepOf({ job, schedules }, facts);
    if (step.schedules.length === 0) return;
    const ids = await store.ids(dispatchable([step]));
    const { drainRate, breaker } = settings;
    const planned = await planBatch(store, [step], {
      now,
      ids,
      breaker,
      look,
      drain: () => drain.take(now, drainRate),
    });
    for (const { schedule, enumeration } of step.schedules) carried.set(schedule.id, enumeration.carried);
    if (planned.runs.length > 0) store.bell.ring('queue');
    if (planned.stopping.length > 0) store.bell.ring('cancel');
  }
}
