import type { Id } from '../../model/id.ts';
import { sql } from 'kysely';
import type { QueueRow } from './schema.ts';
import { first, runRows, type Session } from './session.ts';

/** From when on a waiting run can be claimed, and why not before. */
export type PlaceRow = Pick<QueueRow, 'available_at' | 'reason'>;

/** Rows that are taken out and put back in one statement. */
const movedAtOnce = 500;

/** Rows of the queue are never changed: they are taken out and put back. One that was claimed meanwhile is left alone. */
export async function placeRuns(session: Session, places: ReadonlyMap<Id, PlaceRow>): Promise<void> {
  const { build, hot } = session;
  const ids = [...places.keys()];
  for (let from = 0; from < ids.length; from += movedAtOnce) {
    const some = ids.slice(from, from + movedAtOnce);
    const taken = await session.rows(build.deleteFrom('queue').where('run_id', 'in', some).returningAll());
    const rows = taken.map((row) => ({ ...row, ...places.get(row.run_id) }));
    await runRows(session, hot.enqueue, rows);
  }
}

/** The highest level, and before the oldest of its queue. It keeps both when it is tried again. */
export async function moveToFront(session: Session, id: Id): Promise<boolean> {
  const { build, hot } = session;
  const own = build.selectFrom('queue as q').innerJoin('queues as k', 'k.id', 'q.queue').where('q.run_id', '=', id);
  const row = await first(session, own.where('q.available_at', '<=', sql<number>`now_ms()`).select('k.name'));
  if (row === null) return false;
  const lines = build.selectFrom('queues').select('id').where('name', '=', row.name);
  const oldest = await first(
    session,
    build
      .selectFrom('queue')
      .where('queue', 'in', lines)
      .select((on) => on.fn.min('available_at').as('at')),
  );
  const [taken] = await session.rows(build.deleteFrom('queue').where('run_id', '=', id).returningAll());
  if (taken === undefined) return false;
  await runRows(session, hot.enqueue, [
    { ...taken, priority: 0, available_at: (oldest?.at ?? taken.available_at) - 1 },
  ]);
  return true;
}
