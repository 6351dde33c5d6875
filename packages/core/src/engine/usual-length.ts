/** How long the runs of a job usually take, remembered for a while: its history is not read for every look. */
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';

const freshMs: Millis = 600_000;
const looksBack = 50;
/** From fewer runs nothing is said. */
const least = 5;

/** The value that 95 % of the others do not exceed; null for fewer than five. */
function usualOf(durations: readonly Millis[]): Millis | null {
  if (durations.length < least) return null;
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
}

export class UsualLength {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #known = new Map<Id, { readonly ms: Millis | null; readonly at: Millis }>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async of(jobId: Id): Promise<Millis | null> {
    const now = this.#clock.boot();
    const known = this.#known.get(jobId);
    if (known !== undefined && now - known.at < freshMs) return known.ms;
    for (const [id, { at }] of this.#known) if (now - at >= freshMs) this.#known.delete(id);
    const ms = usualOf(await this.#store.runs.durations(jobId, looksBack));
    this.#known.set(jobId, { ms, at: now });
    return ms;
  }
}
