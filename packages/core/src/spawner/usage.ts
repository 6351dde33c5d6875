/**
 * Memory and processor time of trees. The kernel tells whoever waits for a process the peak of the largest one and the
 * time of all that were waited for in turn; samples while it runs see the tree's memory together, and what nobody waits for.
 */
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import { hasProcessTable, processFacts, residentKb } from './process-table.ts';

const firstMs: Millis = 30;
const slowestMs: Millis = 2000;

export interface Usage {
  readonly memoryPeakMb: number;
  readonly cpuSeconds: number;
}

/** Watches one tree, first often and then every two seconds, until it is stopped. */
export class UsageWatch {
  readonly #members: () => readonly number[];
  readonly #clock: Clock;
  #peakKb = 0;
  #cpuSeconds = 0;
  #every = firstMs;
  #cancel: () => void = () => undefined;

  /** @param members the tree's processes, asked at each sample */
  constructor(members: () => readonly number[], clock: Clock) {
    this.#members = members;
    this.#clock = clock;
    if (hasProcessTable) this.#later();
  }

  /**
   * The larger of what was sampled and what the kernel told. Null when there is neither: the tree ended before the first
   * sample, and nobody told.
   */
  stop(told?: Usage): Usage | null {
    this.#cancel();
    if (this.#peakKb === 0 && told === undefined) return null;
    return {
      memoryPeakMb: Math.round(Math.max(this.#peakKb / 1024, told?.memoryPeakMb ?? 0) * 10) / 10,
      cpuSeconds: Math.round(Math.max(this.#cpuSeconds, told?.cpuSeconds ?? 0) * 100) / 100,
    };
  }

  #later(): void {
    this.#cancel = this.#clock.after(this.#every, () => {
      this.#sample();
      this.#every = Math.min(slowestMs, this.#every * 3);
      this.#later();
    });
  }

  #sample(): void {
    let kb = 0;
    let cpu = 0;
    for (const pid of this.#members()) {
      kb += residentKb(pid);
      cpu += processFacts(pid)?.cpuSeconds ?? 0;
    }
    this.#peakKb = Math.max(this.#peakKb, kb);
    this.#cpuSeconds = Math.max(this.#cpuSeconds, cpu);
  }
}
