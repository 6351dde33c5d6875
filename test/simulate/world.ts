/** One simulated world: the product's own actors on machines, clocks, disks and a wire that a seed breaks. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobTriggerError } from '../../packages/core/src/errors.ts';
import type { Host } from '../../packages/core/src/engine/host.ts';
import { planDue } from '../../packages/core/src/engine/plan-due.ts';
import { Rescuer } from '../../packages/core/src/engine/rescuer.ts';
import { Scheduler } from '../../packages/core/src/engine/scheduler.ts';
import { ownName } from '../../packages/core/src/engine/takeover.ts';
import { Worker } from '../../packages/core/src/engine/worker.ts';
import type { Handler, HandlerContext } from '../../packages/core/src/handlers/handler.ts';
import { runProcess } from '../../packages/core/src/handlers/process-attempt.ts';
import { defaultScriptRules } from '../../packages/core/src/handlers/script-file.ts';
import { toUuid } from '../../packages/core/src/model/id.ts';
import type { Job } from '../../packages/core/src/model/job.ts';
import type { Schedule } from '../../packages/core/src/model/schedule.ts';
import { createOperations, type Operations } from '../../packages/core/src/operations/operations.ts';
import { nextOf, nextPlanOf } from '../../packages/core/src/schedule/occurrences.ts';
import { tzVersion } from '../../packages/core/src/schedule/zone.ts';
import { runFiles } from '../../packages/core/src/spawner/log-path.ts';
import type { StartOrder } from '../../packages/core/src/spawner/protocol.ts';
import type { Bell, BellChannel, Store } from '../../packages/core/src/store/store.ts';
import type { Logger } from '../../packages/core/src/system/logger.ts';
import type { System } from '../../packages/core/src/system/system.ts';
import { factories, seededRandom } from 'job-trigger-core/testing';
import { chanceOf, pick, type Chance } from '../chaos/plan.ts';
import { Agenda } from './agenda.ts';
import { clientOf } from './client.ts';
import type { Database } from './database.ts';
import { Machine } from './machine.ts';
import { Outages } from './outages.ts';
import type { Plan } from './plan.ts';
import { Process } from './process.ts';
import { Record } from './record.ts';
import { JournalDisk, remainsOn, spawnerFor, type SimulatedSpawner } from './spawner.ts';
import { Trace } from './trace.ts';
import { Testimony } from './testimony.ts';
import type { Behaviour } from './tree.ts';

/** Nothing is read of it. */
export const dataFolder = join(tmpdir(), `jtp-simulation-${process.pid}`);
/** Every run's: to make a folder for each on a real disk took a sixth of the time. */
const files = runFiles(dataFolder, { id: 0, createdAt: 0 }, 1);

/** A scheduler or a worker that a supervisor keeps running, through all its processes. */
export interface Role {
  readonly kind: 'scheduler' | 'worker';
  readonly name: string;
  readonly machine: Machine;
  readonly disk: JournalDisk;
  process: Process | null;
  spawner: SimulatedSpawner | null;
  worker: Worker | null;
  /** Not started again before. */
  downUntil: number;
}

export interface MadeJob {
  readonly job: Job;
  readonly schedules: readonly Schedule[];
  /** Its schedules name instants from here, exclusive. */
  readonly from: number;
}

const handlerSettings = {
  scriptsDir: dataFolder,
  scripts: defaultScriptRules,
  interpreters: {} as never,
  allowCommand: true,
  outgoingAllow: [],
  outputLimitBytes: 1_000_000,
  hostEnv: {},
};

export class World {
  readonly plan: Plan;
  readonly agenda = new Agenda();
  readonly machines: readonly Machine[];
  readonly database: Database;
  /** The database's own clock, and where the portal lives. */
  readonly centre: Machine;
  readonly roles: readonly Role[];
  readonly outages: Outages;
  readonly record: Record;
  readonly trace: Trace;
  readonly testimony: Testimony;
  readonly jobs: MadeJob[] = [];
  readonly chance: Chance;
  readonly #listeners = new Set<{
    readonly process: Process;
    readonly channel: BellChannel;
    readonly heard: () => void;
  }>();
  #made = 0;

  constructor(database: Database, plan: Plan, options: { readonly traces: boolean }) {
    this.plan = plan;
    this.database = database;
    this.chance = chanceOf(plan.seed ^ 0x5eed);
    this.centre = new Machine('centre', this.agenda);
    this.machines = Array.from({ length: plan.machines }, (_, index) => new Machine(`machine-${index}`, this.agenda));
    this.trace = new Trace(options.traces, () => this.agenda.now);
    const maxOf = new Map<number, number>();
    this.record = new Record(
      () => this.agenda.now,
      (scheduleId) => maxOf.get(scheduleId) ?? this.#catchUpMax(scheduleId, maxOf),
    );
    this.outages = new Outages(this);
    this.testimony = new Testimony(this);
    this.roles = [
      ...Array.from({ length: plan.schedulers }, (_, index) => this.#role('scheduler', index)),
      ...Array.from({ length: plan.workers }, (_, index) => this.#role('worker', index)),
    ];
    database.reset(() => this.centre.wall());
  }

  #role(kind: Role['kind'], index: number): Role {
    const machine = this.machines[index % this.machines.length] ?? this.centre;
    const empty = { process: null, spawner: null, worker: null, downUntil: 0 };
    return { kind, name: `${kind}-${index}`, machine, disk: new JournalDisk(), ...empty };
  }

  #catchUpMax(scheduleId: number, known: Map<number, number>): number {
    const own = this.jobs.find(({ schedules }) => schedules.some(({ id }) => id === scheduleId));
    const { policy = 'none', max = 0 } = own?.job.definition.catchUp ?? {};
    const most = { last: 1, first: 1, all: max, none: 0, manual: 0 }[policy];
    known.set(scheduleId, most);
    return most;
  }

  /** A process with everything it gets from outside. */
  async spawn(name: string, machine: Machine): Promise<{ process: Process; store: Store; system: System }> {
    const process = new Process(name, machine);
    const random = seededRandom(this.plan.seed * 1000 + (this.#made += 1));
    const system: System = { clock: process.clock, random, log: this.#logOf(process) };
    const inner = await this.database.store(system);
    const store = clientOf(process, { inner, wire: this.outages.wire, bell: this.#bellOf(process) });
    return { process, store, system };
  }

  #logOf({ name }: Process): Logger {
    const say = (message: string, fields?: object): void => this.trace.log(name, message, fields);
    const log: Logger = { debug: () => undefined, info: say, warn: say, error: say, child: () => log };
    return log;
  }

  #bellOf(process: Process): Bell {
    return {
      ring: (channel) => {
        for (const each of this.#listeners) {
          const delay = 50 * this.chance();
          if (each.channel === channel && each.process.alive && !this.outages.losesBells(each.process))
            each.process.deliver(delay, each.heard);
        }
      },
      listen: (channel, heard) => {
        const own = { process, channel, heard };
        this.#listeners.add(own);
        process.whenOver(() => this.#listeners.delete(own));
        return () => this.#listeners.delete(own);
      },
    };
  }

  /** By the job's outside id. */
  jobOf(jobId: string): Job | undefined {
    return this.jobs.find(({ job }) => toUuid(job) === jobId)?.job;
  }

  hostOf(process: Process): Host {
    const { machine, pid } = process;
    return {
      name: machine.name,
      platform: 'simulated',
      pid,
      process: null,
      isAlive: (other) => machine.isAlive(other),
    };
  }

  /** Starts a role's next process, unless it is down or lives; one that ends is started again after a moment. */
  async start(role: Role): Promise<void> {
    if (role.process?.alive === true || this.agenda.now < role.downUntil) return;
    const { process, store, system } = await this.spawn(role.name, role.machine);
    role.process = process;
    this.trace.event(role.name, 'started', String(process.pid));
    process.whenOver(() => {
      role.worker = null;
      this.trace.event(role.name, 'is over', '');
      this.agenda.after(Math.max(role.downUntil - this.agenda.now, 0) + 300, () => void this.start(role));
    });
    const facts = { store, system, settings: this.plan.settings, host: this.hostOf(process) };
    if (role.kind === 'scheduler') new Scheduler({ ...facts, name: role.name, version: '0' }).start();
    else void this.#startWorker(role, process, facts).catch(() => process.kill());
    new Rescuer({ ...facts, remains: () => null, lockOf: () => null }).start();
  }

  async #startWorker(
    role: Role,
    process: Process,
    facts: { store: Store; system: System; settings: Plan['settings']; host: Host },
  ): Promise<void> {
    const { name } = await ownName({ store: facts.store, wished: role.name, host: facts.host, lockOf: null });
    const worker = new Worker({
      ...facts,
      name,
      version: '0',
      queues: ['default'],
      labels: [],
      folderId: null,
      dataDir: dataFolder,
      handlers: new Map((['script', 'function'] as const).map((type) => [type, simulated(type, role)])),
      ports: { clock: process.clock, log: facts.system.log, settings: handlerSettings, functions: new Map() },
      startSpawner: () => {
        const { client, spawner } = spawnerFor(process, {
          machine: role.machine,
          disk: role.disk,
          witness: this.testimony.witness,
          behaviourOf: (order) => this.#behaviourOf(order),
          isShort: () => this.outages.refusesStarts(role.machine),
          startWithinMs: this.plan.settings.lostAfterMs - this.plan.settings.leaseMs,
        });
        role.spawner = spawner;
        return Promise.resolve(client);
      },
      journalPath: role.name,
      remains: remainsOn(process, role.disk),
    });
    await worker.start();
    role.worker = worker;
  }

  /** The same attempt does the same, whatever happens around it. */
  #behaviourOf({ env, runId, attempt }: StartOrder): Behaviour {
    const key = env['DUE'] === '' ? runId : `${env['JOB']} ${env['DUE']}`;
    const chance = chanceOf(hashOf(`${this.plan.seed} ${key} ${attempt}`));
    const slow = chance() < 0.06;
    const lastsMs = slow ? pick(chance, [6000, 14_000, 28_000, 40_000]) : 50 + chance() * 2500;
    return { lastsMs, exitCode: chance() < 0.2 ? 3 : 0, ignoresTerm: chance() < 0.3 };
  }

  /** Everything of the plan that is there before the first second. */
  async furnish(): Promise<void> {
    const store = await this.database.store({
      clock: new Process('furniture', this.centre).clock,
      random: seededRandom(this.plan.seed),
      log: this.#logOf(new Process('furniture', this.centre)),
    });
    const from = this.centre.wall();
    for (const { definition, schedules: planned } of this.plan.jobs) {
      const [id = 0, ...ids] = await store.ids(1 + planned.length);
      const stamps = { createdAt: from, updatedAt: from };
      const job = factories.job({ id, ...stamps, definition });
      const schedules = planned.map(({ spec }, index) =>
        factories.schedule({
          id: ids[index] ?? 0,
          jobId: id,
          createdAt: from,
          spec,
          cursorAt: from,
          planAt: nextPlanOf(spec, from),
          nextDueAt: nextOf(spec, from),
          tzVersion,
        }),
      );
      await store.transaction(async (tables) => {
        await tables.jobs.insert(job, null);
        await tables.schedules.insert(schedules);
      });
      this.jobs.push({ job, schedules, from });
    }
  }

  /** A portal: what people ask goes through it. */
  async portal(): Promise<{ readonly operations: Operations; readonly store: Store; readonly process: Process }> {
    const { process, store, system } = await this.spawn('portal', this.centre);
    const { settings } = this.plan;
    const operations = createOperations({
      store,
      system,
      dataDir: dataFolder,
      scriptsDir: dataFolder,
      defaultTimezone: 'UTC',
      allowCommand: true,
      outgoingAllow: [],
      scriptRules: defaultScriptRules,
      retryDefaults: settings.retry,
      planDue: (jobId) => planDue({ store, settings }, jobId),
    });
    return { operations, store, process };
  }
}

/**
 * The product's own way of running a process, with a simulated one at its end. A function has one as well, so that its
 * starts are witnessed as those of the others are; what differs is the way to its start.
 */
function simulated(type: Handler['type'], { machine, name }: Role): Handler {
  return {
    type,
    run: (context) => {
      const { names, definition, parameters, timeoutMs, leashMs, signal, ports } = context;
      const { jobId, dueAt } = names;
      const env = { JOB: jobId, DUE: dueAt === null ? '' : String(dueAt), WORKER: name };
      const own: HandlerContext = {
        names,
        definition,
        parameters,
        files,
        timeoutMs,
        leashMs,
        signal,
        ports,
        onStarted: (started) => context.onStarted(started),
        onProgress: (progress) => context.onProgress(progress),
      };
      return runProcess(own, { argv: ['job'], cwd: machine.name, env });
    },
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Whether an error is one that a caller of an operation must reckon with. */
export const isRefusal = (error: unknown): boolean => error instanceof JobTriggerError && error.code !== 'internal';
