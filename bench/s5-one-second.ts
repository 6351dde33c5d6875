/** S5: everything at once: schedules that are all due in one second, for five workers and three schedulers. */
import { crewed } from './crewed.ts';
import { race } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage } from './stage.ts';

const ours = 'ours, 5 workers, 3 schedulers';
const graphile = 'graphile-worker in batches, 5 processes, run_at';
const plain = 'ours, the same number as runs that wait already';
const workers = 5;
const schedulers = 3;

export const s5: Scenario = {
  name: 'S5',
  about:
    'Schedules on PostgreSQL that are all due in one second: from that second until the last run has ended on the disk.',
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      const count = bench.options.count ?? (bench.options.full ? 100_000 : 10_000);
      // Time to write them all, and to start everybody.
      const aheadMs = 30_000 + count * 0.6;
      const own = { file: 'systems/ours.ts', finishedSql: `SELECT count(*) AS n FROM runs WHERE state = 'succeeded'` };
      const crew = Array.from({ length: workers }, (_each, index) => ({ slots: 100, scheduler: index < schedulers }));
      const contestants = [
        crewed(stage, count, { name: plain, control: true, ...own, members: crew }),
        crewed(stage, count, { name: ours, ...own, members: crew, aheadMs }),
        ...(present(bench, 'graphile-worker')
          ? [
              crewed(stage, count, {
                name: graphile,
                peer: true,
                file: 'peers/graphile.mjs',
                finishedSql: 'SELECT :count - count(*) AS n FROM graphile_worker._private_jobs',
                members: Array.from({ length: workers }, () => ({ slots: 100, fast: true })),
                aheadMs,
              }),
            ]
          : []),
      ];
      bench.note(
        `${count} schedules a turn; --full takes 100,000. Those of ours are planned within the time, the peer's stand in its queue; runs that wait already are counted with the start of the processes.`,
      );
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 3, steadyBy: 'rate' });
      return [
        ...contestants.flatMap(({ name }) => result.measure(name, 'rate', 'runs/s')),
        ...result.ratio([ours, graphile], 'rate', [{ of: 'p50', atLeast: 1 }]),
        ...result.ratio([ours, plain], 'rate', [{ of: 'p50', atLeast: 0.9, aim: true }]),
      ];
    }),
};
