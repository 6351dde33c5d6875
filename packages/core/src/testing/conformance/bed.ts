import { afterAll, beforeAll } from 'vitest';
import type { Id } from '../../model/id.ts';
import type { Job, JobDefinition } from '../../model/job.ts';
import type { Worker } from '../../model/worker.ts';
import type { Claim, Finished } from '../../store/dispatch-table.ts';
import type { NewRun } from '../../store/run-table.ts';
import type { Store } from '../../store/store.ts';
import * as factories from '../factories.ts';
import type { ManualClock } from '../manual-clock.ts';

/** An empty store whose `now_ms()` is the clock's time. */
export interface TestBed {
  readonly store: Store;
  readonly clock: ManualClock;
  /** Another store on the same data, as another process would open it; the bed closes it. */
  readonly another: () => Promise<Store>;
  close(): Promise<void>;
}

export type MakeBed = () => Promise<TestBed>;

/** The bed of a group of tests: made before the first, closed after the last. */
export function bedOf(make: MakeBed): () => TestBed {
  let bed: TestBed | undefined;
  beforeAll(async () => {
    bed = await make();
  });
  afterAll(() => bed?.close());
  return () => {
    if (!bed) throw new Error('The bed is made before the tests of its group.');
    return bed;
  };
}

/** A stored job. */
export async function givenJob({ store }: TestBed, definition: Partial<JobDefinition> = {}): Promise<Job> {
  const job = factories.job({ definition });
  await store.jobs.insert(job, null);
  return job;
}

/** A registered worker on a queue that no other test uses. */
export async function givenWorker({ store }: TestBed, overrides: Partial<Worker> = {}): Promise<Worker> {
  const worker = factories.worker(overrides);
  const named = { ...worker, queues: overrides.queues ?? [`queue of ${worker.name}`] };
  await store.workers.register(named);
  return named;
}

/** Waiting runs of a job, in the order given. */
export async function givenRuns({ store }: TestBed, runs: readonly NewRun[]): Promise<readonly NewRun[]> {
  await store.runs.insert(runs);
  return runs;
}

/** A run of `job` for the worker's own queue. */
export function runFor(worker: Worker, jobId: Id, overrides: Partial<NewRun> = {}): NewRun {
  return factories.newRun({ jobId, queue: worker.queues[0] ?? 'default', ...overrides });
}

export const holderOf = ({ id, incarnation }: Worker) => ({ workerId: id, incarnation });

/** Everything the worker can get at once. */
export function claimAll({ store }: Pick<TestBed, 'store'>, worker: Worker, free = 100): Promise<readonly Claim[]> {
  return store.dispatch.claim({ ...holderOf(worker), free, queues: worker.queues, labels: worker.labels });
}

/** A success of a claim; overrides make of it whatever else an attempt may come to. */
export function finished(
  { runId, fence }: Pick<Claim, 'runId' | 'fence'>,
  overrides: Partial<Finished> = {},
): Finished {
  return {
    runId,
    fence,
    outcome: 'succeeded',
    state: 'succeeded',
    retryAt: null,
    reason: null,
    exitCode: 0,
    signal: null,
    failure: null,
    result: null,
    ...overrides,
  };
}
