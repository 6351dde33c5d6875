/** S14: whether more workers and more schedulers on one PostgreSQL are ever slower than fewer. */
import { crewed } from './crewed.ts';
import { race } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage } from './stage.ts';

interface Crew {
  readonly workers: number;
  readonly schedulers: number;
}

const crews: readonly Crew[] = [
  { workers: 1, schedulers: 1 },
  { workers: 2, schedulers: 1 },
  { workers: 4, schedulers: 1 },
  { workers: 4, schedulers: 3 },
];
const oursWith = ({ workers, schedulers }: Crew): string => `ours, ${workers} workers, ${schedulers} schedulers`;
const graphileWith = (workers: number): string => `graphile-worker, ${workers} processes`;

export const s14: Scenario = {
  name: 'S14',
  about: 'A full queue on PostgreSQL worked off by one, two and four worker processes beside one and three schedulers.',
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      // Each process takes a second of processor until its code is warm: long enough that four of those are a small part.
      const count = bench.options.count ?? 240_000;
      const ours = { file: 'systems/ours.ts', finishedSql: `SELECT count(*) AS n FROM runs WHERE state = 'succeeded'` };
      const theirs = {
        file: 'peers/graphile.mjs',
        finishedSql: 'SELECT :count - count(*) AS n FROM graphile_worker._private_jobs',
      };
      const [alone] = crews;
      const contestants = [
        ...crews.map((crew) => {
          const workers = Array.from({ length: crew.workers }, () => ({ slots: 500 }));
          const schedulers = Array.from({ length: crew.schedulers }, () => ({
            scheduler: true,
            worker: false,
            slots: 1,
          }));
          const control = crew === alone ? { control: true as const } : {};
          return crewed(stage, count, {
            name: oursWith(crew),
            ...control,
            ...ours,
            members: [...workers, ...schedulers],
          });
        }),
        ...(present(bench, 'graphile-worker')
          ? [1, 2, 4].map((workers) => {
              const members = Array.from({ length: workers }, () => ({ slots: 100, fast: true }));
              return crewed(stage, count, { name: graphileWith(workers), peer: true, ...theirs, members });
            })
          : []),
      ];
      bench.note(`${count} runs a turn. Commits are counted with those of filling and registering.`);
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'rate' });
      const names = contestants.map(({ name }) => name);
      const first = oursWith({ workers: 1, schedulers: 1 });
      return [
        ...names.flatMap((name) => result.measure(name, 'rate', 'runs/s')),
        // Two cores carry database and worker: what more workers may cost is the noise of a round.
        ...crews
          .slice(1)
          .flatMap((crew) => result.ratio([oursWith(crew), first], 'rate', [{ of: 'p50', atLeast: 0.95 }])),
        ...[2, 4].flatMap((workers) => result.ratio([graphileWith(workers), graphileWith(1)], 'rate')),
        ...names.flatMap((name) => result.measure(name, 'commits a run', 'count')),
      ];
    }),
};
