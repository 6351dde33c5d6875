/** Ten thousand schedules that are due in the same second: how long the last of them waits for its start (F58). */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import {
  createEngine,
  loadConfig,
  openStore,
  realSystem,
  type Run,
  type ScheduleSpec,
  type Store,
} from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { nextOf, nextPlanOf } from '../packages/core/src/schedule/occurrences.ts';
import { priorities } from '../packages/core/src/model/run.ts';
import { tzVersion } from '../packages/core/src/schedule/zone.ts';
import { startOwnPostgres } from '../test/setup/postgres.ts';
import type { Measure, Scenario } from './scenario.ts';

const jobs = 10_000;
const slots = 100;
/** After everything is written and the engine is up. */
const aheadMs = 30_000;
const patienceMs = 300_000;

/** Jobs of all priorities in turn, each with a schedule that names `dueAt` and nothing else for a day. */
async function makeJobs(store: Store, dueAt: number): Promise<void> {
  const now = await store.now();
  const spec: ScheduleSpec = { kind: 'interval', every: 24, unit: 'hours', start: dueAt, timezone: 'UTC' };
  const after = Math.min(now, dueAt - 1);
  const ids = await store.ids(2 * jobs);
  await store.transaction(async (tables) => {
    for (let made = 0; made < jobs; made += 1) {
      const id = ids[made] ?? 0;
      const priority = priorities[made % priorities.length] ?? 'medium';
      const definition = { type: 'function', config: { name: 'nothing' }, priority } as const;
      await tables.jobs.insert(factories.job({ id, createdAt: now, definition }), null);
      await tables.schedules.insert([
        factories.schedule({
          id: ids[jobs + made] ?? 0,
          jobId: id,
          createdAt: now,
          spec,
          cursorAt: after,
          planAt: nextPlanOf(spec, after),
          nextDueAt: nextOf(spec, after),
          tzVersion,
        }),
      ]);
    }
  });
}

async function endedRuns(store: Store): Promise<readonly Run[]> {
  const found: Run[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['runs']['list']>> = await store.runs.list({}, { limit: 500, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found.filter(({ endedAt }) => endedAt !== null);
}

/** @returns milliseconds from due to start, by priority */
async function once(url: string, folder: string, say: (text: string) => void): Promise<ReadonlyMap<string, number[]>> {
  const config = loadConfig({
    file: null,
    env: { JOB_PORTAL_DATA_DIR: folder, JOB_PORTAL_WORKER_MAX_CONCURRENT: String(slots) },
    flags: {},
    cwd: folder,
    readFile: () => '',
  });
  const system = realSystem();
  const store = await openStore({ url, system, migrate: true });
  const engine = await createEngine({
    store,
    system,
    config,
    roles: { scheduler: true, worker: true },
    name: 'crowd',
    version: '0',
    hostEnv: {},
    functions: new Map([['nothing', () => null]]),
  });
  try {
    const dueAt = Math.ceil((Date.now() + aheadMs) / 1000) * 1000;
    await makeJobs(store, dueAt);
    say(`${jobs} jobs written, ${((dueAt - Date.now()) / 1000).toFixed(0)} s before they are due`);
    if (Date.now() > dueAt - 2000)
      throw new Error('This machine is too slow: the instant came before the engine was up.');
    await engine.start();
    const end = dueAt + patienceMs;
    let runs: readonly Run[] = [];
    // Counted by whether anything is left, not by reading all runs: that would be work beside what is measured.
    for (await rest(dueAt - Date.now() + 1000); Date.now() < end; await rest(2000)) {
      const left = (await store.runs.list({ states: ['queued', 'starting', 'running'] }, { limit: 1 })).items.length;
      if (left > 0) continue;
      runs = await endedRuns(store);
      if (runs.length >= jobs) break;
    }
    const jobIds = new Set(runs.map(({ jobId }) => jobId));
    const failed = runs.filter(({ state }) => state !== 'succeeded').length;
    if (jobIds.size !== jobs || runs.length !== jobs || failed > 0)
      throw new Error(`${runs.length} runs of ${jobIds.size} jobs, ${failed} of them failed, instead of ${jobs}.`);
    const byPriority = Map.groupBy(runs, ({ priority }) => priority);
    return new Map(
      [...byPriority].map(([priority, own]) => [priority, own.map(({ startedAt }) => (startedAt ?? 0) - dueAt)]),
    );
  } finally {
    await engine.stop({ now: true });
    await store.close();
  }
}

export const crowd: Scenario = {
  name: 'crowd',
  about: `From due to start, ${jobs} jobs of four priorities due in the same second, functions that do nothing, ${slots} slots.`,
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-bench-'));
    const server = await startOwnPostgres();
    const measures: Measure[] = [];
    try {
      for (const [name, url] of [
        ['SQLite', `sqlite:${join(folder, 'portal.db')}`],
        ['PostgreSQL', server.url],
      ] as const) {
        say(name);
        const own = join(folder, name);
        mkdirSync(own);
        const late = await once(url, own, say);
        const all = priorities.flatMap((priority) => late.get(priority) ?? []);
        measures.push({ name: `all, ${name}`, unit: 'ms', rounds: [all], limits: [{ of: 'p99', below: 30_000 }] });
        for (const priority of priorities)
          measures.push({ name: `${priority}, ${name}`, unit: 'ms', rounds: [late.get(priority) ?? []] });
      }
      return measures;
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
