/** What engine tests share: a store under a clock that the test moves, jobs in it, and actors on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { defaultInterpreters } from '../handlers/interpreter.ts';
import { defaultScriptRules } from '../handlers/script-file.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { beginsDirectly, neededLabels, type Job, type JobDefinition } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { Run } from '../model/run.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { defaultSettings, type EngineSettings } from '../model/settings.ts';
import { iterate, nextOf, nextPlanOf } from '../schedule/occurrences.ts';
import { tzVersion } from '../schedule/zone.ts';
import { openStore } from '../open-store.ts';
import type { ScriptSeer } from '../flow/script-gate.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../system/pause.ts';
import { realSystem, type System } from '../system/system.ts';
import * as factories from '../testing/factories.ts';
import { manualClock, type ManualClock } from '../testing/manual-clock.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { FolderLock } from './folder-lock.ts';
import type { Host } from './host.ts';
import { remainsOf, type Remains } from './remains.ts';
import { Rescuer } from './rescuer.ts';
import { Scheduler } from './scheduler.ts';
import { noSpawner, Stage } from './test-stage.ts';
import { Worker, type WorkerOptions } from './worker.ts';

/** A database of its own; null is a file in the bench's folder. */
export type Place = (() => Promise<{ readonly url: string; drop(): Promise<void> }>) | null;

/** A machine on which no other process lives. */
export const deadHost = (name = 'host-a'): Host => ({
  name,
  platform: 'linux-x64',
  pid: 4711,
  process: null,
  isAlive: () => false,
});

export interface BenchWorker {
  readonly worker: Worker;
  readonly stage: Stage;
}

/** One installation of a test file, and what its tests put in. */
export class Bench {
  readonly clock: ManualClock;
  readonly system: System;
  readonly store: Store;
  readonly folder: string;
  readonly settings: EngineSettings = { ...defaultSettings, maxConcurrent: 4 };
  readonly url: string;
  #stores: Store[] = [];
  #schedulers: Scheduler[] = [];
  #workers: Worker[] = [];
  #jobs: Id[] = [];
  #made = 0;

  private constructor(facts: Pick<Bench, 'clock' | 'system' | 'store' | 'folder' | 'url'>) {
    this.clock = facts.clock;
    this.system = facts.system;
    this.store = facts.store;
    this.folder = facts.folder;
    this.url = facts.url;
  }

  /** @param url an empty database; a new file in the bench's folder when null */
  static async open(url: string | null): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-engine-'));
    const clock = manualClock();
    const system = realSystem({ clock, random: seededRandom(1) });
    const place = url ?? `sqlite:${folder}/jtp.db`;
    const store = await openStore({ url: place, system, migrate: true, databaseFollowsClock: true });
    return new Bench({ clock, system, store, folder, url: place });
  }

  async close(): Promise<void> {
    await this.clear();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Takes away what a test has put in, so that the next one is alone. */
  async clear(): Promise<void> {
    for (const scheduler of this.#schedulers.splice(0)) await scheduler.stop();
    for (const { id: workerId, incarnation } of this.#workers.splice(0))
      await this.store.workers.end({ workerId, incarnation });
    for (const id of this.#jobs.splice(0)) await this.store.jobs.purge(id);
    for (const store of this.#stores.splice(0)) await store.close();
  }

  /** Another store on the same data, as another process has it. */
  async another(): Promise<Store> {
    const store = await openStore({ url: this.url, system: this.system, databaseFollowsClock: true });
    this.#stores.push(store);
    return store;
  }

  /** The same system for a process whose own clock is off by so much; the database's is not. */
  withClockOff(ms: Millis): System {
    return { ...this.system, clock: { ...this.clock, wall: () => this.clock.wall() + ms } };
  }

  scheduler(
    options: {
      readonly store?: Store;
      readonly system?: System;
      readonly settings?: Partial<EngineSettings>;
      readonly look?: ScriptSeer;
    } = {},
  ): Scheduler {
    const scheduler = new Scheduler({
      store: options.store ?? this.store,
      system: options.system ?? this.system,
      settings: { ...this.settings, ...options.settings },
      host: deadHost(),
      name: `scheduler-${(this.#made += 1)}`,
      version: '0.1.0',
      look: options.look,
    });
    if (options.store === undefined) this.#schedulers.push(scheduler);
    return scheduler;
  }

  rescuer(
    host: Host = deadHost(),
    journalPath: (name: string) => string | null = () => null,
    lockOf: (name: string) => FolderLock | null = () => null,
  ): Rescuer {
    const remains = (name: string): Remains | null => {
      const path = journalPath(name);
      return path === null ? null : remainsOf(path);
    };
    return new Rescuer({ store: this.store, system: this.system, settings: this.settings, host, remains, lockOf });
  }

  /** A registered worker whose attempts the test ends. */
  async worker(
    options: Partial<WorkerOptions> & { readonly stage?: Stage; readonly slots?: number } = {},
  ): Promise<BenchWorker> {
    const { stage = new Stage(), slots = this.settings.maxConcurrent, ...rest } = options;
    const worker = new Worker({
      store: this.store,
      system: this.system,
      settings: { ...this.settings, maxConcurrent: slots },
      host: deadHost(),
      name: `worker-${(this.#made += 1)}`,
      version: '0.1.0',
      queues: ['default'],
      labels: [],
      dataDir: this.folder,
      handlers: new Map([['script', stage.handler]]),
      ports: {
        clock: this.clock,
        log: this.system.log,
        functions: new Map(),
        settings: {
          scriptsDir: this.folder,
          scripts: defaultScriptRules,
          interpreters: defaultInterpreters(process.execPath),
          allowCommand: true,
          outgoingAllow: [],
          outputLimitBytes: 1_000_000,
          hostEnv: {},
        },
      },
      startSpawner: () => Promise.resolve(noSpawner),
      journalPath: null,
      folderId: null,
      ...rest,
    });
    await worker.register();
    this.#workers.push(worker);
    return { worker, stage };
  }

  /** A stored job with schedules that count from now. */
  async job(
    definition: Partial<JobDefinition> = {},
    specs: readonly ScheduleSpec[] = [],
    overrides: Partial<Job> = {},
  ): Promise<{ readonly job: Job; readonly schedules: readonly Schedule[]; readonly from: Instant }> {
    const now = await this.store.now();
    const [id = 0, ...ids] = await this.store.ids(1 + specs.length);
    const { definition: _, ...rest } = overrides;
    const job = factories.job({ id, createdAt: now, definition, ...rest });
    const schedules = specs.map((spec, index) =>
      factories.schedule({
        id: ids[index] ?? 0,
        jobId: id,
        createdAt: now,
        spec,
        cursorAt: now,
        planAt: nextPlanOf(spec, now),
        nextDueAt: nextOf(spec, now),
        tzVersion,
      }),
    );
    await this.store.transaction(async (tables) => {
      await tables.jobs.insert(job, null);
      await tables.schedules.insert(schedules);
    });
    this.#jobs.push(id);
    return { job, schedules, from: now };
  }

  /** A waiting run of a new job. */
  async run(definition: Partial<JobDefinition> = {}): Promise<Run> {
    const { job } = await this.job(definition);
    return this.runOf(job);
  }

  async runOf(job: Job): Promise<Run> {
    const [id = 0] = await this.store.ids(1);
    const now = await this.store.now();
    const { onLost, maxConcurrent: slots } = job.definition;
    const workerLabels = neededLabels(job.definition);
    const run = factories.newRun({
      id,
      jobId: job.id,
      createdAt: now,
      availableAt: now,
      onLost,
      slots,
      workerLabels,
      direct: beginsDirectly(job.definition),
      locks: job.definition.locks ?? [],
    });
    await this.store.runs.insert([run]);
    return this.read(run);
  }

  async read({ id, createdAt }: Pick<Run, 'id' | 'createdAt'>): Promise<Run> {
    const run = await this.store.runs.get({ id, createdAt });
    if (run === null) throw new Error(`There is no run ${id}.`);
    return run;
  }

  /** Oldest first. */
  async runs(jobId: Id): Promise<readonly Run[]> {
    return (await this.store.runs.list({ jobId }, { limit: 500 })).items.toSorted((a, b) => a.id - b.id);
  }

  /** Ascending. */
  async ledger(jobId: Id): Promise<readonly LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<Store['ledger']['ofJob']>> = await this.store.ledger.ofJob(jobId, {
        limit: 500,
        after,
      });
      entries.push(...page.items);
      after = page.next;
    } while (after !== null);
    return entries.reverse();
  }

  /** How many events of a kind there are, those of earlier tests included. */
  async eventCount(kind: string): Promise<number> {
    return (await this.store.events.list({ kinds: [kind] }, { limit: 500 })).items.length;
  }

  /** Waits, while the clock creeps on, until `look` sees what it looks for. */
  async until<T>(look: () => T | null | false | undefined | Promise<T | null | false | undefined>): Promise<T> {
    for (let tries = 0; tries < 1500; tries += 1) {
      const seen = await look();
      if (seen !== null && seen !== false && seen !== undefined) return seen;
      this.clock.advance(5);
      await pause(2);
    }
    throw new Error('What was waited for did not come.');
  }

  /** Waits for work while the clock creeps on. */
  async done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const mark = (): void => {
      ended = true;
    };
    work.then(mark, mark);
    await this.until(() => ended);
    return work;
  }

  /** Lets time pass in steps, with something done after each. */
  async pass(ms: Millis, everyMs: Millis, work: () => Promise<unknown>): Promise<void> {
    for (let left = ms; left > 0; left -= everyMs) {
      this.clock.advance(Math.min(left, everyMs));
      await this.done(work());
    }
  }

  /** What is wrong with a schedule's ledger over (after, until]: nothing when every instant is there exactly once. */
  async ledgerFaults(
    { id, jobId, spec }: Schedule,
    { after, until }: { readonly after: Instant; readonly until: Instant },
  ): Promise<readonly string[]> {
    const entries = (await this.ledger(jobId)).filter(({ scheduleId }) => scheduleId === id);
    const rows = new Set(entries.flatMap((entry) => (entry.kind === 'occurrence' ? [entry.dueAt] : [])));
    const gaps = entries.filter((entry) => entry.kind === 'gap');
    const counted = gaps.map(() => 0);
    const faults: string[] = [];
    for (const { at } of iterate(spec, after)) {
      if (at > until) break;
      const holding = gaps.flatMap(({ fromAt, toAt }, index) => (at < fromAt || at > toAt ? [] : [index]));
      for (const index of holding) counted[index] = (counted[index] ?? 0) + 1;
      const times = (rows.delete(at) ? 1 : 0) + holding.length;
      if (times !== 1) faults.push(`${new Date(at).toISOString()} is there ${times} times`);
    }
    for (const at of rows) faults.push(`${new Date(at).toISOString()} is no instant of the schedule`);
    for (const [index, { count, fromAt }] of gaps.entries())
      if (counted[index] !== count) faults.push(`a gap from ${fromAt} counts ${count} instead of ${counted[index]}`);
    return faults.slice(0, 5);
  }
}

/** The bench of a group of tests: opened before the first, emptied after each, closed after the last. */
export function benchOf(place: Place): () => Bench {
  let bench: Bench | undefined;
  let drop = (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    const fresh = place === null ? null : await place();
    if (fresh !== null) drop = () => fresh.drop();
    bench = await Bench.open(fresh?.url ?? null);
  });
  afterEach(() => bench?.clear());
  afterAll(async () => {
    await bench?.close();
    await drop();
  });
  return () => {
    if (bench === undefined) throw new Error('The bench is opened before the tests of its group.');
    return bench;
  };
}
