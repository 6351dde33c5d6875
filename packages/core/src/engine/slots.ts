/** How many runs a worker may still take up: what is free, and for whom it is kept. */

/** Slots that one claim may fill, and no other while it is under way. */
export interface KeptSlots {
  readonly count: number;
  readonly release: () => void;
}

export const noSlots: KeptSlots = { count: 0, release: () => undefined };

/** Of one worker. Two claims at a time, that of its loop and that with a result, never fill the same slot. */
export class Slots {
  readonly #all: number;
  readonly #taken: () => number;
  #kept = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param taken by what it carries out and by what it could not end, which may be more than there are */
  constructor(all: number, taken: () => number) {
    this.#all = all;
    this.#taken = taken;
  }

  get free(): number {
    return Math.max(0, this.#left);
  }

  /** Calls `then` when a claim under way gives back what it keeps; never when none keeps any. */
  whenReleased(then: () => void): void {
    if (this.#kept > 0) this.#waiting.push(then);
  }

  /** All that are free, and those that `ending` runs leave. */
  keep(ending = 0): KeptSlots {
    const { free } = this;
    const count = Math.max(0, this.#left + ending);
    this.#kept += free;
    const release = (): void => {
      this.#kept -= free;
      if (free > 0) for (const then of this.#waiting.splice(0)) then();
    };
    return { count, release };
  }

  get #left(): number {
    return this.#all - this.#taken() - this.#kept;
  }
}
