/** S1: how fast a full queue on PostgreSQL empties, with the whole history written. */
import { bullmq, drain, graphileFast, graphilePlain, peerDrains, pgBossFast } from './drains.ts';
import { race } from './race.ts';
import type { Scenario } from './scenario.ts';
import { withStage } from './stage.ts';

const ours = 'ours';
const control = 'control: pg loop, claim 100 + delete 100';

export const s1: Scenario = {
  name: 'S1',
  about:
    'No-op runs waiting on PostgreSQL, from the start of a worker until all have ended on the disk: ours with run, attempt and event each.',
  run: (_, bench) =>
    withStage(bench, { postgres: [], redis: true }, async (stage) => {
      const count = bench.options.count ?? 50_000;
      const on = stage.onPostgres;
      const contestants = [
        drain({ name: control, control: true, file: 'systems/pg-loop.ts', on, count }),
        drain({ name: ours, file: 'systems/ours.ts', on, count, order: { slots: 1000 } }),
        ...peerDrains(bench, stage, count),
      ];
      bench.note(`${count} runs a turn; one by one a tenth of them.`);
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'rate' });
      return [
        ...contestants.flatMap(({ name }) => result.measure(name, 'rate', 'runs/s')),
        ...result.measure(ours, 'after the first start', 'runs/s'),
        ...result.ratio([ours, graphileFast], 'rate', [
          { of: 'p50', atLeast: 1 },
          { of: 'p50', atLeast: 1.5, aim: true },
        ]),
        ...result.ratio([ours, graphilePlain], 'rate'),
        ...result.ratio([ours, pgBossFast], 'rate', [{ of: 'p50', atLeast: 1.5 }]),
        ...result.ratio([ours, bullmq], 'rate', [{ of: 'p50', atLeast: 2.5 }]),
        ...result.ratio([ours, control], 'rate', [{ of: 'p50', atLeast: 0.75, aim: true }]),
        ...contestants.flatMap(({ name }) => result.measure(name, 'CPU per 1,000', 'CPU ms')),
      ];
    }),
};
