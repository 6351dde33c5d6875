/** Operations on a fresh database of either kind, under a clock that the test moves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import { JobTriggerError } from '../errors.ts';
import { defaultScriptRules } from '../handlers/script-file.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store/store.ts';
import { realSystem } from '../system/system.ts';
import { manualClock, seededRandom, type ManualClock } from '../testing/index.ts';
import type { Actor, OperationContext } from './context.ts';
import type { NewJob } from './job-input.ts';
import { createOperations, type Operations } from './operations.ts';

export const mei: Actor = { personId: null, name: 'mei', via: 'library' };

let made = 0;

/** A job with a name of its own that runs `hello.sh`. */
export const script = (input: Partial<NewJob> = {}): NewJob => ({
  name: `job ${(made += 1)}`,
  type: 'script',
  config: { script: 'hello.sh' },
  ...input,
});

/** What a request was refused with. */
export async function refusal(work: Promise<unknown>): Promise<JobTriggerError> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof JobTriggerError) return error;
  throw error;
}

export interface TestInstallation {
  readonly context: OperationContext;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly operations: Operations;
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** Holds `hello.sh`. */
  readonly scriptsDir: string;
  close(): Promise<void>;
}

export async function testInstallation(
  database: 'SQLite' | 'PostgreSQL',
  postgresUrl: string,
): Promise<TestInstallation> {
  const folder = freshDir();
  const scriptsDir = join(folder.path, 'scripts');
  mkdirSync(scriptsDir);
  writeFileSync(join(scriptsDir, 'hello.sh'), 'echo hello\n');
  const fresh = database === 'PostgreSQL' ? await freshPostgres(postgresUrl) : null;
  const clock = manualClock();
  const system = realSystem({ clock, random: seededRandom(1) });
  const url = fresh?.url ?? `sqlite:${folder.path}/jtp.db`;
  const store = await openStore({ url, system, migrate: true, databaseFollowsClock: true });
  const context: OperationContext = {
    store,
    system,
    dataDir: folder.path,
    scriptsDir,
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules: defaultScriptRules,
    retryDefaults: { maxAttempts: 3, delaySeconds: 300 },
  };
  const operations = createOperations(context);
  return {
    context,
    store,
    clock,
    operations,
    dataDir: folder.path,
    databaseUrl: url,
    scriptsDir,
    async close() {
      await store.close();
      await fresh?.drop();
      folder.remove();
    },
  };
}
