/** The worker's end of the spawner: starts it, gives orders, and answers with promises. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JobTriggerError } from '../errors.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Containment } from '../model/worker.ts';
import { systemClock, type Clock } from '../system/clock.ts';
import type { Logger } from '../system/logger.ts';
import { ProcessTree } from './process-tree.ts';
import { endAbandonedGroups } from './cgroups.ts';
import type { PluginProgress } from './plugin-lines.ts';
import { commandOf } from './process-table.ts';
import {
  inBatches,
  unknownEnd,
  type Ended,
  type FromSpawner,
  type SpawnerArguments,
  type SpawnerLimits,
  type Started,
  type StartOrder,
  type StopReason,
  type ToSpawner,
} from './protocol.ts';

export interface SpawnerOptions {
  /** The worker's journal; pipes and compiled code lie beside it. Only one spawner at a time may have it. */
  readonly journalPath: string;
  readonly log: Logger;
  readonly clock: Clock;
  /**
   * The spawner's own environment, of which only the search path and what the system itself needs is passed on:
   * a job can read the environment of its parent. Left out, programs are looked for in the usual places.
   */
  readonly hostEnv?: Readonly<Record<string, string | undefined>>;
  /** Path of its program. Default: the one beside this file. */
  readonly program?: string | undefined;
  /** The one level of containment that may be used. Default: the best that this machine gives. */
  readonly containment?: Containment | null;
  /** Default: none. */
  readonly limits?: Partial<SpawnerLimits>;
  /** How old an order may be that is still carried out. Default: no limit. */
  readonly startWithinMs?: Millis;
}

export interface RunningProcess {
  /** Null when it never started; `ended` says why. Never rejects. */
  readonly started: Promise<Started | null>;
  /** Never rejects. */
  readonly ended: Promise<Ended>;
  /** TERM, grace, KILL. `graceMs` stands in for the order's; 0 kills at once. */
  readonly stop: (why: StopReason, graceMs?: Millis) => void;
}

interface Job {
  readonly order: StartOrder;
  readonly process: RunningProcess;
  readonly onProgress: (progress: PluginProgress) => void;
  started: Started | null;
  readonly tellStarted: (started: Started | null) => void;
  readonly tellEnded: (ended: Ended) => void;
}

/** Processes end in the machine's time, also under a clock that a test moves. */
const machine = systemClock();
const readyMs: Millis = 20_000;
const passedOn = ['PATH', 'SystemRoot', 'SYSTEMROOT', 'PATHEXT', 'ComSpec', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH'];
const usualEnv: Readonly<Record<string, string | undefined>> = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };
const besideThis = fileURLToPath(import.meta.url.replace(/client(\.[jt]s)$/, 'main$1'));
/** A small young generation and no helper threads: idle it holds 45 MB. */
const nodeFlags = ['--expose-gc', '--max-semi-space-size=1', '--v8-pool-size=0'];

export class Spawner {
  /** How surely trees are ended, as found out at its start. */
  readonly containment: Containment;
  /** Resolves when the spawner's process has ended, with what it ended by; null when it was asked to. */
  readonly exited: Promise<string | null>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #jobs = new Map<number, Job>();
  #nextKey = 1;
  #stopping = false;

  private constructor(child: ChildProcess, { containment, unavailable }: Ready, { log, clock }: SpawnerOptions) {
    this.#child = child;
    this.containment = containment;
    if (Object.keys(unavailable).length > 0) log.info('containment', { level: containment, unavailable });
    this.#clock = clock;
    child.on('message', (batch: readonly FromSpawner[]) => batch.forEach((message) => this.#hear(message, log)));
    child.on('error', (error) => log.error('spawner not reached', { error: error.message }));
    this.exited = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        const how = this.#stopping ? null : (signal ?? `exit ${code}`);
        void this.#loseAll(how).then(() => resolve(how));
      });
    });
  }

  /** @throws {JobTriggerError} `unavailable` when it does not come up within 20 s, or cannot give the level it must */
  static async start(options: SpawnerOptions): Promise<Spawner> {
    const { journalPath, clock, program = besideThis } = options;
    const cache = join(dirname(journalPath), 'compiled');
    const env: Record<string, string> = { NODE_COMPILE_CACHE: cache, UV_THREADPOOL_SIZE: '2' };
    for (const name of passedOn) {
      const value = (options.hostEnv ?? usualEnv)[name];
      if (value !== undefined) env[name] = value;
    }
    const forked = (args: readonly string[]): ChildProcess =>
      fork(program, args, {
        env,
        execArgv: nodeFlags,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        serialization: 'json',
      });
    // Reading TypeScript loads a translator of 20 MB. A first process leaves the translation behind for the one that stays.
    if (program.endsWith('.ts') && !existsSync(cache)) await ended(forked([]));
    const { containment = null, limits = {}, startWithinMs = null } = options;
    const given: SpawnerArguments = {
      offset: Math.round(clock.wall() - machine.wall()),
      pin: containment,
      startWithinMs,
      openFiles: null,
      fileBytes: null,
      ...limits,
    };
    const child = forked([journalPath, JSON.stringify(given)]);
    return new Spawner(child, await ready(child), options);
  }

  /** The process id of the spawner itself. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Jobs that have not ended. */
  get running(): number {
    return this.#jobs.size;
  }

  /** @param onProgress what a plugin tells of how far it is */
  run(order: StartOrder, onProgress: (progress: PluginProgress) => void = () => undefined): RunningProcess {
    if (!this.#child.connected) return noProcess(this.#clock.wall());
    const key = this.#nextKey++;
    const started = Promise.withResolvers<Started | null>();
    const end = Promise.withResolvers<Ended>();
    const running: RunningProcess = {
      started: started.promise,
      ended: end.promise,
      stop: (why, graceMs) => this.#say({ type: 'stop', key, why, graceMs: graceMs ?? null }),
    };
    const tellEnded = (ended: Ended): void => {
      started.resolve(null);
      end.resolve(ended);
    };
    this.#jobs.set(key, {
      order,
      process: running,
      onProgress,
      started: null,
      tellStarted: started.resolve,
      tellEnded,
    });
    this.#say({ type: 'run', key, order, saidAt: machine.boot() });
    return running;
  }

  /** Tells the leash that the worker's lease was renewed. `at`: the `boot` clock when the renewal was sent. */
  renewed(at: Millis = this.#clock.boot()): void {
    if (this.#jobs.size > 0) this.#say({ type: 'renewed', ageMs: this.#clock.boot() - at });
  }

  /** Kills what still runs and ends the spawner. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const running = [...this.#jobs.values()];
    for (const job of running) job.process.stop('shutdown', 0);
    await Promise.all(running.map(async (job) => job.process.ended));
    if (this.#child.connected) this.#child.disconnect();
    await this.exited;
  }

  readonly #say = inBatches((batch: readonly ToSpawner[]) => {
    // The exit of the spawner settles its jobs; a message lost on the way needs no answer of its own.
    if (this.#child.connected) this.#child.send(batch, () => undefined);
  });

  #hear(message: FromSpawner, log: Logger): void {
    if (message.type === 'trouble') log.warn(message.message, message.fields);
    if (message.type === 'progress') this.#jobs.get(message.key)?.onProgress(message.progress);
    if (message.type !== 'started' && message.type !== 'ended') return;
    const job = this.#jobs.get(message.key);
    if (job === undefined) return;
    if (message.type === 'started') {
      job.started = message.started;
      job.tellStarted(message.started);
    } else {
      this.#jobs.delete(message.key);
      job.tellEnded(message.ended);
    }
  }

  /** Nobody watches these trees any more: the worker ends them itself, as far as it can see them. */
  async #loseAll(how: string | null): Promise<void> {
    const lost = [...this.#jobs.values()];
    this.#jobs.clear();
    if (this.containment === 'cgroup') await endAbandonedGroups(machine);
    await Promise.all(
      lost.map(async ({ order, started, tellEnded }) => {
        const runId = order.env['JTP_RUN_ID'];
        const mark = runId === undefined ? null : `JTP_RUN_ID=${runId}`;
        // One that was started and not yet told of is known by its mark alone.
        const left = await new ProcessTree({ pid: started?.pid ?? null, mark, clock: machine }).kill();
        const survivors = left.map((pid) => ({ pid, command: commandOf(pid) }));
        const error = { code: 'spawner_died', message: `The spawner ended (${how ?? 'stopped'}).`, retryable: false };
        const stopped = how === null ? 'shutdown' : null;
        tellEnded({ ...unknownEnd(this.#clock.wall()), stopped, survivors, error });
      }),
    );
  }
}

/** What comes of an order that nobody is there to carry out. */
export function noProcess(at: Instant): RunningProcess {
  const error = { code: 'spawner_gone', message: 'The spawner is not running.', retryable: true };
  return {
    started: Promise.resolve(null),
    ended: Promise.resolve({ ...unknownEnd(at), outcome: 'not_started', error }),
    stop: () => undefined,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
    child.disconnect();
  });
}

type Ready = Extract<FromSpawner, { type: 'ready' }>;

async function ready(child: ChildProcess): Promise<Ready> {
  return new Promise<Ready>((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new JobTriggerError('unavailable', `The spawner did not start: ${why.replace(/\.$/, '')}.`));
    const cancel = machine.after(readyMs, () => {
      child.kill('SIGKILL');
      fail(`no answer in ${readyMs / 1000} s`);
    });
    child.once('message', ([message]: readonly FromSpawner[]) => {
      cancel();
      if (message === undefined) return;
      if (message.type === 'ready') resolve(message);
      else fail(message.type === 'refused' ? message.why : 'it said something else first');
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(signal ?? `exit ${code}`));
  });
}
