/**
 * Lists of jobs: filters, orders and keyset paging. Each order has its index; what a filter asks beyond that is looked for
 * in bounded stretches, so that a page costs alike with a hundred jobs and with a million.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import { draftVersion, type Job } from '../../model/job.ts';
import { openBreakerOf } from '../../model/trouble.ts';
import { together } from '../../system/together.ts';
import type { ComingJob, JobFilter, JobSort, JobSummary, Page, PageRequest } from '../job-tables.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { summariesOf } from './job-summary.ts';
import { withJob } from './seen-jobs.ts';
import { selectJobs, toJob } from './job-view.ts';
import { schedulesOf } from './schedules.ts';
import type { Session } from './session.ts';

/** Jobs with nothing due come after all that have something. */
const never = Number.MAX_SAFE_INTEGER;
/** Of all jobs, what one page looks through at most. Whoever wants more goes on from there. */
const mostLookedAt = 8000;
/** The same of an answer after which nobody goes on. */
const mostLookedAtOnce = 20_000;
/** In one statement: of more, a database may think it better to read the whole table. */
const longestStretch = 4000;
/** A tag with no more jobs than these is read by its index; one with more is met often enough on the way. */
const fewOfTag = 5000;
/** The same of the jobs that somebody sees. */
const fewOfSeen = 1000;
/** Nobody needs to know more exactly how many jobs there are. */
const mostCounted = 10_000;

type Position = readonly [key: number | string, id: number];

interface Row {
  readonly id: number;
  readonly sort_key: number | string;
}

interface Stretch {
  readonly fitting: readonly Row[];
  /** Where it ends; null where the list does. */
  readonly end: Position | null;
}

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

const isListed = (filter: JobFilter): RawBuilder<boolean> =>
  filter.deleted === true ? sql`j.deleted_at IS NOT NULL` : sql`j.deleted_at IS NULL`;

/** What a filter asks of the table `jobs`, named `j`. */
function conditions(filter: JobFilter): RawBuilder<boolean>[] {
  const wanted = [isListed(filter)];
  if (filter.deleted === true) wanted.push(sql<boolean>`j.version > ${sql.lit(draftVersion)}`);
  const { search, type, tag, ownerId, source, active, scheduled, demo } = filter;
  if (search !== undefined) wanted.push(sql<boolean>`j.sort_name LIKE ${literally(search)} ESCAPE '\\'`);
  if (type !== undefined) wanted.push(sql<boolean>`j.type = ${type}`);
  if (tag !== undefined) {
    wanted.push(sql<boolean>`EXISTS (SELECT 1 FROM job_tags t WHERE t.tag = ${tag} AND t.job_id = j.id)`);
  }
  if (ownerId !== undefined) wanted.push(sql<boolean>`j.owner_id = ${ownerId}`);
  if (source !== undefined) wanted.push(sql<boolean>`j.source = ${source}`);
  if (active !== undefined) wanted.push(holds(sql<boolean>`j.active`, active));
  if (demo !== undefined) wanted.push(holds(sql<boolean>`j.demo`, demo));
  // A lookup for each row, and nothing that a planner could make a join of all schedules of.
  if (scheduled !== undefined)
    wanted.push(
      holds(sql<boolean>`((SELECT s.id FROM schedules s WHERE s.job_id = j.id LIMIT 1) IS NOT NULL)`, scheduled),
    );
  return wanted;
}

interface Order {
  readonly sort: JobSort;
  readonly descending: boolean;
}

interface StretchRequest extends Order {
  readonly filter: JobFilter;
  readonly before: Position | null;
  /** Rows looked through. */
  readonly length: number;
  /** Rows wanted. */
  readonly limit: number;
}

const all = (list: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql`${sql.join([sql`1 = 1`, ...list], sql` AND `)}`;

/** Rows beyond a position. A database may search an index by the first part alone, and then must be told that it can. */
function beyond(
  [key, id]: readonly [RawBuilder<unknown>, RawBuilder<unknown>],
  at: Position | null,
  descending: boolean,
) {
  if (at === null) return [];
  const [edge, past] = descending ? [sql`<=`, sql`<`] : [sql`>=`, sql`>`];
  return [sql<boolean>`${key} ${edge} ${at[0]}`, sql<boolean>`(${key}, ${id}) ${past} (${at[0]}, ${at[1]})`];
}

/** Of a job, what filters ask. */
const asked = sql`j.id AS id, j.sort_name, j.type, j.source, j.owner_id, j.active, j.demo, j.version, j.deleted_at`;

/** Looks through `length` rows of `walked` (with `id` and `sort_key`, in order) and answers the first that fit, as jobs `j`. */
async function lookThrough(
  session: Session,
  walked: RawBuilder<unknown>,
  { filter, descending, length, limit }: StretchRequest,
  {
    own = [],
    from = sql`looked j`,
  }: { readonly own?: readonly RawBuilder<boolean>[]; readonly from?: RawBuilder<unknown> },
): Promise<Stretch> {
  const order = descending ? sql`sort_key DESC, id DESC` : sql`sort_key, id`;
  const query = sql<Row & { readonly fits: number }>`WITH looked AS MATERIALIZED (${walked})
    SELECT * FROM (SELECT j.id AS id, sort_key, 1 AS fits FROM ${from} WHERE ${all([...conditions(filter), ...own])}
      ORDER BY ${order} LIMIT ${limit}) AS fitting
    UNION ALL SELECT * FROM (SELECT id, sort_key, 0 AS fits FROM looked ORDER BY ${order} LIMIT 1 OFFSET ${length - 1}) AS last`;
  const rows = await session.rows({ compile: () => query.compile(session.build) });
  const last = rows.find(({ fits }) => fits === 0);
  return {
    fitting: rows.filter(({ fits }) => fits === 1),
    end: last === undefined ? null : [last.sort_key, last.id],
  };
}

/** In the order of a column of `jobs`. */
function byColumn(session: Session, key: RawBuilder<unknown>, request: StretchRequest): Promise<Stretch> {
  const { filter, before, descending, length } = request;
  const direction = descending ? sql`DESC` : sql`ASC`;
  const where = all([isListed(filter), ...beyond([key, sql`j.id`], before, descending)]);
  const walked = sql`SELECT ${asked}, ${key} AS sort_key FROM jobs j WHERE ${where} ORDER BY ${key} ${direction}, j.id ${direction} LIMIT ${length}`;
  return lookThrough(session, walked, request, {});
}

/** By name, of the jobs of one tag: its index has their names in order. */
function byTag(session: Session, tag: string, request: StretchRequest): Promise<Stretch> {
  const { filter, before, descending, length } = request;
  const direction = descending ? sql`DESC` : sql`ASC`;
  const where = all([sql`t.tag = ${tag}`, ...beyond([sql`t.sort_name`, sql`t.job_id`], before, descending)]);
  const tagged = sql`SELECT t.job_id, t.sort_name AS tagged_name FROM job_tags t WHERE ${where}
    ORDER BY t.sort_name ${direction}, t.job_id ${direction} LIMIT ${length}`;
  const walked = sql`SELECT ${asked}, w.tagged_name AS sort_key FROM (${tagged}) AS w ${withJob(session, sql`w.job_id`)}`;
  const { tag: _, ...others } = filter;
  return lookThrough(session, walked, { ...request, filter: others }, {});
}

/** Schedules in the order of what is next; of a job's, the earliest stands for it. */
function byNext(session: Session, request: StretchRequest): Promise<Stretch> {
  const { before, descending, length } = request;
  const direction = descending ? sql`DESC` : sql`ASC`;
  // A lookup for each row, and nothing that a planner could make a join of all schedules of.
  const isFirst = sql<boolean>`(SELECT o.id FROM schedules o WHERE o.job_id = s.id AND o.active
    AND (o.next_due_at, o.id) < (s.sort_key, s.schedule_id) LIMIT 1) IS NULL`;
  const where = all([
    sql`n.next_due_at IS NOT NULL`,
    sql`n.active`,
    ...beyond([sql`n.next_due_at`, sql`n.job_id`], before, descending),
  ]);
  const walked = sql`SELECT n.job_id AS id, n.next_due_at AS sort_key, n.id AS schedule_id FROM schedules n WHERE ${where}
    ORDER BY n.next_due_at ${direction}, n.job_id ${direction} LIMIT ${length}`;
  return lookThrough(session, walked, request, { own: [isFirst], from: sql`looked s JOIN jobs j ON j.id = s.id` });
}

/** Jobs that have nothing due. */
function byNothing(session: Session, request: StretchRequest): Promise<Stretch> {
  const { filter, before, descending, length } = request;
  const direction = descending ? sql`DESC` : sql`ASC`;
  const edge = descending ? sql`<` : sql`>`;
  const where = all([isListed(filter), ...(before === null ? [] : [sql<boolean>`j.id ${edge} ${before[1]}`])]);
  const walked = sql`SELECT ${asked}, ${sql.lit(never)} AS sort_key FROM jobs j WHERE ${where} ORDER BY j.id ${direction} LIMIT ${length}`;
  const none = sql<boolean>`(SELECT n.id FROM schedules n WHERE n.job_id = j.id AND n.active AND n.next_due_at IS NOT NULL LIMIT 1) IS NULL`;
  return lookThrough(session, walked, request, { own: [none] });
}

/** Those with something due and those without are two walks, one after the other. */
async function inOrderOfNext(session: Session, request: StretchRequest): Promise<Stretch> {
  const { before, descending } = request;
  const inNothing = before === null ? descending : before[0] === never;
  const stretch = await (inNothing ? byNothing : byNext)(session, request);
  const isSecond = inNothing !== descending;
  if (stretch.end !== null || isSecond) return stretch;
  return { ...stretch, end: descending ? [never - 1, never] : [never, -1] };
}

/** Of few jobs, in any order, all at once. */
async function among(session: Session, few: RawBuilder<unknown>, request: StretchRequest): Promise<Stretch> {
  const { filter, sort, before, descending, limit } = request;
  const key = sortKeys[sort];
  const direction = descending ? sql`DESC` : sql`ASC`;
  const where = all([...conditions(filter), ...beyond([key, sql`j.id`], before, descending)]);
  const query = sql<Row>`SELECT j.id AS id, ${key} AS sort_key FROM (${few}) AS w ${withJob(session, sql`w.job_id`)}
    WHERE ${where} ORDER BY ${key} ${direction}, j.id ${direction} LIMIT ${limit}`;
  return { fitting: await session.rows({ compile: () => query.compile(session.build) }), end: null };
}

/** A page may be short, even empty, and have another one after it: then so many jobs were looked through. */
export async function listJobs(session: Session, asked: ListRequest): Promise<Page<JobSummary>> {
  const { items, next } = await walk(session, asked, mostLookedAt);
  return { items: await summariesOf(session, await jobsOf(session, items)), next };
}

/** Numbers only, by name. */
export async function listJobIds(session: Session, filter: JobFilter, page: PageRequest): Promise<Page<Id>> {
  const { items, next } = await walk(session, { filter, sort: 'name', descending: false, page }, mostLookedAtOnce);
  return { items: items.map(({ id }) => id), next };
}

type ListRequest = Order & { readonly filter: JobFilter; readonly page: PageRequest };

const cursorOf = (at: Position | null): string | null => (at === null ? null : encodeCursor(at));

function inOrder(session: Session, request: StretchRequest): Promise<Stretch> {
  const { sort, filter } = request;
  if (sort === 'next_due_at') return inOrderOfNext(session, request);
  if (sort === 'name' && filter.tag !== undefined) return byTag(session, filter.tag, request);
  return byColumn(session, sortKeys[sort], request);
}

/** The numbers of `jobs` when they are no more than `most`; null when there are more. */
async function fewIn(
  session: Session,
  jobs: RawBuilder<{ readonly job_id: number }>,
  most: number,
): Promise<RawBuilder<unknown> | null> {
  const count = sql<{ readonly count: number }>`SELECT count(*) AS count FROM (${jobs} LIMIT ${most + 1}) AS counted`;
  const [row] = await session.rows({ compile: () => count.compile(session.build) });
  return (row?.count ?? 0) > most ? null : jobs;
}

/** The jobs that can be in the list when they are few, by their tag or by who looks; null when there are more. */
async function fewOf(session: Session, { tag }: JobFilter, sort: JobSort): Promise<RawBuilder<unknown> | null> {
  // By name a tag has its own order.
  if (sort === 'name' && tag !== undefined && session.sight === null) return null;
  const tagged =
    tag === undefined ? null : await fewIn(session, sql`SELECT job_id FROM job_tags WHERE tag = ${tag}`, fewOfTag);
  if (tagged !== null || session.sight === null) return tagged;
  return fewIn(session, sql`SELECT job_id FROM seen_jobs`, fewOfSeen);
}

/** @param end where the walk stopped; null at the end of the list */
function pageOf(rows: readonly Row[], limit: number, end: Position | null): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next: Position | null = rows.length > limit && last !== undefined ? [last.sort_key, last.id] : end;
  return { items: shown, next: cursorOf(next) };
}

async function walk(
  session: Session,
  { filter, sort, descending, page }: ListRequest,
  most: number,
): Promise<Page<Row>> {
  const { limit } = page;
  const few = await fewOf(session, filter, sort);
  const rows: Row[] = [];
  let before = decodeCursor<Position>(page.after, [sort === 'name' ? '' : 0, 0]);
  let next: Position | null = null;
  let length = limit + 1;
  for (let lookedAt = 0; rows.length <= limit;) {
    const want = limit + 1 - rows.length;
    const request = { filter, sort, descending, before, length, limit: want };
    const stretch: Stretch = await (few === null ? inOrder(session, request) : among(session, few, request));
    rows.push(...stretch.fitting);
    lookedAt += length;
    next = stretch.end;
    if (next === null || rows.length > limit || lookedAt >= most) break;
    before = next;
    length = Math.min(Math.max(length * 4, 2000), longestStretch, most - lookedAt);
  }
  return pageOf(rows, limit, next);
}

async function jobsOf(session: Session, rows: readonly Row[]): Promise<readonly Job[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const found = new Map((await session.rows(selectJobs(session).where('j.id', 'in', ids))).map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id);
    return row === undefined ? [] : [toJob(row)];
  });
}

const soonest = {
  filter: { active: true, scheduled: true },
  sort: 'next_due_at',
  descending: false,
} as const;

export async function comingJobs(session: Session, limit: number): Promise<readonly ComingJob[]> {
  const { items } = await walk(session, { ...soonest, page: { limit } }, mostLookedAt);
  const ids = items.map(({ id }) => id);
  const [jobs, schedules] = await together([jobsOf(session, items), schedulesOf(session, ids)]);
  return jobs.flatMap((job) => {
    if (openBreakerOf(job) !== null) return [];
    const due = schedules.flatMap((schedule) => {
      const { jobId, active, nextDueAt: at } = schedule;
      return jobId === job.id && active && at !== null ? [{ job, schedule, at }] : [];
    });
    return due.toSorted((a, b) => a.at - b.at).slice(0, 1);
  });
}

/** No further than `mostCounted`. */
export async function countJobs(session: Session, filter: JobFilter): Promise<number> {
  const some = sql`SELECT 1 FROM jobs j WHERE ${all(conditions(filter))} LIMIT ${mostCounted}`;
  const count = sql<{ readonly count: number }>`SELECT count(*) AS count FROM (${some}) AS counted`;
  const [row] = await session.rows({ compile: () => count.compile(session.build) });
  return row?.count ?? 0;
}
