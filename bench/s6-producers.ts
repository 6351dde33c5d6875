/** S6: what a bell costs those who request: 32 producers, a commit each, nobody at work. */
import { startProgram } from './program.ts';
import { race, type Contestant } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage, type Ground } from './stage.ts';

const producers = 32;
const ours = 'ours';
const control = 'control: plain INSERT';
const belled = 'control: INSERT + NOTIFY in it';
const graphile = 'graphile-worker, add_job';
const pgBoss = 'pg-boss, send with notify';

interface Who extends Pick<Contestant, 'name' | 'control' | 'peer'> {
  readonly file: string;
  readonly on: Ground;
  readonly count: number;
  readonly order?: Readonly<Record<string, unknown>>;
}

function flood({ file, on, count, order = {}, ...who }: Who): Contestant {
  return {
    ...who,
    turn: () =>
      on(async (place) => {
        const program = startProgram(file, { do: 'produce', ...place, count, producers, ...order });
        await program.heard('ready');
        program.tell('go');
        const answer = await program.answer;
        const calls = answer['calls'] as readonly number[];
        if (calls.length !== count) throw new Error(`${calls.length} of ${count} requests were answered.`);
        return { rate: count / Number(answer['seconds']), call: calls };
      }),
  };
}

export const s6: Scenario = {
  name: 'S6',
  about: `${producers} producers that each request the next run when the last is on the disk: requests a second, and how long one takes.`,
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      const count = bench.options.count ?? 10_000;
      const [on, peer, loop] = [stage.onPostgres, true as const, 'systems/pg-bell.ts'];
      const contestants = [
        flood({ name: control, control: true, file: loop, on, count, order: { silent: true } }),
        flood({ name: belled, file: loop, on, count }),
        flood({ name: ours, file: 'systems/ours.ts', on, count, order: { pool: producers } }),
        ...(present(bench, 'graphile-worker')
          ? [flood({ name: graphile, peer, file: 'peers/graphile.mjs', on, count })]
          : []),
        ...(present(bench, 'pg-boss')
          ? [flood({ name: pgBoss, peer, file: 'peers/pg-boss.mjs', on, count, order: { notify: true } })]
          : []),
      ];
      bench.note(
        `${count} requests a turn, ${producers} connections each; ours for ${producers} jobs, with gates and history.`,
      );
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'rate' });
      return [
        ...contestants.flatMap(({ name }) => result.measure(name, 'rate', 'requests/s')),
        ...contestants.flatMap(({ name }) => result.measure(name, 'call', 'ms')),
        ...result.ratio([ours, control], 'rate', [
          { of: 'p50', atLeast: 0.9 },
          { of: 'p50', atLeast: 0.95, aim: true },
        ]),
        ...[belled, graphile, pgBoss].flatMap((name) => result.ratio([ours, name], 'rate')),
      ];
    }),
};
