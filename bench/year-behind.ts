/** A schedule that is due every second, and nobody planned for a year: what the first pass costs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, realSystem, type ScheduleSpec, type Store } from 'job-trigger-core';
import { factories, manualClock, seededRandom, type ManualClock } from 'job-trigger-core/testing';
import { Scheduler } from '../packages/core/src/engine/scheduler.ts';
import { thisHost } from '../packages/core/src/engine/host.ts';
import { nextOf, nextPlanOf } from '../packages/core/src/schedule/occurrences.ts';
import { defaultSettings } from '../packages/core/src/model/settings.ts';
import { startOwnPostgres } from '../test/setup/postgres.ts';
import type { Scenario } from './scenario.ts';

const rounds = 5;
const perRound = 4;
const yearSeconds = 365 * 86_400;

async function makeJob(store: Store): Promise<number> {
  const now = await store.now();
  const [id = 0, scheduleId = 0] = await store.ids(2);
  const rule: ScheduleSpec = { kind: 'interval', every: 1, unit: 'seconds', start: now, timezone: 'UTC' };
  const catchUp = { policy: 'none', windowSeconds: 86_400, max: 10 } as const;
  await store.transaction(async (tables) => {
    await tables.jobs.insert(factories.job({ id, createdAt: now, definition: { catchUp } }), null);
    await tables.schedules.insert([
      factories.schedule({
        id: scheduleId,
        jobId: id,
        createdAt: now,
        spec: rule,
        cursorAt: now,
        planAt: nextPlanOf(rule, now),
        nextDueAt: nextOf(rule, now),
      }),
    ]);
  });
  return id;
}

/** A job every second, made now; then a year later one pass. @returns its milliseconds */
async function onePass(store: Store, clock: ManualClock, name: string): Promise<number> {
  const system = realSystem({ clock, random: seededRandom(1) });
  const jobId = await makeJob(store);
  clock.advance(yearSeconds * 1000);
  const scheduler = new Scheduler({ store, system, settings: defaultSettings, host: thisHost(), name, version: '0' });
  const from = performance.now();
  await scheduler.tick();
  const took = performance.now() - from;
  await scheduler.stop();
  const { items } = await store.ledger.ofJob(jobId, { limit: 500 });
  const counted = items.reduce((sum, entry) => sum + (entry.kind === 'gap' ? entry.count : 1), 0);
  const missed = items.filter(({ kind, reason }) => kind === 'gap' && reason === 'misfire').length;
  if (missed !== 1 || counted !== yearSeconds)
    throw new Error(
      `The ledger has ${missed} gaps of missed instants and ${counted} instants instead of one and ${yearSeconds}.`,
    );
  await store.jobs.purge(jobId);
  return took;
}

async function measure(store: Store, clock: ManualClock, say: (text: string) => void): Promise<number[][]> {
  const all: number[][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
    const samples: number[] = [];
    for (let sample = 0; sample < perRound; sample += 1)
      samples.push(await onePass(store, clock, `every-second-${round}-${sample}`));
    if (round > 0) all.push(samples);
  }
  return all;
}

export const yearBehind: Scenario = {
  name: 'year-behind',
  about:
    'One pass of the scheduler over a job every second that nobody planned for a year: one gap of missed instants, all of them counted.',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-bench-'));
    const server = await startOwnPostgres();
    try {
      const results: (readonly [string, number[][]])[] = [];
      for (const [name, url] of [
        ['SQLite', `sqlite:${join(folder, 'portal.db')}`],
        ['PostgreSQL', server.url],
      ] as const) {
        say(name);
        const clock = manualClock();
        const system = realSystem({ clock });
        const store = await openStore({ url, system, migrate: true, databaseFollowsClock: true });
        try {
          results.push([name, await measure(store, clock, say)]);
        } finally {
          await store.close();
        }
      }
      return results.map(([name, samples]) => ({
        name: `one pass on ${name}`,
        unit: 'ms' as const,
        rounds: samples,
        limits: [{ of: 'p99' as const, below: 50 }],
      }));
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
