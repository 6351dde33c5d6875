/** What can be said of a world by somebody outside the product: starts and ends of jobs, harm done, moves under faults. */
import type { Told } from '../chaos/history.ts';
import type { Fault, FaultKind } from './faults.ts';
import type { Exit, Tree, Witness } from './tree.ts';
import type { World } from './world.ts';

export interface Harm {
  readonly fault: Fault;
  readonly at: number;
}

/** A move of a state under a kind of fault. */
export type Pair = `${string} | ${FaultKind}`;

export class Testimony {
  readonly told: Told[] = [];
  readonly harm: Harm[] = [];
  readonly overlaps: string[] = [];
  readonly pairs = new Map<Pair, number>();
  readonly live = new Set<Tree>();
  readonly #world: World;
  readonly #startedAt = new Map<Tree, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A fault that ends something did its work. */
  harmed(fault: Fault, at: number): void {
    this.harm.push({ fault, at });
  }

  moved(transitions: readonly string[]): void {
    if (transitions.length === 0) return;
    for (const kind of new Set(this.#world.outages.inForce()))
      for (const name of transitions) {
        const pair: Pair = `${name} | ${kind}`;
        this.pairs.set(pair, (this.pairs.get(pair) ?? 0) + 1);
      }
  }

  readonly witness: Witness = {
    started: (tree) => {
      for (const other of this.live) this.#compare(other, tree);
      this.live.add(tree);
      this.#startedAt.set(tree, this.#world.agenda.now);
      this.#tell('start', tree, null);
    },
    ended: (tree, exit: Exit) => {
      this.live.delete(tree);
      if (exit.signal === null) this.#tell('end', tree, exit.exitCode);
      this.#world.trace.event('job', `run ${tree.order.runId} ended`, exit.signal ?? String(exit.exitCode));
    },
  };

  #tell(kind: 'start' | 'end', { order, process, machine }: Tree, exitCode: number | null): void {
    const { runId, attempt, fence, env } = order;
    if (kind === 'start') this.#world.trace.event('job', `run ${runId} started`, `attempt ${attempt}, fence ${fence}`);
    const jobId = env['JOB'] ?? '';
    const at = machine.wall();
    this.told.push({ kind, runId, jobId, key: '', attempt, fence, pid: process.pid, at, exitCode, other: null });
  }

  /** (P5) Two live trees of one exclusive job, unless the older could not be ended: its whole host stood still. */
  #compare(older: Tree, tree: Tree): void {
    const jobId = tree.order.env['JOB'] ?? '';
    const definition = this.#world.jobOf(jobId)?.definition;
    if (older.order.env['JOB'] !== jobId || definition?.maxConcurrent !== 1) return;
    if (this.#stoodStill(older) || (definition.onLost === 'fail' && this.#fellSilent(older))) return;
    this.overlaps.push(`P5: run ${tree.order.runId} started while run ${older.order.runId} was alive`);
  }

  /** With `fail` nothing ends the tree of a worker that was silent until its run was given up; its next run may start. */
  #fellSilent({ order }: Tree): boolean {
    const { settings } = this.#world.plan;
    const { now } = this.#world.agenda;
    const from = now - settings.lostAfterMs - settings.amnestyMs;
    const silent = this.#world.outages.silenceOf(order.env['WORKER'] ?? '', { from, to: now, everybody: true });
    return silent >= settings.lostAfterMs - 2 * settings.heartbeatMs;
  }

  #stoodStill(tree: Tree): boolean {
    const since = this.#startedAt.get(tree) ?? 0;
    const { now } = this.#world.agenda;
    return this.#world.plan.faults.some(
      ({ kind, at, lastsMs }) =>
        (kind === 'worker_and_spawner_stopped' || kind === 'machine_asleep') && at <= now && at + lastsMs >= since,
    );
  }
}
