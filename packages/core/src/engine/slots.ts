/** How many runs a worker may still take up: what is free, and for whom it is kept. */
import type { Millis } from '../model/instant.ts';

/** Slots that one claim may fill, and no other while it is under way. */
export interface KeptSlots {
  readonly count: number;
  readonly release: () => void;
}

export const noSlots: KeptSlots = { count: 0, release: () => undefined };

export interface SlotsOptions {
  readonly all: number;
  /** By what is carried out and by what could not be ended, which may be more than there are. */
  readonly taken: () => number;
  /** Called after {@link Slots.restFor}, when a claim that was under way has ended. */
  readonly onReleased: () => void;
}

/** Of one worker. Two claims at a time, that of its loop and that with a result, never fill the same slot. */
export class Slots {
  readonly #options: SlotsOptions;
  #kept = 0;
  #claims = 0;
  #awaited = false;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  get free(): number {
    return Math.max(0, this.#left);
  }

  /** All that are free, and those that `ending` runs leave. */
  keep(ending = 0): KeptSlots {
    const { free } = this;
    const count = Math.max(0, this.#left + ending);
    if (count === 0) return noSlots;
    this.#kept += free;
    this.#claims += 1;
    return { count, release: () => this.#release(free) };
  }

  /**
   * How long whoever claims rests: no longer than `pollMs`, and null, without an end, while what is carried out takes all.
   * Where none is free it is told when a claim under way has ended: that may have looked before what there is by now.
   */
  restFor(pollMs: Millis): Millis | null {
    const { free } = this;
    this.#awaited = free === 0 && this.#claims > 0;
    return free > 0 || this.#kept > 0 ? pollMs : null;
  }

  #release(free: number): void {
    this.#kept -= free;
    this.#claims -= 1;
    if (!this.#awaited) return;
    this.#awaited = false;
    this.#options.onReleased();
  }

  get #left(): number {
    const { all, taken } = this.#options;
    return all - taken() - this.#kept;
  }
}
