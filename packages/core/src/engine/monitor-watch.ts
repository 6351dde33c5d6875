/** Looks for pings that did not come. Any number may race: a monitor is changed under its lock, from what stands then. */
import type { Millis } from '../model/instant.ts';
import { afterLook } from '../policy/monitor.ts';
import { monitorEvents } from '../policy/monitor-event.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { Loop } from './loop.ts';

export interface MonitorWatchOptions {
  readonly store: Store;
  readonly system: System;
}

const pollMs: Millis = 10_000;
/** While no ping is expected at all. */
const idleMs: Millis = 30_000;
const batch = 100;

export class MonitorWatch {
  readonly #options: MonitorWatchOptions;
  readonly #loop: Loop;

  constructor(options: MonitorWatchOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'monitor watch', clock, log, pass: () => this.#pass(), patient: true });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { store, system } = this.#options;
    const next = await store.monitors.earliestCheck();
    if (next === null) return idleMs;
    const now = await store.now();
    if (next > now) return Math.min(pollMs, next - now);
    let told = 0;
    for (const { id } of await store.monitors.due(now, batch)) {
      told += await store.transaction(async (tables) => {
        const before = await tables.monitors.get(id, { lock: true });
        if (before === null) return 0;
        const step = afterLook(before, await tables.now());
        if (step.monitor !== before) await tables.monitors.update(step.monitor);
        await tables.events.append(monitorEvents(step));
        return step.told === null ? 0 : 1;
      });
    }
    if (told > 0) system.log.warn('monitors went down', { count: told });
    store.bell.ring('change');
    return 0;
  }
}
