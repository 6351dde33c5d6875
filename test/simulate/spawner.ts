/**
 * The spawner and its journal, simulated at the containment that the promises are made for: when a spawner dies, the
 * kernel ends its trees. The rules are those of `spawner/main.ts`; the disk keeps what was synced.
 */
import type { Remains } from '../../packages/core/src/engine/remains.ts';
import type { WorkerSpawner } from '../../packages/core/src/engine/spawner-keeper.ts';
import { noProcess, type RunningProcess } from '../../packages/core/src/spawner/client.ts';
import type { JournalEntry } from '../../packages/core/src/spawner/journal.ts';
import { tooLate, type Ended, type StartOrder, type StopReason } from '../../packages/core/src/spawner/protocol.ts';
import type { Machine } from './machine.ts';
import { Process } from './process.ts';
import { Tree, type Behaviour, type Exit, type Witness } from './tree.ts';

const pipeMs = 0.5;
const syncMs = 2;
const leashCheckMs = 1000;
const patienceMs = 2500;

/** A worker's folder: what its spawners wrote outlives them, and a power cut takes what was not synced. */
export class JournalDisk {
  #entries: { readonly entry: JournalEntry; readonly syncedAt: number }[] = [];
  /** The one spawner that writes here. */
  writer: SimulatedSpawner | null = null;

  append(entry: JournalEntry, now: number): void {
    this.#entries.push({ entry, syncedAt: now + syncMs });
  }

  losePower(now: number): void {
    this.#entries = this.#entries.filter(({ syncedAt }) => syncedAt <= now);
  }

  read(): readonly JournalEntry[] {
    return this.#entries.map(({ entry }) => entry);
  }
}

export interface SpawnerFacts {
  readonly machine: Machine;
  readonly disk: JournalDisk;
  readonly witness: Witness;
  readonly behaviourOf: (order: StartOrder) => Behaviour;
  /** The machine is short of something just now. */
  readonly isShort: () => boolean;
  readonly startWithinMs: number;
}

interface Own {
  readonly tree: Tree;
  stopped: StopReason | null;
  readonly tell: (ended: Ended) => void;
}

const blank = {
  leftBehind: 0,
  ignoredTerm: 0,
  survivors: [],
  processes: 1,
  stderrTail: '',
  bytes: 0,
  cutBytes: 0,
} as const;

export class SimulatedSpawner {
  readonly process: Process;
  readonly #facts: SpawnerFacts;
  readonly #own = new Map<number, Own>();
  #renewedAt: number;
  #watching = false;
  #leaving = false;

  constructor(name: string, facts: SpawnerFacts) {
    this.#facts = facts;
    this.process = new Process(`${name} spawner`, facts.machine);
    this.#renewedAt = this.process.clock.boot();
    facts.disk.writer = this;
    this.process.whenOver(() => {
      for (const { tree } of this.#own.values()) tree.kill();
      if (facts.disk.writer === this) facts.disk.writer = null;
    });
  }

  /** @param saidAt when the worker gave the order */
  start(
    key: number,
    order: StartOrder,
    saidAt: number,
    heard: { started: (pid: number) => void; ended: (ended: Ended) => void },
  ): void {
    const { clock } = this.process;
    if (clock.boot() - saidAt > this.#facts.startWithinMs) {
      const late = tooLate(clock.wall());
      if (late.error !== undefined) this.#note(order, { phase: 'not_started', ...late.error });
      heard.ended(late);
      return;
    }
    if (this.#own.size === 0) this.#renewedAt = Math.max(this.#renewedAt, saidAt);
    if (this.#facts.isShort()) {
      const error = { code: 'EAGAIN', message: 'The machine is short of processes.', retryable: true };
      this.#note(order, { phase: 'not_started', ...error });
      heard.ended({ ...blank, ...this.#ending(), outcome: 'not_started', exitCode: null, signal: null, error });
      return;
    }
    const { machine, witness } = this.#facts;
    const tree = new Tree(order, machine, { behaviour: this.#facts.behaviourOf(order), witness });
    const own: Own = { tree, stopped: null, tell: heard.ended };
    this.#own.set(key, own);
    heard.started(tree.process.pid);
    this.#note(order, { phase: 'started', pid: tree.process.pid });
    tree.onExit((exit) => this.process.deliver(0, () => this.#over(key, own, exit)));
    if (order.timeoutMs !== null) clock.after(order.timeoutMs, () => this.stop(key, 'timed_out', null));
    if (order.leashMs !== null) this.#watchLeash();
  }

  stop(key: number, why: StopReason, graceMs: number | null): void {
    const own = this.#own.get(key);
    if (own === undefined || !own.tree.process.alive) return;
    const first = own.stopped === null;
    own.stopped ??= why;
    const grace = graceMs ?? own.tree.order.killGraceMs;
    if (grace <= 0) own.tree.kill();
    else {
      if (first) own.tree.term();
      this.process.clock.after(grace, () => own.tree.kill());
    }
  }

  renewed(ageMs: number): void {
    this.#renewedAt = Math.max(this.#renewedAt, this.process.clock.boot() - ageMs);
  }

  /** Nobody is left to report to. */
  leave(): void {
    this.#leaving = true;
    for (const key of this.#own.keys().toArray()) this.stop(key, 'worker_gone', 0);
    this.#leaveIfEmpty();
  }

  #leaveIfEmpty(): void {
    if (this.#leaving && this.#own.size === 0) this.process.deliver(syncMs, () => this.process.kill());
  }

  #over(key: number, own: Own, exit: Exit): void {
    this.#own.delete(key);
    const facts = { ...exit, timedOut: own.stopped === 'timed_out', stopped: own.stopped };
    this.#note(own.tree.order, { phase: 'ended', ...facts, survivors: [], stderrTail: '' });
    own.tell({ ...blank, ...this.#ending(), ...facts, outcome: 'exited' });
    this.#leaveIfEmpty();
  }

  #ending(): { timedOut: false; stopped: null; endedAt: number } {
    return { timedOut: false, stopped: null, endedAt: this.process.clock.wall() };
  }

  #note({ runId, attempt, fence }: StartOrder, what: object): void {
    const entry = { runId, attempt, fence, at: this.process.clock.wall(), ...what } as JournalEntry;
    this.#facts.disk.append(entry, this.#facts.machine.agenda.now);
  }

  #watchLeash(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.process.clock.after(leashCheckMs, () => {
      this.#watching = false;
      const silent = this.process.clock.boot() - this.#renewedAt;
      const leashed = [...this.#own].filter(([, { tree }]) => tree.order.leashMs !== null);
      for (const [key, { tree }] of leashed) if (silent > (tree.order.leashMs ?? 0)) this.stop(key, 'fenced', 0);
      if (leashed.length > 0) this.#watchLeash();
    });
  }
}

interface Order {
  started: (at: { readonly pid: number; readonly startedAt: number } | null) => void;
  ended: (ended: Ended) => void;
}

/** The worker's end of a spawner, as `spawner/client.ts` is. */
export function spawnerFor(worker: Process, facts: SpawnerFacts): { client: WorkerSpawner; spawner: SimulatedSpawner } {
  const spawner = new SimulatedSpawner(worker.name, facts);
  const { process } = spawner;
  const orders = new Map<number, Order>();
  const exited = Promise.withResolvers<string | null>();
  let stopping = false;
  let keys = 0;

  worker.whenOver(() => process.deliver(pipeMs, () => spawner.leave()));
  process.whenOver(() =>
    worker.deliver(pipeMs, () => {
      const how = stopping ? null : 'SIGKILL';
      for (const order of orders.values()) order.ended(lostEnd(worker.clock.wall(), how));
      orders.clear();
      exited.resolve(how);
    }),
  );

  const say = (work: () => void): void => {
    if (process.alive) process.deliver(pipeMs, work);
  };
  const hear = (work: () => void): void => worker.deliver(pipeMs, work);

  const run = (order: StartOrder): RunningProcess => {
    if (!process.alive) return noProcess(worker.clock.wall());
    const key = (keys += 1);
    const started = Promise.withResolvers<Awaited<RunningProcess['started']>>();
    const ended = Promise.withResolvers<Ended>();
    const end = (how: Ended): void => {
      orders.delete(key);
      started.resolve(null);
      ended.resolve(how);
    };
    orders.set(key, { started: started.resolve, ended: end });
    const saidAt = worker.clock.boot();
    say(() =>
      spawner.start(key, order, saidAt, {
        started: (pid) => {
          const startedAt = process.clock.wall();
          hear(() => started.resolve({ pid, startedAt }));
        },
        ended: (how) => hear(() => orders.get(key)?.ended(how)),
      }),
    );
    const stop: RunningProcess['stop'] = (why, graceMs) => say(() => spawner.stop(key, why, graceMs ?? null));
    return { started: started.promise, ended: ended.promise, stop };
  };

  const client: WorkerSpawner = {
    pid: process.pid,
    containment: 'pidns',
    exited: exited.promise,
    run,
    renewed: (at) => {
      const ageMs = worker.clock.boot() - (at ?? worker.clock.boot());
      say(() => spawner.renewed(ageMs));
    },
    async stop() {
      stopping = true;
      for (const key of orders.keys().toArray()) say(() => spawner.stop(key, 'shutdown', 0));
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (orders.size > 0) worker.clock.after(5, look);
          else resolve();
        };
        look();
      });
      say(() => spawner.leave());
      await exited.promise;
    },
  };
  return { client, spawner };
}

function lostEnd(endedAt: number, how: string | null): Ended {
  const error = { code: 'spawner_died', message: `The spawner ended (${how ?? 'stopped'}).`, retryable: false };
  const unknown = { ...blank, outcome: 'lost', exitCode: null, signal: null, timedOut: false, endedAt, error } as const;
  return { ...unknown, stopped: how === null ? 'shutdown' : null };
}

/** What a worker that takes over finds on its machine. */
export function remainsOn(worker: Process, disk: JournalDisk): Remains {
  return {
    async endSpawner() {
      const former = disk.writer;
      if (former === null) return;
      const gone = new Promise<void>((resolve) => former.process.whenOver(() => worker.deliver(1, resolve)));
      const cancel = worker.clock.after(patienceMs, () => former.process.kill());
      await gone;
      cancel();
    },
    endTrees: (runIds) => {
      for (const process of worker.machine.processes.values().toArray())
        if (runIds.some((runId) => process.name === `run ${runId}`)) process.kill();
      return Promise.resolve([]);
    },
    journal: () => disk.read(),
  };
}
