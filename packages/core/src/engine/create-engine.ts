/** An engine as the programs need it: from the configuration, with a real spawner. */
import { join } from 'node:path';
import type { Config } from '../config/load-config.ts';
import type { FunctionRegistry } from '../handlers/function.ts';
import { handlersByType } from '../handlers/carry-out.ts';
import { ScriptLook } from '../handlers/script-look.ts';
import { ownUserWarning, runUsersFor } from '../handlers/run-users.ts';
import { defaultInterpreters } from '../handlers/interpreter.ts';
import { comesAlone, type JobTypes } from '../job-types/registry.ts';
import { Spawner } from '../spawner/client.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import type { Ballast } from './ballast.ts';
import type { Outgoing } from './deliverer.ts';
import { Engine } from './engine.ts';
import { secretBox } from '../secrets/secret-box.ts';
import { secretSource } from '../secrets/secret-source.ts';
import { allowList } from '../handlers/address.ts';
import type { Host } from './host.ts';
import type { WorkerSpawner } from './spawner-keeper.ts';

export interface CreateEngineOptions {
  readonly store: Store;
  readonly system: System;
  readonly config: Config;
  readonly roles: { readonly scheduler: boolean; readonly worker: boolean };
  /** Of its scheduler and its worker; several workers of one name on a machine get numbers. */
  readonly name: string;
  readonly version: string;
  /** Queues its worker serves. Default: `default`. */
  readonly queues?: readonly string[];
  readonly labels?: readonly string[];
  /** The environment that jobs get an allow-list of. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** The program that `.js` scripts are run with. Default: the Node this runs on. */
  readonly nodePath?: string;
  readonly functions?: FunctionRegistry;
  /** The types whose jobs its worker carries out. Default: those that come with the product. */
  readonly jobTypes?: JobTypes;
  readonly host?: Host;
  /** Tells when the disk is full: then nothing new is begun, and there is an alert. Default: always room. */
  readonly ballast?: Ballast;
  /** The spawner's program where it does not lie beside its client. */
  readonly spawnerPath?: string | undefined;
  /** In place of a real one, where no job is a process of its own. */
  readonly startSpawner?: () => Promise<WorkerSpawner>;
  /** The message of an event as it goes over the wire; without it none are sent. */
  readonly messageOf?: Outgoing['messageOf'];
}

/** The spawner lives under the limit of open files that its children inherit. */
const leastFiles = 64;
const filesPerJob = 8;

/** Nothing runs before {@link Engine.start}. */
export async function createEngine({
  config,
  hostEnv,
  nodePath = process.execPath,
  spawnerPath,
  messageOf,
  startSpawner,
  jobTypes = comesAlone,
  ...options
}: CreateEngineOptions): Promise<Engine> {
  const {
    dataDir,
    scriptsDir,
    engine,
    allowedExtensions,
    scriptMaxBytes,
    allowCommand,
    requireScriptApproval,
    scriptApprovals,
    outgoingAllow,
    secretKey,
    formerSecretKey,
    secretProviders,
    watchdogUrl,
    watchdogMs,
  } = config.values;
  const { clock, log, random } = options.system;
  const scripts = { allowedExtensions, maxBytes: scriptMaxBytes };
  const secrets = secretBox({ dataDir, secretKey, formerSecretKey, random });
  const source = secretSource({ box: secrets, settings: { ...secretProviders, env: hostEnv }, clock });
  const startsProcesses = options.roles.worker && startSpawner === undefined;
  const runUsers = startsProcesses ? runUsersFor(engine.processes.runAs, engine.maxConcurrent) : null;
  const warnOnce = ownUserWarning(log);
  const journalPath = (worker: string): string => join(dataDir, 'workers', folderName(worker), 'journal.jsonl');
  return new Engine({
    ...options,
    labels: [...(options.labels ?? []), ...jobTypes.labels()],
    handlers: handlersByType(jobTypes.handlers()),
    dataDir,
    secrets: source,
    ...(requireScriptApproval ? { scripts: new ScriptLook(scriptsDir, scripts, scriptApprovals) } : {}),
    settings: engine,
    config,
    handlerSettings: {
      scriptsDir,
      scripts,
      interpreters: defaultInterpreters(nodePath),
      allowCommand,
      outgoingAllow,
      get outputLimitBytes() {
        return engine.outputLimitBytes;
      },
      hostEnv,
      runUsers,
    },
    startSpawner: (worker) => {
      if (startSpawner !== undefined) return startSpawner();
      if (runUsers === null) warnOnce();
      return Spawner.start({
        journalPath: journalPath(worker),
        log,
        clock,
        hostEnv,
        program: spawnerPath,
        containment: engine.processes.containment,
        // An order is given while the lease holds: nobody gives its run up before.
        startWithinMs: engine.lostAfterMs - engine.leaseMs,
        limits: {
          fileBytes: engine.processes.fileBytes,
          openFiles: Math.max(engine.processes.openFiles, leastFiles + filesPerJob * engine.maxConcurrent),
        },
      });
    },
    journalPath,
    secretKey,
    watchdog: watchdogUrl === null ? null : { url: watchdogUrl, everyMs: watchdogMs },
    ...(messageOf === undefined ? {} : { outgoing: { secrets, allowed: allowList(outgoingAllow), messageOf } }),
  });
}

/** A worker's name as a folder's. Different names give different folders. */
function folderName(worker: string): string {
  return encodeURIComponent(worker).replaceAll('.', '%2E');
}
