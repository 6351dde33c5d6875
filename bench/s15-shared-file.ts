/** S15: four processes on one SQLite file: how much they do together, and how evenly. */
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { joined } from './joined.ts';
import { race, type Contestant } from './race.ts';
import type { Scenario } from './scenario.ts';
import { withStage, type Stage } from './stage.ts';

const processes = 4;
const ours = 'ours';
const control = 'control: bare node:sqlite, one by one';

interface Sharing extends Pick<Contestant, 'name' | 'control'> {
  readonly file: string;
  readonly leftSql: string;
  readonly count: number;
  readonly forMs: number;
}

function sharing(stage: Stage, { file, leftSql, count, forMs, ...who }: Sharing): Contestant {
  return {
    ...who,
    turn: () =>
      stage.onSqlite(async (place) => {
        const path = place.url.slice('sqlite:'.length);
        let walMb = 0;
        const finished = (): Promise<number> => {
          const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
          const left = Number(database.prepare(leftSql).get()?.['n']);
          database.close();
          if (existsSync(`${path}-wal`)) walMb = statSync(`${path}-wal`).size / 2 ** 20;
          return Promise.resolve(count - left);
        };
        const members = Array.from({ length: processes }, () => ({ slots: 100 }));
        const { seconds, finished: done, answers } = await joined({ file, place, count, members, finished, forMs });
        const shares = answers.map((answer) => Number(answer['done']));
        return {
          rate: done / seconds,
          share: Math.min(...shares) / Math.max(...shares),
          'longest pause': answers.map((answer) => Number(answer['longestMs'])),
          'write-ahead log': walMb,
        };
      }),
  };
}

export const s15: Scenario = {
  name: 'S15',
  about: `${processes} processes that work off one queue in one SQLite file, fully synchronised, for a while: all together, and the least by the most.`,
  run: (_, bench) =>
    withStage(bench, {}, async (stage) => {
      const own = {
        count: bench.options.count ?? (bench.options.full ? 300_000 : 50_000),
        forMs: bench.options.full ? 30_000 : 5000,
      };
      const contestants = [
        sharing(stage, {
          name: control,
          control: true,
          file: 'systems/sqlite-joined.ts',
          leftSql: 'SELECT count(*) AS n FROM line',
          ...own,
        }),
        sharing(stage, {
          name: ours,
          file: 'systems/ours.ts',
          leftSql: 'SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM leases) AS n',
          ...own,
        }),
      ];
      bench.note(
        `${own.forMs / 1000} s a turn (--full: 30 s), start-up within; the longest pause is between two runs of one process.`,
      );
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'rate' });
      const names = contestants.map(({ name }) => name);
      return [
        ...names.flatMap((name) => result.measure(name, 'rate', 'runs/s')),
        ...names.flatMap((name) =>
          result.measure(name, 'share', 'ratio', name === ours ? [{ of: 'p50', atLeast: 0.5 }] : []),
        ),
        ...result.ratio([ours, control], 'rate', [{ of: 'p50', atLeast: 20, aim: true }]),
        ...names.flatMap((name) => result.measure(name, 'longest pause', 'ms')),
        ...names.flatMap((name) => result.measure(name, 'write-ahead log', 'MB', [{ of: 'max', below: 100 }])),
      ];
    }),
};
