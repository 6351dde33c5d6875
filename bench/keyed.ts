/** Runs with keys of which only so many may be carried out at once: key 0 has half of the backlog, the others share the rest. */
import { ticks, type Order } from './child.ts';

/** Of the key with half of the backlog; the others have one. */
const bigSlots = 100;

export interface KeyedPlan {
  readonly count: number;
  /** Small ones. */
  readonly keys: number;
  keyOf(n: number): number;
  slotsOf(key: number): number;
}

export function keyedOf(order: Order): KeyedPlan {
  const [count, keys] = [Number(order['count']), Number(order['keys'])];
  return {
    count,
    keys,
    keyOf: (n) => (n % 2 === 0 ? 0 : 1 + (((n - 1) / 2) % keys)),
    slotsOf: (key) => (key === 0 ? bigSlots : 1),
  };
}

/** Watches, from inside the runs, that no key has more at once than its slots, and how long the small ones waited. */
export class Keyed {
  readonly #plan: KeyedPlan;
  readonly #live: Uint16Array;
  readonly #waits: number[] = [];
  #overshoot = 0;
  #from = 0;

  constructor(plan: KeyedPlan) {
    this.#plan = plan;
    this.#live = new Uint16Array(plan.keys + 1);
  }

  begin(): void {
    this.#from = ticks();
  }

  /** Carries out run `n`: long enough for another of its key to be seen beside it. */
  async run(n: number): Promise<void> {
    const key = this.#plan.keyOf(n);
    const live = (this.#live[key] ?? 0) + 1;
    this.#live[key] = live;
    if (live > this.#plan.slotsOf(key)) this.#overshoot += 1;
    if (key > 0) this.#waits.push(ticks() - this.#from);
    await new Promise((resolve) => setImmediate(resolve));
    this.#live[key] = (this.#live[key] ?? 1) - 1;
  }

  get facts(): { readonly overshoot: number; readonly waits: readonly number[] } {
    return { overshoot: this.#overshoot, waits: this.#waits };
  }
}
