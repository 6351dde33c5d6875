/** Jobs and history, written through the operations and the store as a portal would have written them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createOperations,
  loadConfig,
  openStore,
  realSystem,
  type Actor,
  type Operations,
  type ScheduleSpec,
  type Store,
} from 'job-trigger-core';
import { factories, manualClock, seededRandom } from 'job-trigger-core/testing';

const nobody: Actor = { personId: null, name: 'bench', via: 'library' };
const dayMs = 86_400_000;
/** Runs that end together, in one transaction each for queue, claim and end. */
const batch = 200;

export interface SeedPlan {
  readonly jobs: number;
  /** Ended runs, spread evenly over the days. */
  readonly runs: number;
  readonly days: number;
  readonly schedule: (job: number) => ScheduleSpec;
}

/** Daily at a time at least six hours from now, so that nothing falls due while somebody measures. */
export function notSoon(job: number): ScheduleSpec {
  const at = new Date(Date.now() + (6 + (job % 12)) * 3_600_000);
  const time = `${String(at.getUTCHours()).padStart(2, '0')}:${String(job % 60).padStart(2, '0')}`;
  return { kind: 'daily', times: [time], timezone: 'UTC' };
}

/** Fills an installation that does not run. */
export async function seed(dataDir: string, plan: SeedPlan): Promise<void> {
  const now = Date.now();
  const clock = manualClock(now - (plan.runs === 0 ? 0 : plan.days * dayMs));
  const system = realSystem({ clock, random: seededRandom(1) });
  const { values } = loadConfig({
    file: null,
    env: { JOB_PORTAL_DATA_DIR: dataDir },
    flags: {},
    cwd: dataDir,
    readFile: () => '',
  });
  mkdirSync(values.scriptsDir, { recursive: true });
  writeFileSync(join(values.scriptsDir, 'quiet.sh'), 'exit 0\n');
  const store = await openStore({ url: values.databaseUrl, system, migrate: true });
  const operations = createOperations({
    store,
    system,
    dataDir,
    scriptsDir: values.scriptsDir,
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules: { allowedExtensions: values.allowedExtensions, maxBytes: values.scriptMaxBytes },
    retryDefaults: values.engine.retry,
  });
  const jobIds = await makeJobs(operations, plan);
  const stepMs = plan.runs === 0 ? 0 : Math.floor((plan.days * dayMs) / (plan.runs / batch + 1));
  const holder = plan.runs === 0 ? null : await signOn(store);
  for (let made = 0; holder !== null && made < plan.runs; made += batch) {
    clock.set(clock.wall() + stepMs);
    await makeRuns(store, holder, jobIds, { first: made, count: Math.min(batch, plan.runs - made), at: clock.wall() });
  }
  if (holder !== null) await store.workers.end(holder);
  await leaveSchedulesAhead(store, now);
  await store.close();
}

async function makeJobs(operations: Operations, plan: SeedPlan): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let number = 0; number < plan.jobs; number += 1) {
    const { job } = await operations.jobs.create(
      {
        name: `report-${String(number).padStart(4, '0')}`,
        type: 'script',
        config: { script: 'quiet.sh' },
        tags: [`team-${number % 7}`],
        schedules: [{ spec: plan.schedule(number) }],
      },
      nobody,
    );
    ids.push(job.id);
  }
  return ids;
}

/** The history's clock began days ago: what was due since has its runs already. */
async function leaveSchedulesAhead(store: Store, now: number): Promise<void> {
  let after: string | null = null;
  do {
    const page = await store.jobs.list({ scheduled: true }, 'created_at', false, { limit: 200, after });
    after = page.next;
    const moves = page.items.flatMap(({ schedules }) =>
      schedules.flatMap(({ id, revision, cursorAt, nextDueAt }) => {
        if (nextDueAt === null || cursorAt >= now) return [];
        const days = Math.max(0, Math.ceil((now - nextDueAt) / dayMs));
        const next = nextDueAt + days * dayMs;
        return [{ scheduleId: id, revision, cursorAt, newCursor: now, newPlan: next, newNext: next }];
      }),
    );
    if (moves.length > 0) await store.transaction((tables) => tables.schedules.advance(moves));
  } while (after !== null);
}

async function signOn(store: Store): Promise<{ readonly workerId: number; readonly incarnation: number }> {
  const [id = 0] = await store.ids(1);
  const worker = factories.worker({ id, name: 'history', slots: batch });
  await store.workers.register(worker);
  return { workerId: id, incarnation: worker.incarnation };
}

async function makeRuns(
  store: Store,
  holder: { readonly workerId: number; readonly incarnation: number },
  jobIds: readonly number[],
  { first, count, at }: { readonly first: number; readonly count: number; readonly at: number },
): Promise<void> {
  await store.dispatch.renew(holder);
  const ids = await store.ids(count);
  await store.transaction(async (tables) => {
    await tables.runs.insert(
      ids.map((id, index) =>
        factories.newRun({ id, createdAt: at, availableAt: at, jobId: jobIds[(first + index) % jobIds.length] ?? 0 }),
      ),
    );
  });
  const claims = await store.dispatch.claim({ ...holder, free: count, queues: ['default'], labels: [] });
  await store.dispatch.intend(holder.incarnation, claims);
  await store.dispatch.finish(
    claims.map(({ runId, fence }) => {
      const failed = runId % 25 === 0;
      return {
        runId,
        fence,
        outcome: failed ? 'failed' : 'succeeded',
        state: failed ? 'failed' : 'succeeded',
        retryAt: null,
        reason: null,
        exitCode: failed ? 1 : 0,
        signal: null,
        failure: failed ? { category: 'script_error', message: 'Exit 1.', detail: null } : null,
        result: null,
      } as const;
    }),
  );
}
