/** Puts the loops together: what time does by itself in one process. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import { handlersByType, type Handlers } from '../handlers/carry-out.ts';
import type { HandlerSettings, ScriptApprovals } from '../handlers/handler.ts';
import type { ScriptLook } from '../handlers/script-look.ts';
import type { FunctionRegistry } from '../handlers/function.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import type { Ballast } from './ballast.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { thisHost, type Host } from './host.ts';
import { Housekeeper } from './housekeeper.ts';
import { AuditKeeper } from './audit-keeper.ts';
import { remainsOf, type Remains } from './remains.ts';
import { LineageWatch } from './lineage-watch.ts';
import { Rescuer } from './rescuer.ts';
import type { Config } from '../config/load-config.ts';
import { SettingsKeeper } from './settings-keeper.ts';
import { ScriptKeeper } from './script-keeper.ts';
import { Scheduler } from './scheduler.ts';
import type { WorkerSpawner } from './spawner-keeper.ts';
import { ownName, type OwnName } from './takeover.ts';
import { Watch } from './watch.ts';
import { Worker } from './worker.ts';
import { Deliverer, type Outgoing } from './deliverer.ts';
import { MonitorWatch } from './monitor-watch.ts';
import { Watchdog } from './watchdog.ts';
import { AttentionKeeper } from './attention-keeper.ts';

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
  /** `security.secret_key`, null for the file in the data folder: with it the end of the audit is exported. */
  readonly secretKey?: string | null;
  /** What messages to other programs need; without it none are sent. */
  readonly outgoing?: Outgoing;
  /** Whom to beat to while planning works; null or absent for nobody. */
  readonly watchdog?: { readonly url: string; readonly everyMs: Millis } | null;
  /** Tells when the disk is full: nothing is planned or claimed, results are stored. Default: always room. */
  readonly ballast?: Pick<Ballast, 'full' | 'hasRoom' | 'state'>;
  /** Reads the secrets that jobs name. */
  readonly secrets?: SecretSource;
  /** What scripts hold: present where their approval is required. */
  readonly scripts?: ScriptLook | undefined;
  /** What `settings` are part of: it heeds what administrators change. Default: they stay as they are. */
  readonly config?: Pick<Config, 'heed'>;
}

function auditKeeperOf({ store, system, dataDir, roles, secretKey }: EngineOptions): AuditKeeper | null {
  if (!roles.scheduler || secretKey === undefined) return null;
  return new AuditKeeper({ store, system, dataDir, secretKey });
}

function scriptKeeperOf({ store, system, roles, scripts }: EngineOptions): ScriptKeeper | null {
  return roles.scheduler && scripts !== undefined ? new ScriptKeeper({ store, system, scripts }) : null;
}

function settingsKeeperOf({ store, system, config }: EngineOptions): SettingsKeeper | null {
  return config === undefined ? null : new SettingsKeeper({ store, system, config });
}

function approvalsAsked({ scripts }: EngineOptions): number {
  return scripts?.approvals ?? 0;
}

function approvalsIn({ scripts }: Store, needed: number): ScriptApprovals {
  return { isApproved: async (path, hash) => (await scripts.approved([{ path, hash }], needed)).length > 0 };
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #host: Host;
  readonly #lineage: LineageWatch;
  /** Kept where there is a scheduler. */
  readonly #attention: AttentionKeeper;
  readonly scheduler: Scheduler | null;
  readonly rescuer: Rescuer;
  readonly housekeeper: Housekeeper | null;
  readonly watch: Watch;
  readonly deliverer: Deliverer | null;
  readonly watchdog: Watchdog | null;
  readonly monitorWatch: MonitorWatch | null;
  readonly #scripts: ScriptKeeper | null;
  readonly #settings: SettingsKeeper | null;
  /** Those that nobody outside asks for. */
  readonly #keepers: readonly (AuditKeeper | ScriptKeeper | SettingsKeeper)[];
  readonly #hasRoom = (): boolean => this.#options.ballast?.hasRoom !== false;
  #worker: Worker | null = null;
  #lock: FolderLock | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#host = options.host ?? thisHost();
    const { store, system, settings, name, version, dataDir, roles, ballast, scripts } = options;
    const host = this.#host;
    this.#lineage = new LineageWatch({ store, system, settings });
    this.#attention = new AttentionKeeper({ store, system });
    const lineage = this.#lineage;
    this.scheduler = roles.scheduler
      ? new Scheduler({ store, system, settings, name, version, host, hasRoom: this.#hasRoom, lineage, look: scripts })
      : null;
    this.#scripts = scriptKeeperOf(options);
    this.#settings = settingsKeeperOf(options);
    this.#keepers = [auditKeeperOf(options), this.#scripts, this.#settings].filter((keeper) => keeper !== null);
    const remains = (worker: string): Remains | null => {
      const path = options.journalPath(worker);
      return path === null ? null : remainsOf(path);
    };
    const lockOf = (worker: string): FolderLock | null => this.#lockOf(worker, { made: false });
    this.rescuer = new Rescuer({ store, system, settings, host, remains, lockOf, lineage });
    this.housekeeper = roles.scheduler ? new Housekeeper({ store, system, settings, dataDir }) : null;
    this.watch = new Watch({ store, system, settings, dataDir, ballast, approvals: approvalsAsked(options) });
    this.monitorWatch = roles.scheduler ? new MonitorWatch({ store, system }) : null;
    const { outgoing, watchdog = null } = options;
    const { pollIntervalMs } = settings;
    this.watchdog =
      this.scheduler === null || watchdog === null
        ? null
        : new Watchdog({ store, system, scheduler: this.scheduler, pollIntervalMs, ...watchdog });
    this.deliverer = roles.scheduler && outgoing !== undefined ? new Deliverer({ store, system, outgoing }) : null;
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
    this.watch.start();
    this.deliverer?.start();
    this.watchdog?.start();
    this.monitorWatch?.start();
    for (const keeper of this.#keepers) keeper.start();
    if (this.#options.roles.scheduler) this.#attention.start();
    if (!this.#options.roles.worker) return;
    try {
      this.#worker = await this.#makeWorker();
      await this.#worker.start();
    } catch (error) {
      await this.stop({ now: true });
      throw error;
    }
  }

  /** One pass of each role: what is due is planned, what waits is claimed and carried out to its end, and told. */
  async once(): Promise<void> {
    await this.#settings?.tick();
    await this.#scripts?.tick();
    await this.#workOnce();
    if (this.#options.roles.scheduler) await this.#attention.tick();
    await this.deliverer?.tick();
  }

  async #workOnce(): Promise<void> {
    await this.scheduler?.tick();
    await this.scheduler?.stop();
    await this.rescuer.tick();
    if (!this.#options.roles.worker) return;
    this.#worker = await this.#makeWorker();
    await this.#worker.register();
    await this.#worker.tick();
    await this.#worker.idle();
    await this.#worker.stop();
    this.#release();
  }

  /** Plans no more, drains the worker, signs off. Again, or with `now`: what runs is ended at once. */
  async stop({ now = false }: { readonly now?: boolean } = {}): Promise<void> {
    await Promise.all([
      this.scheduler?.stop(),
      this.housekeeper?.stop(),
      this.deliverer?.stop(),
      this.watchdog?.stop(),
      this.monitorWatch?.stop(),
      ...this.#keepers.map((keeper) => keeper.stop()),
      this.#attention.stop(),
      this.rescuer.stop(),
      this.watch.stop(),
      this.#worker?.stop({ now }),
    ]);
    this.#release();
  }

  /** Nothing of the worker is left that could write to its folder. */
  #release(): void {
    this.#lock?.release();
    this.#lock = null;
  }

  async #makeWorker(): Promise<Worker> {
    const { store, system, settings, version, dataDir, startSpawner, journalPath, handlerSettings } = this.#options;
    const { queues = ['default'], labels = [], handlers = handlersByType(), functions = new Map() } = this.#options;
    const { scripts } = this.#options;
    const host = this.#host;
    const { name, lock } = await this.#ownName();
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
      hasRoom: this.#hasRoom,
      lineage: this.#lineage,
      handlers,
      ports: {
        clock: system.clock,
        log: system.log,
        settings: handlerSettings,
        functions,
        secrets: this.#options.secrets,
        ...(scripts === undefined ? {} : { approvals: approvalsIn(store, scripts.approvals) }),
      },
      startSpawner: () => startSpawner(name),
      journalPath: journalPath(name),
      folderId: lock?.id ?? null,
    });
  }

  /** Of the folder of a worker of that name; `made` when there is none yet. */
  #lockOf(name: string, { made }: { readonly made: boolean }): FolderLock | null {
    const journal = this.#options.journalPath(name);
    if (journal === null || !(made || existsSync(dirname(journal)))) return null;
    return lockFolder(dirname(journal), this.#options.system.random);
  }

  async #ownName(): Promise<OwnName> {
    const { store, name: wished, journalPath } = this.#options;
    const lockOf = (name: string): FolderLock | null => this.#lockOf(name, { made: true });
    const own = await ownName({
      store,
      wished,
      host: this.#host,
      lockOf: journalPath(wished) === null ? null : lockOf,
    });
    this.#lock = own.lock;
    return own;
  }
}
