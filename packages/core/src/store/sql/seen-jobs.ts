import { sql } from 'kysely';
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
