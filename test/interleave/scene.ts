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

interface SceneFacts {
  readonly now: number;
  readonly phase: Phase;
  readonly onLost: 'fail' | 'rerun';
  /** The runs are functions, whose claim is their intent. */
  readonly direct: boolean;
}

async function setJob(
  store: Store,
  ids: { jobId: number; scheduleId: number },
  { now, onLost }: SceneFacts,
): Promise<void> {
  const { jobId, scheduleId } = ids;
  const from = now - 3 * everyMs;
  const spec: ScheduleSpec = { kind: 'interval', every: 1, unit: 'seconds', start: from, timezone: 'UTC' };
  const definition: Partial<JobDefinition> = { name: `job ${jobId}`, overlap: 'queue_all', onLost, maxConcurrent: 1 };
  const plan = { cursorAt: from, planAt: nextPlanOf(spec, from), nextDueAt: nextOf(spec, from), tzVersion };
  await store.transaction(async (tables) => {
    await tables.jobs.insert(factories.job({ id: jobId, createdAt: from, updatedAt: from, definition }), null);
    await tables.schedules.insert([factories.schedule({ id: scheduleId, jobId, createdAt: from, spec, ...plan })]);
  });
}

async function setWorker(store: Store, id: number): Promise<Holder> {
  const facts = { id, name: `worker ${id}`, incarnation: id * 7, host: 'elsewhere', queues: ['default'], labels: [] };
  await store.workers.register(factories.worker(facts));
  return { workerId: id, incarnation: facts.incarnation };
}

/**
 * An exclusive job with three instants due, and two workers. Unless the phase is `due` a run of it stands in the queue, is
 * claimed by the first worker or begun by it, and another run of the job waits behind it.
 */
export async function setScene(store: Store, facts: SceneFacts): Promise<Scene> {
  const { now, phase, onLost, direct } = facts;
  type Six = readonly [number, number, number, number, number, number];
  const [jobId, scheduleId, firstId, secondId, runId, laterId] = (await store.ids(6)) as Six;
  await setJob(store, { jobId, scheduleId }, facts);
  const [first, second] = [await setWorker(store, firstId), await setWorker(store, secondId)];
  const waiting = { jobId, createdAt: now, availableAt: now, onLost, slots: 1, direct };
  if (phase !== 'due') await store.runs.insert([runId, laterId].map((id) => factories.newRun({ id, ...waiting })));
  const begun = phase === 'claimed' || phase === 'starting';
  const held = begun ? await store.dispatch.claim({ ...first, free: 1, queues: ['default'], labels: [] }) : [];
  if (phase === 'starting') await store.dispatch.intend(first.incarnation, held);
  const run = { id: runId, createdAt: now };
  return { now, jobId, scheduleId, from: now - 3 * everyMs, first, second, run, held, lostAfterMs };
}
