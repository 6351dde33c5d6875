/** S2: the same on SQLite, fully synchronised as the product is; without that only to compare. */
import { bullmq, drain, graphileFast, peerDrains, graphilePlain } from './drains.ts';
import { race } from './race.ts';
import type { Scenario } from './scenario.ts';
import { withStage } from './stage.ts';

const full = 'ours, FULL';
const normal = 'ours, NORMAL (bench only)';
const controlFull = 'control: node:sqlite loop, FULL';
const controlNormal = 'control: node:sqlite loop, NORMAL';

export const s2: Scenario = {
  name: 'S2',
  about:
    'No-op runs waiting on SQLite, from the start of a worker until all have ended on the disk: ours with run, attempt and event each.',
  run: (_, bench) =>
    withStage(bench, { postgres: [], redis: true }, async (stage) => {
      const count = bench.options.count ?? 50_000;
      const on = stage.onSqlite;
      const loop = { file: 'systems/sqlite-loop.ts', on, count };
      const own = { file: 'systems/ours.ts', on, count };
      const contestants = [
        drain({ name: controlFull, control: true, ...loop }),
        drain({ name: controlNormal, ...loop, order: { loose: true } }),
        drain({ name: full, ...own, order: { slots: 500 } }),
        drain({ name: normal, ...own, order: { slots: 500, loose: true } }),
        ...peerDrains(bench, stage, count).filter(({ name }) => name === bullmq || name === graphileFast),
      ];
      bench.note(`${count} runs a turn; ${graphilePlain} and pg-boss stand in S1.`);
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'rate' });
      return [
        ...contestants.flatMap(({ name }) => result.measure(name, 'rate', 'runs/s')),
        ...result.measure(full, 'after the first start', 'runs/s'),
        ...result.ratio([full, bullmq], 'rate', [{ of: 'p50', atLeast: 2 }]),
        ...result.ratio([normal, bullmq], 'rate', [{ of: 'p50', atLeast: 5, aim: true }]),
        ...result.ratio([full, graphileFast], 'rate'),
        ...result.ratio([full, controlFull], 'rate', [{ of: 'p50', atLeast: 0.5, aim: true }]),
        ...result.ratio([normal, controlNormal], 'rate'),
        ...contestants.flatMap(({ name }) => result.measure(name, 'CPU per 1,000', 'CPU ms')),
      ];
    }),
};
