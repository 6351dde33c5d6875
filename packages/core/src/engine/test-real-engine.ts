/** An engine of real processes in real time, the same in a test and in the program that a test kills. */
import { join } from 'node:path';
import type { FunctionRegistry } from '../handlers/function.ts';
import { defaultInterpreters } from '../handlers/interpreter.ts';
import { defaultScriptRules } from '../handlers/script-file.ts';
import { defaultSettings } from '../model/settings.ts';
import { Spawner } from '../spawner/client.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store/store.ts';
import { systemClock } from '../system/clock.ts';
import { realSystem } from '../system/system.ts';
import { Engine } from './engine.ts';

export interface RealEngineFacts {
  readonly url: string;
  /** Holds the scripts in `scripts`, and gets logs and journals. */
  readonly folder: string;
  readonly functions?: FunctionRegistry;
  /** Default: a worker alone. */
  readonly roles?: { readonly scheduler: boolean; readonly worker: boolean };
}

export const workerName = 'steady';

export const journalIn = (folder: string, worker = workerName): string =>
  join(folder, 'workers', worker, 'journal.jsonl');

/** A lost worker is noticed after seconds; its leash is 4 s long. */
const quick = {
  workerPollMs: 100,
  workerMaxPollMs: 200,
  maxConcurrent: 2,
  drainMs: 0,
  heartbeatMs: 500,
  leaseMs: 2000,
  lostAfterMs: 6000,
  amnestyMs: 1000,
} as const;

/** Not started yet. `wrap` may put faults between the engine and its store. */
export async function realEngine(
  { url, folder, roles = { scheduler: false, worker: true }, functions = new Map() }: RealEngineFacts,
  wrap: (store: Store) => Store = (store) => store,
): Promise<{ readonly engine: Engine; readonly store: Store }> {
  const system = realSystem({ clock: systemClock({ keepsAlive: true }) });
  const store = await openStore({ url, system, migrate: true });
  const hostEnv = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  const engine = new Engine({
    store: wrap(store),
    system,
    settings: { ...defaultSettings, ...quick },
    roles,
    functions,
    dataDir: folder,
    name: workerName,
    version: '0.1.0',
    handlerSettings: {
      scriptsDir: join(folder, 'scripts'),
      scripts: defaultScriptRules,
      interpreters: defaultInterpreters(process.execPath),
      allowCommand: false,
      outgoingAllow: [],
      outputLimitBytes: 1_000_000,
      hostEnv,
    },
    startSpawner: (worker) =>
      Spawner.start({ journalPath: journalIn(folder, worker), log: system.log, clock: system.clock, hostEnv }),
    journalPath: (worker) => journalIn(folder, worker),
  });
  return { engine, store };
}
