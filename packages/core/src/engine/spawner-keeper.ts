/** Keeps one spawner running for a worker: starts it, and starts the next when one ends by itself. */
import type { Millis } from '../model/instant.ts';
import type { Containment } from '../model/worker.ts';
import { noProcess, type RunningProcess, type Spawner } from '../spawner/client.ts';
import type { PluginProgress } from '../spawner/plugin-lines.ts';
import type { StartOrder } from '../spawner/protocol.ts';
import type { System } from '../system/system.ts';

/** What a worker needs of a spawner. */
export type WorkerSpawner = Pick<Spawner, 'run' | 'renewed' | 'stop' | 'exited' | 'pid' | 'containment'>;

export interface SpawnerKeeperOptions {
  readonly system: System;
  readonly start: () => Promise<WorkerSpawner>;
}

const firstRestMs: Millis = 200;
const longestRestMs: Millis = 10_000;

export class SpawnerKeeper {
  readonly #options: SpawnerKeeperOptions;
  #current: WorkerSpawner | null = null;
  #containment: Containment = 'pgid';
  #stopping = false;

  constructor(options: SpawnerKeeperOptions) {
    this.#options = options;
  }

  /** False while there is none: nothing may be claimed then. */
  get isUp(): boolean {
    return this.#current !== null;
  }

  /** Of the present one, or of the last: one that follows may reach another level. */
  get containment(): Containment {
    return this.#containment;
  }

  /** @throws when the first one does not come up */
  async start(): Promise<void> {
    this.#stopping = false;
    this.#watch(await this.#options.start());
  }

  /** While there is none nothing starts, and the same start may work later. */
  run(order: StartOrder, onProgress?: (progress: PluginProgress) => void): RunningProcess {
    return this.#current?.run(order, onProgress) ?? noProcess(this.#options.system.clock.wall());
  }

  renewed(at: Millis): void {
    this.#current?.renewed(at);
  }

  /** Kills what still runs. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#current?.stop();
    this.#current = null;
  }

  #watch(spawner: WorkerSpawner): void {
    this.#current = spawner;
    this.#containment = spawner.containment;
    this.#options.system.log.info('spawner started', { pid: spawner.pid, containment: spawner.containment });
    void spawner.exited.then((how) => {
      if (this.#stopping) return;
      this.#current = null;
      this.#options.system.log.error('the spawner ended; starting another', { how });
      void this.#restart(firstRestMs);
    });
  }

  async #restart(restMs: Millis): Promise<void> {
    const { system, start } = this.#options;
    await new Promise<void>((resolve) => void system.clock.after(restMs, resolve));
    if (this.#stopping) return;
    try {
      const next = await start();
      if (this.#stopping) await next.stop();
      else this.#watch(next);
    } catch (error) {
      system.log.error('the spawner did not start', { error: (error as Error).message });
      void this.#restart(Math.min(longestRestMs, restMs * 2));
    }
  }
}
