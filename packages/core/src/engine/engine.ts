/** Puts the loops together: what time does by itself in one process. */
import type { EngineSettings } from '../model/settings.ts';
import { handlersByType, type Handlers } from '../handlers/carry-out.ts';
import type { HandlerSettings } from '../handlers/handler.ts';
import type { FunctionRegistry } from '../handlers/function.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { thisHost, type Host } from './host.ts';
import { Housekeeper } from './housekeeper.ts';
import { Rescuer } from './rescuer.ts';
import { Scheduler } from './scheduler.ts';
import type { WorkerSpawner } from './spawner-keeper.ts';
import { freeName } from './takeover.ts';
import { Worker } from './worker.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly roles: { readonly scheduler: boolean; readonly worker: boolean };
  readonly dataDir: string;
  /** What its scheduler and its worker call themselves, the worker with a number when the name is in use. */
  readonly name: string;
  readonly version: string;
  readonly handlerSettings: HandlerSettings;
  /** Starts the spawner of a worker of that name. */
  readonly startSpawner: (workerName: string) => Promise<WorkerSpawner>;
  /** Where that spawner keeps its journal; null without one. */
  readonly journalPath: (workerName: string) => string | null;
  /** Default: `default`. */
  readonly queues?: readonly string[];
  readonly labels?: readonly string[];
  readonly handlers?: Handlers;
  readonly functions?: FunctionRegistry;
  readonly host?: Host;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #host: Host;
  readonly scheduler: Scheduler | null;
  readonly rescuer: Rescuer;
  readonly housekeeper: Housekeeper | null;
  #worker: Worker | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#host = options.host ?? thisHost();
    const { store, system, settings, name, version, dataDir, roles } = options;
    const host = this.#host;
    this.scheduler = roles.scheduler ? new Scheduler({ store, system, settings, name, version, host }) : null;
    this.rescuer = new Rescuer({ store, system, settings, host });
    this.housekeeper = roles.scheduler ? new Housekeeper({ store, system, settings, dataDir }) : null;
  }

  /** Null without the role, or before the start. */
  get worker(): Worker | null {
    return this.#worker;
  }

  /** Planning does not wait for the worker. @throws when the worker does not come up; then nothing runs */
  async start(): Promise<void> {
    this.scheduler?.start();
    this.rescuer.start();
    this.housekeeper?.start();
    if (!this.#options.roles.worker) return;
    try {
      this.#worker = await this.#makeWorker();
      await this.#worker.start();
    } catch (error) {
      await this.stop({ now: true });
      throw error;
    }
  }

  /** One pass of each role: what is due is planned, what waits is claimed and carried out to its end. */
  async once(): Promise<void> {
    await this.scheduler?.tick();
    await this.scheduler?.stop();
    await this.rescuer.tick();
    if (!this.#options.roles.worker) return;
    this.#worker = await this.#makeWorker();
    await this.#worker.register();
    await this.#worker.tick();
    await this.#worker.idle();
    await this.#worker.stop();
  }

  /** Plans no more, drains the worker, signs off. Again, or with `now`: what runs is ended at once. */
  async stop({ now = false }: { readonly now?: boolean } = {}): Promise<void> {
    await Promise.all([
      this.scheduler?.stop(),
      this.housekeeper?.stop(),
      this.rescuer.stop(),
      this.#worker?.stop({ now }),
    ]);
  }

  async #makeWorker(): Promise<Worker> {
    const { store, system, settings, version, dataDir, startSpawner, journalPath, handlerSettings } = this.#options;
    const { queues = ['default'], labels = [], handlers = handlersByType(), functions = new Map() } = this.#options;
    const host = this.#host;
    const name = await freeName(store, this.#options.name, host);
    return new Worker({
      store,
      system,
      settings,
      host,
      name,
      version,
      queues,
      labels,
      dataDir,
      handlers,
      ports: {
        clock: system.clock,
        log: system.log,
        settings: handlerSettings,
        functions,
      },
      startSpawner: () => startSpawner(name),
      journalPath: journalPath(name),
    });
  }
}
