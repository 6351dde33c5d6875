/** S13: what limits cost: ten thousand jobs with limits, one of them with half of the backlog. */
import { drain } from './drains.ts';
import { race } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage } from './stage.ts';

const ours = 'ours, limits';
const plain = 'ours, none';
const graphile = 'graphile-worker, queue names';

export const s13: Scenario = {
  name: 'S13',
  about:
    'A full queue of runs with limits, half of them of one job with 100 slots, the others of jobs with one slot each, beside the same without limits.',
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      const count = bench.options.count ?? 20_000;
      const keys = Math.min(10_000, Math.ceil(count / 4));
      const on = stage.onPostgres;
      const keyed = { act: 'keyed', on, count };
      const contestants = [
        drain({ name: plain, control: true, file: 'systems/ours.ts', on, count, order: { slots: 500 } }),
        drain({ name: ours, file: 'systems/ours.ts', ...keyed, order: { slots: 500, keys } }),
        ...(present(bench, 'graphile-worker')
          ? [
              drain({
                name: graphile,
                peer: true,
                file: 'peers/graphile.mjs',
                ...keyed,
                order: { slots: 100, keys, fast: false },
              }),
            ]
          : []),
      ];
      bench.note(
        `${count} runs, ${keys} small keys. graphile-worker's queues have one slot: its big key goes without a limit.`,
      );
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'rate' });
      const names = contestants.map(({ name }) => name);
      return [
        ...names.flatMap((name) => result.measure(name, 'rate', 'runs/s')),
        ...result.ratio([ours, plain], 'rate', [
          { of: 'p50', atLeast: 0.6 },
          { of: 'p50', atLeast: 0.85, aim: true },
        ]),
        ...result.ratio([ours, graphile], 'rate'),
        ...names.flatMap((name) =>
          result.measure(name, 'overshoot', 'count', name === ours ? [{ of: 'max', below: 1 }] : []),
        ),
        ...names.flatMap((name) => result.measure(name, 'wait of small keys', 'ms')),
      ];
    }),
};
