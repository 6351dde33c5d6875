/** Lists of jobs: filters, orders and keyset paging. */
import { sql, type RawBuilder } from 'kysely';
import { draftVersion } from '../../model/job.ts';
import type { JobFilter, JobSort, JobSummary, Page, PageRequest } from '../job-tables.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { summariesOf } from './job-summary.ts';
import { selectJobs, toJob } from './job-view.ts';
import type { Session } from './session.ts';

/** Jobs with nothing due come after all that have something. */
const never = Number.MAX_SAFE_INTEGER;

const sortKeys: Readonly<Record<JobSort, RawBuilder<number | string>>> = {
  created_at: sql<number>`j.created_at`,
  name: sql<string>`j.sort_name`,
  updated_at: sql<number>`j.updated_at`,
  next_due_at: sql<number>`coalesce((SELECT min(s.next_due_at) FROM schedules s WHERE s.job_id = j.id AND s.active AND j.breaker_opened_at IS NULL),
    ${sql.lit(never)})`,
};

/** A text for LIKE that is taken literally, with `\` as the escape. */
export function literally(part: string): string {
  return `%${part.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function holds(condition: RawBuilder<boolean>, wanted: boolean): RawBuilder<boolean> {
  return wanted ? condition : sql<boolean>`NOT ${condition}`;
}

/** What a filter asks of the table `jobs`, named `j`. */
function conditions(filter: JobFilter): RawBuilder<boolean>[] {
  const asked = [
    filter.deleted === true
      ? sql<boolean>`j.deleted_at IS NOT NULL AND j.version > ${sql.lit(draftVersion)}`
      : sql<boolean>`j.deleted_at IS NULL`,
  ];
  const { search, type, tag, ownerId, source, active, scheduled, demo } = filter;
  if (search !== undefined) asked.push(sql<boolean>`j.sort_name LIKE ${literally(search)} ESCAPE '\\'`);
  if (type !== undefined) asked.push(sql<boolean>`j.type = ${type}`);
  if (tag !== undefined) {
    asked.push(sql<boolean>`EXISTS (SELECT 1 FROM job_tags t WHERE t.tag = ${tag} AND t.job_id = j.id)`);
  }
  if (ownerId !== undefined) asked.push(sql<boolean>`j.owner_id = ${ownerId}`);
  if (source !== undefined) asked.push(sql<boolean>`j.source = ${source}`);
  if (active !== undefined) asked.push(holds(sql<boolean>`j.active`, active));
  if (demo !== undefined) asked.push(holds(sql<boolean>`j.demo`, demo));
  if (scheduled !== undefined)
    asked.push(holds(sql<boolean>`EXISTS (SELECT 1 FROM schedules s WHERE s.job_id = j.id)`, scheduled));
  return asked;
}

export async function listJobs(
  session: Session,
  asked: {
    readonly filter: JobFilter;
    readonly sort: JobSort;
    readonly descending: boolean;
    readonly page: PageRequest;
  },
): Promise<Page<JobSummary>> {
  const { filter, sort, descending, page } = asked;
  const sortKey = sortKeys[sort];
  const key = decodeCursor<readonly [number | string, number]>(page.after, [sort === 'name' ? '' : 0, 0]);
  let query = selectJobs(session).select(sortKey.as('sort_key'));
  for (const condition of conditions(filter)) query = query.where(condition);
  if (key !== null) {
    const beyond = descending ? sql`<` : sql`>`;
    query = query.where(sql<boolean>`(${sortKey}, j.id) ${beyond} (${key[0]}, ${key[1]})`);
  }
  const order = descending ? 'desc' : 'asc';
  const rows = await session.rows(
    query
      .orderBy(sortKey, order)
      .orderBy('j.id', order)
      .limit(page.limit + 1),
  );
  const { items, next } = toPage(rows, page.limit, { key: (row) => [row.sort_key, row.id], item: toJob });
  return { items: await summariesOf(session, items), next };
}

export async function countJobs(session: Session, filter: JobFilter): Promise<number> {
  let query = session.build.selectFrom('jobs as j').select((on) => on.fn.countAll<number>().as('count'));
  for (const condition of conditions(filter)) query = query.where(condition);
  return (await session.rows(query))[0]?.count ?? 0;
}
