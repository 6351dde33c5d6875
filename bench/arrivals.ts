/** The worker's side of a stretch of arrivals: when each run began, measured from its intended time. */
import { meter, tell, ticks, told, type Answer } from './child.ts';

/** Of more than this, every second, third … sample is kept: an hour's worth would not fit into one answer. */
const mostSamples = 500_000;

interface Seen {
  readonly n: number;
  /** The intended time, by the clock that all processes of a host share. */
  readonly at: number;
}

export class Arrived {
  readonly #latencies: number[] = [];
  /** When each began, in the same order. */
  readonly #starts: number[] = [];
  readonly #seen: Uint8Array;
  readonly #count: number;
  #came = 0;
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
    if (this.#came % Math.ceil(this.#count / mostSamples) === 0) {
      this.#latencies.push(now - at);
      this.#starts.push(now);
    }
    this.#came += 1;
    if (this.#came === this.#count) this.#all.resolve();
  }

  /** Says that it is ready, and waits until all have come or somebody says `stop`. */
  async wait(): Promise<Answer> {
    const measured = meter();
    tell('ready');
    await Promise.race([this.#all.promise, told('stop')]);
    const lost = this.#count - this.#came;
    return {
      ...measured(),
      doneAt: ticks(),
      latencies: this.#latencies,
      starts: this.#starts,
      lost,
      twice: this.#twice,
    };
  }
}
