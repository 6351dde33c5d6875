/** S3: how soon a requested run begins while requests come at a steady rate, idle (50/s) and busy (300/s). */
import { race, type Race } from './race.ts';
import type { Bench, Limit, Measure, Scenario } from './scenario.ts';
import { present, withStage, type Stage } from './stage.ts';
import { stream } from './streams.ts';

const rates = [50, 300];
/** Runs at once: our default, and the peers' with everything else as they come. */
const slots = 10;
const ours = 'ours, PostgreSQL';
const oursSqlite = 'ours, SQLite';
const graphile = 'graphile-worker';
const pgBoss = 'pg-boss, notify';
const bullmq = 'BullMQ (no fsync)';
const control = 'control: INSERT + NOTIFY, DELETE';

async function at(perSecond: number, bench: Bench, stage: Stage): Promise<Race> {
  const seconds = bench.options.full ? 30 : 10;
  const count = bench.options.count ?? seconds * perSecond;
  const own = { count, perSecond, order: { slots } };
  const [on, peer] = [stage.onPostgres, true as const];
  const contestants = [
    stream({ name: control, control: true, file: 'systems/pg-bell.ts', on, ...own }),
    stream({ name: ours, file: 'systems/ours.ts', on, ...own }),
    stream({ name: oursSqlite, file: 'systems/ours.ts', on: stage.onSqlite, ...own }),
    ...(present(bench, 'graphile-worker')
      ? [stream({ name: graphile, peer, file: 'peers/graphile.mjs', on, ...own })]
      : []),
    ...(present(bench, 'pg-boss')
      ? [stream({ name: pgBoss, peer, file: 'peers/pg-boss.mjs', on, ...own, order: { slots, notify: true } })]
      : []),
    ...(stage.redisUrl !== null && present(bench, 'bullmq')
      ? [stream({ name: bullmq, peer, file: 'peers/bullmq.mjs', on: stage.onRedis, ...own })]
      : []),
  ];
  bench.say(`${perSecond}/s, ${count} requests a turn`);
  return race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'latency' });
}

function lines(result: Race, perSecond: number): readonly Measure[] {
  const label = (measures: readonly Measure[]): readonly Measure[] =>
    measures.map((measure) => ({
      ...measure,
      name: `${measure.name}, ${perSecond}/s`,
      quantity: `${measure.quantity}, ${perSecond}/s`,
    }));
  const below = (value: number, aim?: true): Limit => ({ of: 'p50', below: value, ...(aim ? { aim } : {}) });
  const names = [control, ours, oursSqlite, graphile, pgBoss, bullmq];
  return label([
    ...names.flatMap((name) => result.measure(name, 'latency', 'ms')),
    ...result.ratio([ours, control], 'latency', [below(1.3), below(1, true)]),
    ...result.ratio([ours, graphile], 'latency', [below(0.67)]),
    ...result.ratio([ours, graphile], 'latency', [below(1), below(0.5, true)], 0.99),
    ...result.ratio([ours, pgBoss], 'latency'),
    ...result.ratio([oursSqlite, bullmq], 'latency', [below(1, true)]),
    ...names.flatMap((name) =>
      result.measure(name, 'backlog', 'ms', name === ours ? [{ of: 'max', below: 1000 }] : []),
    ),
    ...names.flatMap((name) => result.measure(name, 'late sends', 'count')),
  ]);
}

export const s3: Scenario = {
  name: 'S3',
  about:
    'From the intended time of a request, sent by another process at a steady rate, to the first instruction of its run.',
  run: (_, bench) =>
    withStage(bench, { postgres: [], redis: true }, async (stage) => {
      const measures: Measure[] = [];
      for (const perSecond of rates) measures.push(...lines(await at(perSecond, bench, stage), perSecond));
      return measures;
    }),
};
