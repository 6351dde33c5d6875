/** S9: what somebody's long transaction does to a busy queue: rows that are gone cannot be cleaned away meanwhile. */
import pg from 'pg';
import { race, type Figures } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage, type Place } from './stage.ts';
import { stream } from './streams.ts';

const perSecond = 800;
const batch = 8;
const ours = 'ours, held snapshot';
const free = 'ours, none held';
const graphile = 'graphile-worker in batches, held snapshot';
const pgBoss = 'pg-boss in batches, held snapshot';
const throughput = 'throughput, last by first sixth';
const p99 = 'p99, last by first sixth';

/** A reader that has begun and never ends, as a dump or a report. */
async function holding({ url }: Place, held: boolean): Promise<() => Promise<Figures>> {
  const [reader, looker] = [new pg.Client(url), new pg.Client(url)];
  await Promise.all([reader.connect(), looker.connect()]);
  if (held) await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class');
  return async () => {
    const { rows } = await looker.query<{ n: string }>('SELECT sum(n_dead_tup) AS n FROM pg_stat_user_tables');
    await Promise.all([reader.end(), looker.end()]);
    return { 'dead rows': Number(rows[0]?.n) };
  };
}

export const s9: Scenario = {
  name: 'S9',
  about: `${perSecond} requests a second on PostgreSQL while another transaction holds its snapshot: the last sixth of the time by the first.`,
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      const count = bench.options.count ?? perSecond * (bench.options.full ? 600 : 60);
      const own = { on: stage.onPostgres, count, perSecond, beside: (place: Place) => holding(place, true) };
      const [file, peer] = ['systems/ours.ts', true as const];
      const order = { slots: 100, batch };
      const contestants = [
        stream({ ...own, name: free, control: true, file, order, beside: (place: Place) => holding(place, false) }),
        stream({ ...own, name: ours, file, order }),
        ...(present(bench, 'graphile-worker')
          ? [stream({ ...own, name: graphile, peer, file: 'peers/graphile.mjs', order: { ...order, fast: true } })]
          : []),
        ...(present(bench, 'pg-boss')
          ? [
              stream({
                ...own,
                name: pgBoss,
                peer,
                file: 'peers/pg-boss.mjs',
                order: { ...order, fast: true },
              }),
            ]
          : []),
      ];
      bench.note(
        `${Math.round(count / perSecond)} s a turn; --full takes 10 minutes each. Requests come ${batch} together.`,
      );
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 1, steadyBy: 'latency' });
      const names = contestants.map(({ name }) => name);
      return [
        ...names.flatMap((name) =>
          result.measure(name, throughput, 'ratio', name === ours ? [{ of: 'p50', atLeast: 0.9 }] : []),
        ),
        ...names.flatMap((name) => result.measure(name, p99, 'ratio')),
        ...names.flatMap((name) => result.measure(name, 'latency', 'ms')),
        ...names.flatMap((name) => result.measure(name, 'dead rows', 'count')),
        ...names.flatMap((name) => result.measure(name, 'backlog', 'ms')),
        ...result.ratio([ours, free], throughput, [{ of: 'p50', atLeast: 0.95, aim: true }]),
      ];
    }),
};
