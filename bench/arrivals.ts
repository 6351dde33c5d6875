/** The worker's side of a stretch of arrivals: when each run began, measured from its intended time. */
import { meter, tell, ticks, told, type Answer } from './child.ts';

interface Seen {
  readonly n: number;
  /** The intended time, by the clock that all processes of a host share. */
  readonly at: number;
}

export class Arrived {
  readonly #latencies: number[] = [];
  readonly #seen: Uint8Array;
  readonly #count: number;
  #twice = 0;
  readonly #all = Promise.withResolvers<void>();

  constructor(count: number) {
    this.#count = count;
    this.#seen = new Uint8Array(count);
  }

  /** Called by the first instruction of a run. */
  saw({ n, at }: Seen): void {
    const now = ticks();
    if (this.#seen[n] !== 0) {
      this.#twice += 1;
      return;
    }
    this.#seen[n] = 1;
    this.#latencies.push(now - at);
    if (this.#latencies.length === this.#count) this.#all.resolve();
  }

  /** Says that it is ready, and waits until all have come or somebody says `stop`. */
  async wait(): Promise<Answer> {
    const measured = meter();
    tell('ready');
    await Promise.race([this.#all.promise, told('stop')]);
    const lost = this.#count - this.#latencies.length;
    return { ...measured(), doneAt: ticks(), latencies: this.#latencies, lost, twice: this.#twice };
  }
}
