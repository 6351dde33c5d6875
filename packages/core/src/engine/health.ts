/**
 * Whether the machine lets the worker start processes. After a start that it refused, the worker rests, so that it does
 * not take runs from workers that could do them; both turns of its health are told.
 */
import type { Millis } from '../model/instant.ts';
import type { Finished } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { startRestMs } from './outcome.ts';

export interface HealthOptions {
  readonly store: Pick<Store, 'events'>;
  readonly system: System;
  /** The worker's. */
  readonly name: () => string;
}

export class Health {
  readonly #options: HealthOptions;
  #restUntil: Millis = -Infinity;
  #isWell = true;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** How long nothing is to be claimed; 0 or less when something may be. */
  get restsFor(): Millis {
    return this.#restUntil - this.#options.system.clock.mono();
  }

  /** Learns from how an attempt ended. */
  heed({ keepAttempt = false, outcome, failure }: Finished): void {
    const { system } = this.#options;
    // Given back by the worker itself: the machine would have started it.
    if (keepAttempt && failure === null) return;
    if (keepAttempt) {
      this.#restUntil = system.clock.mono() + startRestMs;
      if (this.#isWell) this.#tell('worker.unhealthy', failure?.message ?? 'A process could not be started.');
      this.#isWell = false;
    } else if (!this.#isWell && outcome !== 'not_started') {
      this.#isWell = true;
      this.#tell('worker.healthy', 'It starts processes again.');
    }
  }

  #tell(kind: 'worker.unhealthy' | 'worker.healthy', message: string): void {
    const { store, system, name } = this.#options;
    const fields = { worker: name(), message };
    if (kind === 'worker.unhealthy') system.log.error('the worker is unhealthy: it rests', fields);
    else system.log.info('the worker is well again', fields);
    store.events
      .append([{ kind, data: { name: name(), message } }])
      .catch((error: unknown) => system.log.warn('event not stored', { error: String(error) }));
  }
}
