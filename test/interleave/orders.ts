/** Every order in which actors can take their steps, or a seeded sample of them. */
import type { Chance } from '../chaos/plan.ts';

/** Asked at every step: which of these actors goes on. */
export type Chooser = (ready: readonly number[]) => number;

/**
 * Walks through the tree of all orders, one a call: the last choice that has another branch takes it. What is ready at a
 * step may depend on the steps before.
 */
export class EveryOrder {
  #path: { chosen: number; of: number }[] = [];
  #depth = 0;
  #isDone = false;

  /** False when there is none left. */
  get isDone(): boolean {
    return this.#isDone;
  }

  readonly choose: Chooser = (ready) => {
    const known = this.#path[this.#depth];
    const place = known?.chosen ?? 0;
    if (known === undefined) this.#path.push({ chosen: 0, of: ready.length });
    this.#depth += 1;
    return ready[Math.min(place, ready.length - 1)] ?? 0;
  };

  next(): void {
    this.#depth = 0;
    for (let last = this.#path.at(-1); last !== undefined; last = this.#path.at(-1)) {
      if (last.chosen + 1 < last.of) {
        last.chosen += 1;
        return;
      }
      this.#path.pop();
    }
    this.#isDone = true;
  }
}

/** Orders by chance. */
export const anyOrder =
  (chance: Chance): Chooser =>
  (ready) =>
    ready[Math.floor(chance() * ready.length)] ?? 0;
