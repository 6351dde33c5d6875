/**
 * Has a process heed what administrators change while it runs: one statement each four seconds, so that a change counts
 * everywhere within five. One in every process, whatever its role.
 */
import type { Config } from '../config/load-config.ts';
import type { Millis } from '../model/instant.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { Loop } from './loop.ts';

export interface SettingsKeeperOptions {
  readonly store: Pick<Store, 'pageSettings'>;
  readonly system: System;
  readonly config: Pick<Config, 'heed'>;
}

const everyMs: Millis = 4000;

export class SettingsKeeper {
  readonly #options: SettingsKeeperOptions;
  readonly #loop: Loop;
  #problem: string | null = null;

  constructor(options: SettingsKeeperOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'settings keeper', clock, log, pass: () => this.#pass(), patient: true });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** One look, as the loop takes it. */
  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { store, system, config } = this.#options;
    const problem = config.heed(await store.pageSettings.all());
    if (problem !== null && problem !== this.#problem)
      system.log.error('what the settings page says is left out: it does not go with how this process was started', {
        problem,
      });
    this.#problem = problem;
    return everyMs;
  }
}
