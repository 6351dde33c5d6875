/** S16: a long time at half of what it can do: whether anything grows that should not. */
import pg from 'pg';
import { drain } from './drains.ts';
import { residentBytes } from './process-cost.ts';
import { race, type Contestant, type Figures } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage, type Place, type Stage } from './stage.ts';
import { oneStream } from './streams.ts';

const batch = 10;
const looks = 12;
const ours = 'ours';
const graphile = 'graphile-worker in batches';
const p99 = 'p99, last by first sixth';
const memory = 'memory, last by first sixth';
const hot = 'tables of waiting runs at the end';

const lastByFirst = (samples: readonly number[]): number => {
  const sixth = Math.max(1, Math.floor(samples.length / 6));
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  return mean(samples.slice(-sixth)) / mean(samples.slice(0, sixth));
};

/** Looks at memory again and again, at the tables once at the end. */
async function watching(
  { url }: Place,
  pid: number,
  { seconds, hotTables }: { readonly seconds: number; readonly hotTables: readonly string[] },
): Promise<() => Promise<Figures>> {
  const client = new pg.Client(url);
  await client.connect();
  const ask = async (sql: string, values: readonly unknown[] = []): Promise<number> =>
    Number((await client.query<{ n: string }>(sql, [...values])).rows[0]?.n);
  const position = `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS n`;
  const from = await ask(position);
  const resident: number[] = [];
  const timer = setInterval(() => resident.push(residentBytes(pid)), (seconds * 1000) / looks);
  return async () => {
    clearInterval(timer);
    const tables = await ask('SELECT sum(pg_total_relation_size(t::regclass)) AS n FROM unnest($1::text[]) AS t', [
      hotTables,
    ]);
    const written = (await ask(position)) - from;
    await client.end();
    return { [memory]: lastByFirst(resident), [hot]: tables / 2 ** 20, 'log written': written / 2 ** 20 };
  };
}

interface Steady extends Pick<Contestant, 'name' | 'peer'> {
  readonly file: string;
  readonly order: Readonly<Record<string, unknown>>;
  readonly hotTables: readonly string[];
  readonly seconds: number;
}

/** First how fast it drains, then half of that for the time. */
function steadily(stage: Stage, { file, order, hotTables, seconds, ...who }: Steady): Contestant {
  return {
    ...who,
    async turn(round) {
      const first = drain({ ...who, file, on: stage.onPostgres, count: 20_000, order });
      const perSecond = Math.max(batch, Math.floor(Number((await first.turn(round))['rate']) / 2));
      const count = Math.floor((perSecond * seconds) / batch) * batch;
      const beside = (place: Place, pid: number): Promise<() => Promise<Figures>> =>
        watching(place, pid, { seconds, hotTables });
      const stretch = { ...who, file, count, perSecond, order: { ...order, batch }, beside };
      return { ...(await stage.onPostgres((place) => oneStream(stretch, place))), rate: perSecond };
    },
  };
}

export const s16: Scenario = {
  name: 'S16',
  about:
    'Requests on PostgreSQL at half the rate that the same system drains: the last sixth of the time by the first.',
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      const seconds = bench.options.count ?? (bench.options.full ? 3600 : 120);
      const contestants = [
        steadily(stage, {
          name: ours,
          file: 'systems/ours.ts',
          order: { slots: 500 },
          hotTables: ['queue', 'leases'],
          seconds,
        }),
        ...(present(bench, 'graphile-worker')
          ? [
              steadily(stage, {
                name: graphile,
                peer: true,
                file: 'peers/graphile.mjs',
                order: { slots: 100, fast: true },
                hotTables: ['graphile_worker._private_jobs'],
                seconds,
              }),
            ]
          : []),
      ];
      bench.note(`${seconds} s a turn (--count gives seconds here); --full takes an hour each.`);
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 1, steadyBy: 'rate' });
      const names = contestants.map(({ name }) => name);
      const flat = (name: string) => (name === ours ? ([{ of: 'p50', below: 1.1 }] as const) : []);
      return [
        ...names.flatMap((name) => result.measure(name, 'rate', 'runs/s')),
        ...names.flatMap((name) => result.measure(name, 'latency', 'ms')),
        ...names.flatMap((name) => result.measure(name, p99, 'ratio', flat(name))),
        ...names.flatMap((name) => result.measure(name, memory, 'ratio', flat(name))),
        ...names.flatMap((name) => result.measure(name, hot, 'MB')),
        ...names.flatMap((name) => result.measure(name, 'log written', 'MB')),
        ...names.flatMap((name) => result.measure(name, 'backlog', 'ms')),
      ];
    }),
};
