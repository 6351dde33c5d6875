/** What must hold always, on a machine of two cores: the floors below which nothing else counts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore, realSystem, toUuid, type Store } from 'job-trigger-core';
import { factories, manualClock, seededRandom, type ManualClock } from 'job-trigger-core/testing';
import { Scheduler } from '../packages/core/src/engine/scheduler.ts';
import { thisHost } from '../packages/core/src/engine/host.ts';
import { nextOf, nextPlanOf } from '../packages/core/src/schedule/occurrences.ts';
import { defaultSettings } from '../packages/core/src/model/settings.ts';
import { freshDir } from '../test/setup/databases.ts';
import { closedLoop } from './open-loop.ts';
import { createdAtOf, fillPast, type PastFacts } from './past.ts';
import { startBuiltPortal, type BenchPortal } from './portal.ts';
import type { Bench, Measure, Scenario } from './scenario.ts';
import { quantile } from './statistics.ts';

const past = { runs: 100_000, schedules: 1000, backlog: 0, days: 30 };
const clients = 50;
const atOnce = 200;
const sleepSeconds = 4;

/** Passes of a scheduler over 1,000 jobs of which each hour 100 are due. */
async function cycles(rounds: number): Promise<number[][]> {
  const folder = freshDir('jtp-floors');
  const clock = manualClock();
  const system = realSystem({ clock, random: seededRandom(1) });
  const store = await openStore({ url: `sqlite:${join(folder.path, 'portal.db')}`, system, migrate: true });
  try {
    await hourlyJobs(store, clock);
    const host = thisHost();
    const scheduler = new Scheduler({ store, system, settings: defaultSettings, host, name: 'floors', version: '0' });
    await scheduler.tick();
    const took: number[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      const samples: number[] = [];
      for (let tenth = 0; tenth < 10; tenth += 1) {
        clock.advance(6 * 60_000);
        const from = performance.now();
        await scheduler.tick();
        samples.push(performance.now() - from);
      }
      took.push(samples);
    }
    const made = await store.runs.countLive();
    if (made.queued !== rounds * 1000)
      throw new Error(`${made.queued} runs were planned in ${rounds} hours of 1,000 jobs.`);
    await scheduler.stop();
    return took;
  } finally {
    await store.close();
    folder.remove();
  }
}

/** A tenth of 1,000 jobs is due together, every six minutes. */
async function hourlyJobs(store: Store, clock: ManualClock): Promise<void> {
  const now = clock.wall();
  const ids = await store.ids(2000);
  await store.transaction(async (tables) => {
    for (let n = 0; n < 1000; n += 1) {
      const [jobId = 0, id = 0] = ids.slice(2 * n);
      const some = { overlap: 'allow', maxConcurrent: null } as const;
      await tables.jobs.insert(factories.job({ id: jobId, createdAt: now, definition: some }), null);
      const spec = {
        kind: 'interval',
        every: 1,
        unit: 'hours',
        start: now + 60_000 + (n % 10) * 6 * 60_000,
        timezone: 'UTC',
      } as const;
      const next = { planAt: nextPlanOf(spec, now), nextDueAt: nextOf(spec, now) };
      await tables.schedules.insert([factories.schedule({ id, jobId, createdAt: now, spec, cursorAt: now, ...next })]);
    }
  });
}

const scriptJob = (name: string, script: string) => ({
  name,
  type: 'script' as const,
  config: { script },
  overlap: 'allow' as const,
  max_concurrent: null,
});

async function ended(portal: BenchPortal, id: string) {
  for (;;) {
    const run = await portal.client.getRun({ params: { id } });
    if (run.ended_at !== null) return run;
    await pause(20);
  }
}

let named = 0;
/** A name that no round before has used. */
const another = (name: string): string => `${name} ${(named += 1)}`;

const msOf = (instant: string | null): number => Date.parse(instant ?? '');

/** From the request to the record of the end, less what a shell needs for the same script. */
async function overheads(portal: BenchPortal, count: number): Promise<number[]> {
  const { id } = await portal.client.createJob({ body: scriptJob(another('nothing'), 'nothing.sh') });
  const own: number[] = [];
  const ours: number[] = [];
  for (let sample = 0; sample < count; sample += 1) {
    const from = performance.now();
    await once(spawn('/bin/sh', [join(portal.dataDir, 'scripts', 'nothing.sh')]), 'exit');
    own.push(performance.now() - from);
    const { run_id: run } = await portal.client.runJob({ params: { id }, body: {} });
    const record = await ended(portal, run);
    ours.push(msOf(record.ended_at) - msOf(record.created_at));
  }
  const shell = quantile(own, 0.5);
  return ours.slice(2).map((ms) => Math.max(0, ms - shell));
}

/** Requests of 50 clients that never rest: of ten, eight read lists, one reads a job, one starts a run. */
async function apiCalls(portal: BenchPortal, facts: PastFacts, count: number): Promise<number[]> {
  const jobs: string[] = [];
  for (let n = 0; n < 20; n += 1)
    jobs.push((await portal.client.createJob({ body: scriptJob(another('asked'), 'nothing.sh') })).id);
  const known = toUuid({ id: facts.firstJob, createdAt: createdAtOf(facts, facts.firstJob) });
  const answer = await closedLoop({ count, producers: clients }, ({ n }): Promise<unknown> => {
    if (n % 10 === 9) return portal.client.runJob({ params: { id: jobs[n % jobs.length] ?? '' }, body: {} });
    if (n % 10 === 8) return portal.client.getJob({ params: { id: known } });
    return n % 2 === 0
      ? portal.client.listRuns({ query: { limit: 50 } })
      : portal.client.listJobs({ query: { limit: 50 } });
  });
  return answer['calls'] as number[];
}

/** Everything the first page asks when it is drawn again. */
async function refreshes(portal: BenchPortal, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let sample = 0; sample < count; sample += 1) {
    const from = performance.now();
    await Promise.all([
      portal.client.overview({ query: {} }),
      portal.client.countAlerts({}),
      portal.client.listAlerts({ query: { limit: 50 } }),
    ]);
    took.push(performance.now() - from);
  }
  return took;
}

/** The most that the records show at one moment. */
async function together(portal: BenchPortal): Promise<number> {
  const { id } = await portal.client.createJob({ body: scriptJob(another('sleeper'), 'sleeper.sh') });
  const runs = await Promise.all(
    Array.from({ length: atOnce }, () => portal.client.runJob({ params: { id }, body: {} })),
  );
  const edges: (readonly [at: number, by: number])[] = [];
  for (const { run_id: run } of runs) {
    const record = await ended(portal, run);
    if (record.state !== 'succeeded') throw new Error(`A sleeping run ${record.state}.`);
    edges.push([msOf(record.started_at), 1], [msOf(record.ended_at), -1]);
  }
  let [now, most] = [0, 0];
  for (const [, by] of edges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

async function ofPortal(bench: Bench): Promise<readonly Measure[]> {
  const rounds = bench.options.rounds ?? 3;
  const count = bench.options.count ?? 1000;
  let facts: PastFacts | null = null;
  const portal = await startBuiltPortal({
    env: { JOB_PORTAL_WORKER_MAX_CONCURRENT: String(atOnce) },
    prepare: async (dataDir) => {
      mkdirSync(join(dataDir, 'scripts'), { recursive: true });
      writeFileSync(join(dataDir, 'scripts', 'nothing.sh'), 'exit 0\n');
      writeFileSync(join(dataDir, 'scripts', 'sleeper.sh'), `exec sleep ${sleepSeconds}\n`);
      facts = await fillPast(`sqlite:${join(dataDir, 'portal.db')}`, past, (text) => bench.say(text));
    },
  });
  try {
    if (facts === null) throw new Error('Nothing was written.');
    const rows: Record<'overhead' | 'refresh' | 'api' | 'most', number[][]> = {
      overhead: [],
      refresh: [],
      api: [],
      most: [],
    };
    for (let round = 1; round <= rounds; round += 1) {
      bench.say(`round ${round} of ${rounds}`);
      rows.overhead.push(await overheads(portal, 30));
      rows.refresh.push(await refreshes(portal, 30));
      rows.api.push(await apiCalls(portal, facts, count));
      rows.most.push([await together(portal)]);
    }
    return [
      {
        name: 'overhead of a script run',
        unit: 'ms',
        rounds: rows.overhead,
        limits: [
          { of: 'p50', below: 30 },
          { of: 'p95', below: 100 },
        ],
      },
      {
        name: 'requests of a refreshed overview',
        unit: 'ms',
        rounds: rows.refresh,
        limits: [{ of: 'p95', below: 200 }],
      },
      {
        name: `API with ${clients} clients, workers busy`,
        unit: 'ms',
        rounds: rows.api,
        limits: [
          { of: 'p95', below: 200 },
          { of: 'p95', below: 50, aim: true },
        ],
      },
      { name: 'runs at once', unit: 'count', rounds: rows.most, limits: [{ of: 'min', atLeast: atOnce }] },
    ];
  } finally {
    await portal.stop();
  }
}

export const floors: Scenario = {
  name: 'floors',
  about:
    'A cycle over 1,000 jobs, the overhead of a run, the API under 50 clients, a refreshed page, 200 runs at once; over 100,000 runs on SQLite.',
  async run(say, bench) {
    say('cycles');
    const passes = await cycles(bench.options.rounds ?? 3);
    return [
      { name: 'one cycle, 1,000 jobs, 100 due', unit: 'ms', rounds: passes, limits: [{ of: 'p95', below: 50 }] },
      ...(await ofPortal(bench)),
    ];
  },
};
