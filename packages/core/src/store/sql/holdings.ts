import { sql, type RawBuilder } from 'kysely';
import { draftVersion } from '../../model/job.ts';
import type { Holder, QuotaKind } from '../../model/quota.ts';
import type { Session } from './session.ts';

/** As the index of names has it, which is the one that finds a person's jobs. */
const ofHolder = (holder: Holder): RawBuilder<boolean> => sql`coalesce(j.owner_id, 0) = ${holder ?? 0}`;

/** What is counted, a row each. */
function rowsOf(kind: QuotaKind, holder: Holder): RawBuilder<unknown> {
  const owned = sql`jobs j WHERE ${ofHolder(holder)} AND j.deleted_at IS NULL`;
  if (kind === 'jobs') return sql`SELECT 1 FROM ${owned}`;
  if (kind === 'schedules')
    return sql`SELECT 1 FROM jobs j JOIN schedules s ON s.job_id = j.id WHERE ${ofHolder(holder)} AND j.deleted_at IS NULL`;
  // Drafts are deleted from their birth, and their runs wait as others do.
  return sql`SELECT 1 FROM jobs j JOIN queue q ON q.job_id = j.id WHERE ${ofHolder(holder)} AND j.deleted_at IS NULL
    UNION ALL SELECT 1 FROM jobs j JOIN queue q ON q.job_id = j.id WHERE j.version = ${sql.lit(draftVersion)} AND ${ofHolder(holder)}`;
}

async function countUpTo(session: Session, rows: RawBuilder<unknown>, most: number): Promise<number> {
  const query = sql<{ readonly count: number }>`SELECT count(*) AS count FROM (${rows} LIMIT ${most}) counted`;
  const [row] = await session.rows({ compile: () => query.compile(session.build) });
  return Number(row?.count ?? 0);
}

/** How much somebody holds, counted no further than `most`. */
export function heldBy(session: Session, kind: QuotaKind, holder: Holder, most: number): Promise<number> {
  return countUpTo(session, rowsOf(kind, holder), most);
}

/** How many runs wait in all, counted no further than `most`. */
export function waitingInAll(session: Session, most: number): Promise<number> {
  return countUpTo(session, sql`SELECT 1 FROM queue`, most);
}
