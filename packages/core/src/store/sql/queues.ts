/** The numbers that stand for pairs of queue name and worker labels. */
import type { NewRun } from '../run-table.ts';
import type { Session } from './session.ts';

type Pair = Pick<NewRun, 'queue' | 'workerLabels'>;

/** Numbers known to be committed; a pair is never renumbered or removed. */
export type QueueNumbers = Map<string, number>;

/** Labels in one order and without repeats, so that equal sets are one pair. */
function labelText(labels: readonly string[]): string {
  return JSON.stringify([...new Set(labels)].sort());
}

const keyOf = (name: string, labels: string): string => `${labels} ${name}`;

/** Answers the number of each pair, after giving one to those that had none. */
export async function numberQueues(
  session: Session,
  known: QueueNumbers,
  pairs: readonly Pair[],
): Promise<(pair: Pair) => number> {
  const wanted = new Map(
    pairs.map(({ queue, workerLabels }) => {
      const labels = labelText(workerLabels);
      return [keyOf(queue, labels), { name: queue, labels }];
    }),
  );
  const missing = [...wanted].filter(([key]) => !known.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = new Map<string, number>();
  if (missing.length > 0) {
    await session.run(session.hot.insertQueues, { rows: JSON.stringify(missing.map(([, pair]) => pair)) });
    const names = missing.map(([, { name }]) => name);
    const query = session.build.selectFrom('queues').selectAll().where('name', 'in', names);
    for (const { id, name, labels } of await session.rows(query)) found.set(keyOf(name, labels), id);
    session.afterCommit(() => {
      for (const [key, id] of found) known.set(key, id);
    });
  }
  return ({ queue, workerLabels }) => {
    const key = keyOf(queue, labelText(workerLabels));
    const id = found.get(key) ?? known.get(key);
    if (id === undefined) throw new Error(`Queue ${queue} got no number.`);
    return id;
  };
}
