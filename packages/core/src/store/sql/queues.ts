/** The numbers that stand for lines of waiting runs: queue name and worker labels, and what limits them. */
import { sql, type RawBuilder } from 'kysely';
import type { NewRun } from '../run-table.ts';
import type { Session } from './session.ts';

/** What tells a line from another. */
export interface LineKey extends Pick<NewRun, 'queue' | 'workerLabels'> {
  /** Default none. */
  readonly locks?: readonly string[] | undefined;
  /** The owner of its jobs, `ownerless`, or 0 (default) while nobody had to know. */
  readonly person?: number | undefined;
  /** The one job of a line of its own; 0 (default) for all others. */
  readonly job?: number | undefined;
}

/** Numbers known to be committed; a line is never renumbered or removed. */
export type QueueNumbers = Map<string, number>;

/** Every line with each of its priorities, as `k` and `p`, on either database. */
export const everyLine = `queues k CROSS JOIN (SELECT 0 AS priority UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS p`;
export const linesByPriority: RawBuilder<unknown> = sql.raw(everyLine);

/** In the place of a person: its jobs belong to nobody. */
export const ownerless = -1;

/** Words in one order and without repeats, so that equal sets are one line. */
function setText(words: readonly string[]): string {
  return JSON.stringify([...new Set(words)].sort());
}

interface LineRow {
  readonly name: string;
  readonly labels: string;
  readonly locks: string;
  readonly person: number;
  readonly job: number;
}

function rowOf({ queue, workerLabels, locks = [], person = 0, job = 0 }: LineKey): LineRow {
  return { name: queue, labels: setText(workerLabels), locks: setText(locks), person, job };
}

const keyOf = ({ name, labels, locks, person, job }: LineRow): string => `${labels} ${locks} ${person} ${job} ${name}`;

/** Answers the number of each line, after giving one to those that had none. */
export async function numberQueues(
  session: Session,
  known: QueueNumbers,
  lines: readonly LineKey[],
): Promise<(line: LineKey) => number> {
  const wanted = new Map(
    lines.map((line) => {
      const row = rowOf(line);
      return [keyOf(row), row];
    }),
  );
  const missing = [...wanted].filter(([key]) => !known.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = new Map<string, number>();
  if (missing.length > 0) {
    await session.run(session.hot.insertQueues, { rows: JSON.stringify(missing.map(([, row]) => row)) });
    const names = [...new Set(missing.map(([, { name }]) => name))];
    const query = session.build.selectFrom('queues').selectAll().where('name', 'in', names);
    for (const { id, ...row } of await session.rows(query)) found.set(keyOf(row), id);
    session.afterCommit(() => {
      for (const [key, id] of found) known.set(key, id);
    });
  }
  return (line) => {
    const key = keyOf(rowOf(line));
    const id = found.get(key) ?? known.get(key);
    if (id === undefined) throw new Error(`Queue ${line.queue} got no number.`);
    return id;
  };
}
