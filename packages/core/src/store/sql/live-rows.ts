/** Waiting and leased rows with their runs. */
import type { Session } from './session.ts';

/**
 * The few rows lead and each run is found by its key: SQLite never reorders a cross join. Left to itself it takes the small
 * table for a large one where nothing was counted yet, and reads all runs that ever were.
 */
export const queuedRuns = ({ build }: Pick<Session, 'build'>) =>
  build
    .selectFrom('queue as q')
    .crossJoin('runs as r')
    .whereRef('r.id', '=', 'q.run_id')
    .whereRef('r.created_at', '=', 'q.run_created_at');

/** As {@link queuedRuns}, of leases. */
export const leasedRuns = ({ build }: Pick<Session, 'build'>) =>
  build
    .selectFrom('leases as l')
    .crossJoin('runs as r')
    .whereRef('r.id', '=', 'l.run_id')
    .whereRef('r.created_at', '=', 'l.run_created_at');
