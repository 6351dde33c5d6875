import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { Session } from './session.ts';

/** Each of so many jobs is looked up by itself; among more, a list meets those one sees on its way. */
export const fewJobs = 100;

/** The jobs one sees, when they are no more than `most`; null when they are, and for who sees everything. */
export async function fewSeen(session: Session, most: number): Promise<readonly Id[] | null> {
  if (session.sight === null) return null;
  const query = sql<{ readonly job_id: number }>`SELECT job_id FROM seen_jobs LIMIT ${most + 1}`;
  const rows = await session.rows({ compile: () => query.compile(session.build) });
  return rows.length > most ? null : rows.map(({ job_id }) => job_id);
}

/** Both ends belong to it; undefined is without an end. */
export interface Within {
  readonly column: 'id' | 'created_at';
  readonly least?: number | undefined;
  readonly most?: number | undefined;
}

/**
 * Of each of these jobs the first `limit` rows that fit, in one text however many they are. The jobs are known to be seen,
 * so the tables are read as they are.
 *
 * @param where of columns without a table's name
 * @param order the newest first, as the table's index by job has them
 * @param within what `where` says of the column that comes first in this order: nothing outside it is walked
 */
export function headsOf(
  { kind }: Pick<Session, 'kind'>,
  jobs: readonly Id[],
  {
    table,
    where,
    order,
    limit,
    within,
  }: {
    readonly table: 'runs' | 'every_run' | 'every_event';
    readonly where: RawBuilder<unknown>;
    readonly order: RawBuilder<unknown>;
    readonly limit: number;
    readonly within: Within;
  },
): RawBuilder<unknown> {
  const from = sql.table(table);
  if (jobs.length === 1)
    return sql`SELECT r.* FROM (SELECT * FROM ${from} WHERE job_id = ${jobs[0]} AND ${where} ORDER BY ${order} LIMIT ${limit}) AS r`;
  const ids = JSON.stringify(jobs);
  if (kind === 'sqlite')
    return sql`SELECT r.* FROM json_each(${ids}) own CROSS JOIN ${from} r ON r.id IN
      (SELECT id FROM ${from} WHERE job_id = own.value AND ${where} ORDER BY ${order} LIMIT ${limit})`;
  // A range of the index, and its order: a single job PostgreSQL takes for a few rows, and sorts all that it has. Only as a pair
  // with the job does the column bound the range; beside it, what lies outside would be walked and left out.
  const id = sql`CAST(own.value AS bigint)`;
  const column = sql.ref(within.column);
  const first =
    within.least === undefined ? sql`job_id >= ${id}` : sql`(job_id, ${column}) >= (${id}, ${within.least})`;
  const last = within.most === undefined ? sql`job_id <= ${id}` : sql`(job_id, ${column}) <= (${id}, ${within.most})`;
  return sql`SELECT r.* FROM jsonb_array_elements_text(CAST(${ids} AS jsonb)) AS own(value) CROSS JOIN LATERAL
    (SELECT * FROM ${from} WHERE ${first} AND ${last} AND ${where} ORDER BY job_id DESC, ${order} LIMIT ${limit}) AS r`;
}

/**
 * Joins the table `jobs`, as `j`, to rows that name one: each is looked up by its key. A planner that may join as it likes
 * reads the whole table for some thousands of rows.
 */
export function withJob({ kind }: Pick<Session, 'kind'>, id: RawBuilder<unknown>): RawBuilder<unknown> {
  if (kind === 'sqlite') return sql`CROSS JOIN jobs j ON j.id = ${id}`;
  return sql`CROSS JOIN LATERAL (SELECT * FROM jobs WHERE id = ${id} OFFSET 0) AS j`;
}
