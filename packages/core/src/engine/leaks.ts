/** Slots of runs whose processes could not be ended: each stays taken until its processes are gone (F44). */
import type { Millis } from '../model/instant.ts';
import type { Survivor } from '../model/run.ts';
import { processFacts, startedAtTick } from '../spawner/process-table.ts';
import type { Clock } from '../system/clock.ts';
import type { Logger } from '../system/logger.ts';

const lookEveryMs: Millis = 1000;

export interface LeaksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** A slot is free again. */
  readonly onGone: () => void;
}

/** A process for good: its number alone may come to belong to another. */
interface Known {
  readonly pid: number;
  readonly bornAt: number | null;
}

export class Leaks {
  readonly #options: LeaksOptions;
  #held: (readonly Known[])[] = [];
  #cancel: (() => void) | null = null;

  constructor(options: LeaksOptions) {
    this.#options = options;
  }

  /** Slots that are taken. */
  get count(): number {
    return this.#held.length;
  }

  /** Takes one slot for what is left of one run; none for nothing. */
  hold(survivors: readonly Survivor[]): void {
    const alive = survivors.map(({ pid }) => ({ pid, bornAt: startedAtTick(pid) })).filter(isAlive);
    if (alive.length === 0) return;
    this.#options.log.error('processes of a run cannot be ended; its slot stays taken', { survivors });
    this.#held.push(alive);
    this.#watch();
  }

  /** Watches no longer. */
  forget(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#held = [];
  }

  #watch(): void {
    this.#cancel ??= this.#options.clock.after(lookEveryMs, () => {
      this.#cancel = null;
      const before = this.#held.length;
      this.#held = this.#held.filter((known) => known.some(isAlive));
      if (this.#held.length < before) this.#options.onGone();
      if (this.#held.length > 0) this.#watch();
    });
  }
}

function isAlive({ pid, bornAt }: Known): boolean {
  return bornAt !== null && startedAtTick(pid) === bornAt && processFacts(pid)?.dead === false;
}
