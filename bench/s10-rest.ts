/** S10: what 500 schedules cost of which none is due. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { childrenOf, cpuSeconds, residentBytes, wakeUps } from './process-cost.ts';
import { startProgram } from './program.ts';
import { race, type Contestant } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage, type Ground } from './stage.ts';

const slots = 10;
const warmUpMs = 5000;
const ours = 'ours, PostgreSQL';
const oursSqlite = 'ours, SQLite';
const control = 'control: Node with a connection';

interface Who extends Pick<Contestant, 'name' | 'control' | 'peer'> {
  readonly file: string;
  readonly on: Ground;
  readonly schedules: number;
  readonly windowMs: number;
}

/** Transactions of this database so far; null where it is no PostgreSQL. */
async function transactions(url: string): Promise<number | null> {
  if (!url.startsWith('postgres')) return null;
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ n: string }>(
    'SELECT xact_commit + xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  await client.end();
  return Number(rows[0]?.n);
}

function resting({ file, on, schedules, windowMs, ...who }: Who): Contestant {
  return {
    ...who,
    turn: () =>
      on(async (place) => {
        const program = startProgram(file, { do: 'rest', ...place, schedules, slots });
        await program.heard('ready');
        await pause(warmUpMs);
        const pids = [program.pid, ...childrenOf(program.pid)];
        const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);
        const before = { cpu: sum(cpuSeconds), woken: sum(wakeUps), asked: await transactions(place.url) };
        await pause(windowMs);
        const after = { cpu: sum(cpuSeconds), woken: sum(wakeUps), asked: await transactions(place.url) };
        const resident = sum(residentBytes) / 2 ** 20;
        program.tell('stop');
        await program.answer;
        const seconds = windowMs / 1000;
        return {
          processor: ((after.cpu - before.cpu) / seconds) * 100,
          'wake-ups': (after.woken - before.woken) / seconds,
          resident,
          // The second look is among them.
          ...(before.asked === null || after.asked === null
            ? {}
            : { transactions: ((after.asked - before.asked - 1) / seconds) * 60 }),
        };
      }),
  };
}

export const s10: Scenario = {
  name: 'S10',
  about:
    'An engine with 500 schedules and room for 10 runs while nothing is due: processor, wake-ups, memory and transactions.',
  run: (_, bench) =>
    withStage(bench, { postgres: [], redis: true }, async (stage) => {
      const own = { schedules: bench.options.count ?? 500, windowMs: bench.options.full ? 60_000 : 20_000 };
      const [on, peer] = [stage.onPostgres, true as const];
      const peers = [
        ['graphile-worker', 'peers/graphile.mjs', on],
        ['pg-boss', 'peers/pg-boss.mjs', on],
        ...(stage.redisUrl === null ? [] : [['bullmq', 'peers/bullmq.mjs', stage.onRedis] as const]),
      ] as const;
      const installed = peers.filter(([name]) => present(bench, name));
      const contestants = [
        resting({ name: control, control: true, file: 'systems/bare-node.ts', on, ...own }),
        resting({ name: ours, file: 'systems/ours.ts', on, ...own }),
        resting({ name: oursSqlite, file: 'systems/ours.ts', on: stage.onSqlite, ...own }),
        ...installed.map(([name, file, ground]) => resting({ name, peer, file, on: ground, ...own })),
      ];
      bench.note(
        `${own.windowMs / 1000} s a turn (--full: 60 s); ours with its spawner, which the others do not have.`,
      );
      const rounds = bench.options.rounds ?? 3;
      const result = await race({ bench, contestants, rounds, steadyBy: 'resident' });
      const names = contestants.map(({ name }) => name);
      const little = [{ of: 'p50', below: 0.2 }] as const;
      return [
        ...names.flatMap((name) => result.measure(name, 'processor', '%', name.startsWith('ours') ? little : [])),
        ...['graphile-worker', 'pg-boss'].flatMap((name) =>
          result.ratio([ours, name], 'processor', [
            { of: 'p50', below: 0.5 },
            { of: 'p50', below: 0.1, aim: true },
          ]),
        ),
        ...names.flatMap((name) => result.measure(name, 'wake-ups', '1/s')),
        ...names.flatMap((name) => result.measure(name, 'transactions', '1/min')),
        ...names.flatMap((name) => result.measure(name, 'resident', 'MB')),
      ];
    }),
};
