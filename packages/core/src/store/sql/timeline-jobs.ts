/** The jobs that a timeline is about. */
import { sql, type RawBuilder } from 'kysely';
import type { TimelineFilter, TimelineJob } from '../timeline-table.ts';
import { literally } from './job-list.ts';

/** What a filter asks of the table `jobs`, named `j`. */
export function conditions({ jobIds, tag, search }: TimelineFilter): RawBuilder<boolean>[] {
  const asked = [sql<boolean>`j.deleted_at IS NULL`];
  if (jobIds !== undefined) asked.push(sql<boolean>`j.id IN (${sql.join([...jobIds, -1])})`);
  if (tag !== undefined)
    asked.push(sql<boolean>`EXISTS (SELECT 1 FROM job_tags t WHERE t.tag = ${tag} AND t.job_id = j.id)`);
  if (search !== undefined) asked.push(sql<boolean>`j.sort_name LIKE ${literally(search)} ESCAPE '\\'`);
  return asked;
}

export interface JobColumns {
  readonly job_id: number;
  readonly job_created_at: number;
  readonly job_name: string;
}

export function jobOf(row: JobColumns): TimelineJob {
  return { id: row.job_id, createdAt: row.job_created_at, name: row.job_name };
}
