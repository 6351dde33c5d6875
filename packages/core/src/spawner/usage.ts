/** Samples memory and processor time of running trees. The kernel forgets both when a process is waited for. */
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

  /** Null when the tree ended before the first sample. */
  stop(): Usage | null {
    this.#cancel();
    if (this.#peakKb === 0) return null;
    return {
      memoryPeakMb: Math.round((this.#peakKb / 1024) * 10) / 10,
      cpuSeconds: Math.round(this.#cpuSeconds * 100) / 100,
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
