/** S12: the same work and the same pages over a long past as over none. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, realSystem } from 'job-trigger-core';
import { fillPast, type Past } from './past.ts';
import { openPortal, readsOf } from './portal-reads.ts';
import { drain } from './drains.ts';
import { race, type Race } from './race.ts';
import type { Bench, Measure, Scenario } from './scenario.ts';
import { withStage, type Ground, type Place } from './stage.ts';
import { stream } from './streams.ts';

const empty = 'ours, nothing before';
const old = 'ours, with the past';
const perSecond = 50;
/** Of each page, after one that warms up what is asked once. */
const samples = 20;
const file = 'systems/ours.ts';

function pastOf({ options: { count, full } }: Bench): Past {
  const runs = count ?? (full ? 10_000_000 : 200_000);
  return { runs, schedules: Math.ceil(runs / 10), backlog: Math.min(100_000, Math.ceil(runs / 20)), days: 90 };
}

/** A place that is kept: what stood there before a turn stands there after it. */
const kept =
  (place: Place): Ground =>
  (work) =>
    work(place);

/** As a housekeeper does each minute, who was not there while workers alone drained. */
async function counted(url: string): Promise<void> {
  const store = await openStore({ url, system: realSystem() });
  while ((await store.upkeep.tally(5000)) > 0);
  await store.close();
}

async function pagesOf(place: Place, facts: Awaited<ReturnType<typeof fillPast>>): Promise<readonly Measure[]> {
  await counted(place.url);
  const portal = await openPortal(place.url, join(place.folder, 'portal'));
  const measures: Measure[] = [];
  for (const { name, path } of await readsOf(portal, facts)) {
    const took: number[] = [];
    for (let sample = 0; sample <= samples; sample += 1) {
      const from = performance.now();
      await portal.read(path);
      if (sample > 0) took.push(performance.now() - from);
    }
    measures.push({
      name: `page: ${name}`,
      quantity: 'pages over the past',
      system: name,
      unit: 'ms',
      rounds: [took],
      limits: [
        { of: 'p95', below: 50 },
        { of: 'p95', below: 15, aim: true },
      ],
    });
  }
  await portal.close();
  return measures;
}

function latencyLines(result: Race): readonly Measure[] {
  return [
    ...[empty, old].flatMap((name) => result.measure(name, 'latency', 'ms')),
    ...result.ratio([old, empty], 'latency', [
      { of: 'p50', below: 1.2 },
      { of: 'p50', below: 1.03, aim: true },
    ]),
  ];
}

async function over(bench: Bench, ground: Ground, fresh: Ground, where: string): Promise<readonly Measure[]> {
  const past = pastOf(bench);
  return ground(async (place) => {
    mkdirSync(place.folder, { recursive: true });
    bench.say(`${where}: writing ${past.runs} runs, ${past.schedules} schedules, ${past.backlog} waiting`);
    const from = performance.now();
    const facts = await fillPast(place.url, past, (text) => bench.say(text));
    bench.note(
      `${where}: ${past.runs} runs, ${past.schedules} schedules, ${past.backlog} waiting, written in ${Math.round((performance.now() - from) / 1000)} s.`,
    );
    const rounds = bench.options.rounds ?? 5;
    const on = kept(place);
    const count = bench.options.full ? 50_000 : 20_000;
    const drained = await race({
      bench,
      contestants: [
        drain({ name: empty, control: true, file, on: fresh, count, order: { slots: 500 } }),
        drain({ name: old, file, on, count, order: { slots: 500 } }),
      ],
      rounds,
      steadyBy: 'rate',
    });
    const arrivals = perSecond * (bench.options.full ? 30 : 5);
    const own = { file, count: arrivals, perSecond, order: { slots: 100 } };
    const streamed = await race({
      bench,
      contestants: [stream({ ...own, name: empty, control: true, on: fresh }), stream({ ...own, name: old, on })],
      rounds,
      steadyBy: 'latency',
    });
    const lines = [
      ...[empty, old].flatMap((name) => drained.measure(name, 'rate', 'runs/s')),
      ...drained.ratio([old, empty], 'rate', [
        { of: 'p50', atLeast: 0.9 },
        { of: 'p50', atLeast: 0.97, aim: true },
      ]),
      ...latencyLines(streamed),
      ...(await pagesOf(place, facts)),
    ];
    return lines.map((measure) => ({ ...measure, name: `${where}, ${measure.name}` }));
  });
}

export const s12: Scenario = {
  name: 'S12',
  about:
    'Drain, latency at 50/s and every page over a long past (--full: 10 million runs, a million schedules, 100,000 waiting).',
  run: (_, bench) =>
    withStage(bench, { postgres: ['max_wal_size=4GB', 'shared_buffers=1GB'] }, async (stage) => {
      const { only } = bench.options;
      const wants = (where: string): boolean => only.length === 0 || only.some((part) => where.includes(part));
      const measures: Measure[] = [];
      if (wants('PostgreSQL'))
        measures.push(...(await over(withoutOnly(bench), stage.onPostgres, stage.onPostgres, 'PostgreSQL')));
      if (wants('SQLite')) measures.push(...(await over(withoutOnly(bench), stage.onSqlite, stage.onSqlite, 'SQLite')));
      return measures;
    }),
};

/** Here `--only` chooses databases. */
const withoutOnly = (bench: Bench): Bench => ({ ...bench, options: { ...bench.options, only: [] } });
