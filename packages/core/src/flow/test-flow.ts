/** Chains of runs without a worker: a test claims what waits and says how each run ends. */
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import type { DependsOn } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { FinalState, Run } from '../model/run.ts';
import type { Worker } from '../model/worker.ts';
import { openStore } from '../open-store.ts';
import type { Claim, Finished } from '../store/dispatch-table.ts';
import type { NewRun } from '../store/run-table.ts';
import type { Store } from '../store/store.ts';
import { realSystem } from '../system/system.ts';
import { manualClock, seededRandom, type ManualClock } from '../testing/index.ts';
import * as factories from '../testing/factories.ts';

export const queue = 'flows';

/** How an attempt ends as the run's last. */
export function ended(claim: Claim, state: FinalState, more: Partial<Finished> = {}): Finished {
  return {
    runId: claim.runId,
    fence: claim.fence,
    outcome: state,
    state,
    retryAt: null,
    reason: null,
    exitCode: null,
    signal: null,
    failure: null,
    result: null,
    ...more,
  };
}

export class FlowBed {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly #worker: Worker;
  readonly #close: () => Promise<void>;
  readonly another: () => Promise<Store>;
  #made = 0;

  private constructor(facts: Pick<FlowBed, 'store' | 'clock' | 'another'>, worker: Worker, close: () => Promise<void>) {
    this.store = facts.store;
    this.clock = facts.clock;
    this.another = facts.another;
    this.#worker = worker;
    this.#close = close;
  }

  static async open(database: 'SQLite' | 'PostgreSQL', postgresUrl: string): Promise<FlowBed> {
    const folder = freshDir();
    const fresh = database === 'PostgreSQL' ? await freshPostgres(postgresUrl) : null;
    const clock = manualClock();
    const system = realSystem({ clock, random: seededRandom(1) });
    const url = fresh?.url ?? `sqlite:${folder.path}/jtp.db`;
    const opened: Store[] = [];
    const another = async (): Promise<Store> => {
      const store = await openStore({ url, system, migrate: opened.length === 0, databaseFollowsClock: true });
      opened.push(store);
      return store;
    };
    const store = await another();
    const worker = factories.worker({ queues: [queue], createdAt: clock.wall() });
    await store.workers.register(worker);
    return new FlowBed({ store, clock, another }, worker, async () => {
      for (const each of opened) await each.close();
      await fresh?.drop();
      folder.remove();
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** A job that waits for others. */
  async job(
    definition: Partial<JobDefinition> = {},
    waitsFor: Partial<Omit<DependsOn, 'jobs'>> & { readonly jobs?: readonly Job[] } = {},
    overrides: Partial<Job> = {},
  ): Promise<Job> {
    const job = await this.draft(definition, waitsFor, overrides);
    await this.store.jobs.insert(job, null);
    return job;
  }

  /** The same, not stored yet. */
  async draft(
    definition: Partial<JobDefinition> = {},
    waitsFor: Partial<Omit<DependsOn, 'jobs'>> & { readonly jobs?: readonly Job[] } = {},
    overrides: Partial<Job> = {},
  ): Promise<Job> {
    const { jobs = [], mode = 'all_success', windowSeconds = null, pass = [] } = waitsFor;
    const [id = 0] = await this.store.ids(1);
    const { definition: _, ...rest } = overrides;
    const references = jobs.map((job) => ({ id: job.id, createdAt: job.createdAt }));
    return factories.job({
      id,
      createdAt: this.clock.wall(),
      definition: {
        name: `job ${(this.#made += 1)} ${id}`,
        overlap: 'allow',
        maxConcurrent: null,
        queue,
        dependsOn: references.length === 0 ? null : { mode, windowSeconds, jobs: references, pass },
        ...definition,
      },
      ...rest,
    });
  }

  /** A run that begins a chain, as a schedule makes it. */
  async begin(job: Job): Promise<Run> {
    const run = await this.beginning(job);
    await this.store.runs.insert([run]);
    return this.run(run.id);
  }

  /** The same, not stored yet. */
  async beginning(job: Job): Promise<NewRun> {
    const [id = 0] = await this.store.ids(1);
    const now = this.clock.wall();
    const run = factories.newRun({ id, jobId: job.id, createdAt: now, availableAt: now, queue, slots: null });
    return { ...run, trigger: 'schedule' };
  }

  async run(id: Id): Promise<Run> {
    const run = await this.store.runs.find(id);
    if (run === null) throw new Error(`There is no run ${id}.`);
    return run;
  }

  /** Claims what waits. */
  claim(free = 1000, store = this.store): Promise<readonly Claim[]> {
    const { id: workerId, incarnation, queues, labels } = this.#worker;
    return store.dispatch.claim({ workerId, incarnation, free, queues, labels });
  }

  /** Claims the waiting run of each job and ends it as told, all in one batch. */
  async end(states: ReadonlyMap<Job, FinalState>): Promise<void> {
    const claims = await this.claim();
    const done = claims.flatMap((claim) => {
      const state = [...states].find(([job]) => job.id === claim.jobId)?.[1];
      return state === undefined ? [] : [ended(claim, state)];
    });
    await this.store.dispatch.finish(done);
    if (done.length < states.size) throw new Error(`${states.size - done.length} of the jobs had no waiting run.`);
  }

  /** Ends what comes until nothing waits any more. */
  async carryOn(stateOf: (jobId: Id) => FinalState): Promise<void> {
    for (;;) {
      const claims = await this.claim();
      if (claims.length === 0) return;
      await this.store.dispatch.finish(claims.map((claim) => ended(claim, stateOf(claim.jobId))));
    }
  }

  /** Runs of a job, oldest first. */
  async runsOf(job: Job): Promise<readonly Run[]> {
    return (await this.store.runs.list({ jobId: job.id }, { limit: 500 })).items.toReversed();
  }

  /** How each job stands in the chain of a run: the state of its run, or why it was not started. */
  async standing(chain: Pick<Run, 'id'>): Promise<ReadonlyMap<Id, string>> {
    const members = await this.store.chains.ofChain(chain.id);
    return new Map(
      members.map(({ jobId, state, notStarted }) => [jobId, notStarted?.reason ?? state ?? 'open'] as const),
    );
  }

  /** What was told of jobs that did not start. */
  async told(job: Job): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const page = await this.store.events.list({ kinds: ['trigger.refused'], jobId: job.id }, { limit: 100 });
    return page.items.map(({ data }) => data);
  }
}
