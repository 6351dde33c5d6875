import type { Id } from '../../model/id.ts';
import type { QueueRow } from './schema.ts';
import { runRows, type Session } from './session.ts';

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
