/** The rows that a few transactions quarrel about, made anew for every order. */
import { factories } from 'job-trigger-core/testing';
import type { JobDefinition } from '../../packages/core/src/model/job.ts';
import type { ScheduleSpec } from '../../packages/core/src/model/schedule.ts';
import { nextOf, nextPlanOf } from '../../packages/core/src/schedule/occurrences.ts';
import { tzVersion } from '../../packages/core/src/schedule/zone.ts';
import type { Held, Holder } from '../../packages/core/src/store/dispatch-table.ts';
import type { Store } from '../../packages/core/src/store/store.ts';

/** How far the first run has come before the actors begin. */
export type Phase = 'due' | 'queued' | 'claimed' | 'starting';

export interface Scene {
  readonly now: number;
  readonly jobId: number;
  readonly scheduleId: number;
  /** Its instants in (from, now] are due and not planned: three of them. */
  readonly from: number;
  readonly first: Holder;
  readonly second: Holder;
  /** The run that all of it is about, and what the first worker holds of it. */
  readonly run: { readonly id: number; readonly createdAt: number };
  readonly held: readonly Held[];
  readonly lostAfterMs: number;
}

export const everyMs = 1000;
const lostAfterMs = 60_000;

/**
 * An exclusive job with three instants due, and two workers. Unless the phase is `due` a run of it stands in the queue, is
 * claimed by the first worker or begun by it, and another run of the job waits behind it.
 */
export async function setScene(
  store: Store,
  { now, phase, onLost }: { now: number; phase: Phase; onLost: 'fail' | 'rerun' },
): Promise<Scene> {
  const [jobId = 0, scheduleId = 0, firstId = 0, secondId = 0, runId = 0, laterId = 0] = await store.ids(6);
  const from = now - 3 * everyMs;
  const spec: ScheduleSpec = { kind: 'interval', every: 1, unit: 'seconds', start: from, timezone: 'UTC' };
  const definition: Partial<JobDefinition> = { name: `job ${jobId}`, overlap: 'queue_all', onLost, maxConcurrent: 1 };
  await store.transaction(async (tables) => {
    await tables.jobs.insert(factories.job({ id: jobId, createdAt: from, updatedAt: from, definition }), null);
    await tables.schedules.insert([
      factories.schedule({
        id: scheduleId,
        jobId,
        createdAt: from,
        spec,
        cursorAt: from,
        planAt: nextPlanOf(spec, from),
        nextDueAt: nextOf(spec, from),
        tzVersion,
      }),
    ]);
  });
  const holders = [firstId, secondId].map((id): Holder => ({ workerId: id, incarnation: id * 7 }));
  for (const { workerId: id, incarnation } of holders)
    await store.workers.register(
      factories.worker({ id, name: `worker ${id}`, incarnation, host: 'elsewhere', queues: ['default'], labels: [] }),
    );
  const [first, second] = holders;
  if (first === undefined || second === undefined) throw new Error('two workers are needed');
  const run = { id: runId, createdAt: now };
  const held: Held[] = [];
  if (phase !== 'due') {
    const both = [runId, laterId].map((id) =>
      factories.newRun({ id, jobId, createdAt: now, availableAt: now, onLost, slots: 1 }),
    );
    await store.runs.insert(both);
  }
  if (phase === 'claimed' || phase === 'starting') {
    const claims = await store.dispatch.claim({ ...first, free: 1, queues: ['default'], labels: [] });
    held.push(...claims.map((claim) => ({ runId: claim.runId, fence: claim.fence })));
  }
  if (phase === 'starting') await store.dispatch.intend(first.incarnation, held);
  return { now, jobId, scheduleId, from, first, second, run, held, lostAfterMs };
}
