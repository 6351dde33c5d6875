/** Past and future over many jobs, on either database. */
import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { Millis } from '../../model/instant.ts';
import type { SkipReason } from '../../model/occurrence.ts';
import type { RunState, Trigger } from '../../model/run.ts';
import type {
  RunMark,
  SkipMark,
  TimelineCount,
  TimelineFilter,
  TimelineJob,
  TimelineSum,
  TimelineTable,
  TimeSpan,
} from '../timeline-table.ts';
import type { Page } from '../job-tables.ts';
import { inForceOf, rulesOf } from './in-force.ts';
import { listJobIds } from './job-list.ts';
import { timesOf } from './run-times.ts';
import { fewJobs, fewSeen, headsOf, withJob } from './seen-jobs.ts';
import { dayMs, endedByBegin, hourMs } from './tallies.ts';
import { conditions, jobOf, type JobColumns } from './timeline-jobs.ts';
import type { Session } from './session.ts';

/** How far before a span a run may have begun and still be drawn in it. */
const longestBackMs = 86_400_000;
const shortestBackMs = 3_600_000;

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

type RunMarkRow = JobColumns & {
  readonly id: number;
  readonly created_at: number;
  readonly trigger: string;
  readonly due_at: number | null;
  readonly state: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  /** It stands in the queue. */
  readonly waits: number | null;
  readonly phase: string | null;
  readonly lease_started_at: number | null;
};

function runMarkOf(row: RunMarkRow): RunMark {
  const lives = row.phase !== null;
  const state = row.waits !== null ? 'queued' : lives ? (row.phase === 'running' ? 'running' : 'starting') : row.state;
  return {
    id: row.id,
    createdAt: row.created_at,
    job: jobOf(row),
    trigger: row.trigger as Trigger,
    dueAt: row.due_at,
    state: (state ?? 'queued') as RunState,
    startedAt: lives ? row.lease_started_at : row.started_at,
    endedAt: row.ended_at,
  };
}

const newestFirst = sql`created_at DESC, id DESC`;

/** The newest runs that a span shows: `most` of all jobs, or of each of `few`. */
function headsIn(
  session: Session,
  few: readonly Id[] | null,
  { from, to }: TimeSpan,
  most: number,
): RawBuilder<unknown> {
  const least = from - Math.min(longestBackMs, Math.max(shortestBackMs, to - from));
  const where = sql`created_at >= ${least} AND created_at < ${to} AND (ended_at IS NULL OR ended_at >= ${from})`;
  const within = { column: 'created_at', least, most: to - 1 } as const;
  const table = session.sight === null ? 'runs' : 'every_run';
  return few === null
    ? sql`SELECT * FROM runs WHERE ${where} ORDER BY ${newestFirst} LIMIT ${most}`
    : headsOf(session, few, { table, where, order: newestFirst, limit: most, within });
}

/** The newest are taken before anything is joined to them, and then looked up one by one. */
async function runsOf(
  session: Session,
  { jobIds, ...words }: TimelineFilter,
  span: TimeSpan,
  limit: number,
): Promise<RunMark[] | null> {
  const few = jobIds ?? (await fewSeen(session, fewJobs));
  const heads = headsIn(session, few, span, limit + 1);
  // To look into each of many jobs takes longer than to read what is found there, and of jobs that somebody names who may not
  // see them not even the number is told.
  const isCounted = session.sight === null ? (few ?? []).length <= fewJobs : jobIds === undefined && few !== null;
  if (isCounted && (await countedOf(session, heads, limit + 1)) > limit) return null;
  // Who has ended stands in no queue, and most have.
  const query = sql<RunMarkRow>`SELECT mark.*, CASE WHEN mark.state IS NULL THEN (SELECT q.run_id FROM queue q WHERE q.run_id = mark.id) END AS waits,
      l.phase AS phase, l.started_at AS lease_started_at
    FROM (SELECT m.id AS id, m.created_at AS created_at, m.job_id AS job_id, m.trigger AS trigger, m.due_at AS due_at,
        m.state AS state, m.started_at AS started_at, m.ended_at AS ended_at, j.created_at AS job_created_at, j.name AS job_name
      FROM (${heads}) AS m ${withJob(session, sql`m.job_id`)} WHERE ${sql.join(conditions(words), sql` AND `)}
      ORDER BY m.created_at DESC, m.id DESC LIMIT ${limit + 1}) AS mark
    LEFT JOIN leases l ON l.run_id = mark.id ORDER BY mark.created_at DESC, mark.id DESC`;
  const rows = await session.rows({ compile: () => query.compile(session.build) });
  return rows.length > limit ? null : rows.map(runMarkOf);
}

async function countedOf(session: Session, rows: RawBuilder<unknown>, most: number): Promise<number> {
  const query = sql<{
    readonly count: number;
  }>`SELECT count(*) AS count FROM (SELECT 1 FROM (${rows}) AS m LIMIT ${most}) AS counted`;
  const [row] = await session.rows({ compile: () => query.compile(session.build) });
  return row?.count ?? 0;
}

async function busyOf(
  session: Session,
  { jobIds, ...words }: TimelineFilter,
  span: TimeSpan,
  limit: number,
): Promise<TimelineJob[]> {
  const few = jobIds ?? (await fewSeen(session, fewJobs));
  const heads = headsIn(session, few, span, few === null ? limit : 1);
  const query = sql<JobColumns>`SELECT j.id AS job_id, j.created_at AS job_created_at, j.name AS job_name
    FROM (SELECT DISTINCT m.job_id AS job_id FROM (${heads}) AS m) AS d ${withJob(session, sql`d.job_id`)}
    WHERE ${sql.join(conditions(words), sql` AND `)}`;
  return (await session.rows({ compile: () => query.compile(session.build) })).map(jobOf);
}

type SkipRow = JobColumns & {
  readonly from_at: number;
  readonly to_at: number;
  readonly count: number;
  readonly reason: string;
};

/** What skipped instants `e` of many jobs are joined to, one by one: the order they come in is that of the answer. */
function ownersOf(session: Session): RawBuilder<unknown> {
  const owner =
    session.kind === 'sqlite'
      ? sql`CROSS JOIN schedule_jobs h ON h.schedule_id = e.schedule_id`
      : sql`CROSS JOIN LATERAL (SELECT job_id FROM schedule_jobs WHERE schedule_id = e.schedule_id OFFSET 0) AS h`;
  return sql`${owner} ${withJob(session, sql`h.job_id`)}`;
}

/** By the instant where many jobs are looked at, by the job where few are: each has its index, and the order of joining is ours. */
async function skipsOf(
  session: Session,
  filter: TimelineFilter,
  { from, to }: TimeSpan,
  limit: number,
): Promise<SkipMark[]> {
  const row = [sql`occurrences`, sql`e.due_at`, sql`e.due_at`, sql`1`, sql`e.reason IS NOT NULL`] as const;
  const gap = [sql`gaps`, sql`e.from_at`, sql`e.to_at`, sql`e.count`, sql`1 = 1`] as const;
  const queries = [row, gap].map(([table, begin, end, count, skipped]) => {
    const joined =
      filter.jobIds === undefined
        ? sql`${table} e ${ownersOf(session)} WHERE 1 = 1`
        : sql`jobs j CROSS JOIN schedule_jobs h CROSS JOIN ${table} e WHERE h.job_id = j.id AND e.schedule_id = h.schedule_id`;
    return sql<SkipRow>`SELECT j.id AS job_id, j.created_at AS job_created_at, j.name AS job_name, ${begin} AS from_at, ${end} AS to_at,
        ${count} AS count, e.reason AS reason FROM ${joined}
      AND ${end} >= ${from} AND ${begin} < ${to} AND ${skipped} AND ${sql.join(conditions(filter), sql` AND `)}
      ORDER BY ${end} DESC LIMIT ${limit}`;
  });
  const found = await Promise.all(
    queries.map((query) => session.rows({ compile: () => query.compile(session.build) })),
  );
  const marks = found.flat().map((each) => ({
    job: jobOf(each),
    from: each.from_at,
    to: each.to_at,
    count: each.count,
    reason: each.reason as SkipReason,
  }));
  return marks.sort((a, b) => b.to - a.to).slice(0, limit);
}

/** A gap counts where it ends. */
async function skipCounts(
  session: Session,
  filter: TimelineFilter,
  { from, to }: TimeSpan,
  widthMs: Millis,
): Promise<TimelineCount[]> {
  const counts: TimelineCount[] = [];
  const one = [sql`occurrences`, sql`e.due_at`, sql`count(*)`, sql`e.reason IS NOT NULL`] as const;
  const many = [sql`gaps`, sql`e.to_at`, sql`CAST(sum(e.count) AS bigint)`, sql`true`] as const;
  for (const [table, at, count, skipped] of [one, many]) {
    const width = sql.lit(widthMs);
    const stretch = sql<number>`${sql.lit(from)} + ((${at} - ${sql.lit(from)}) / ${width}) * ${width}`;
    let query = session.build
      .selectFrom('jobs as j')
      .innerJoin('schedule_jobs as h', 'h.job_id', 'j.id')
      .innerJoin(sql<{ schedule_id: number }>`${table}`.as('e'), 'e.schedule_id', 'h.schedule_id')
      .select(['j.id as job_id', 'j.created_at as job_created_at', 'j.name as job_name'])
      .select([stretch.as('at'), sql<number>`${count}`.as('count')])
      .where(sql<boolean>`${at} >= ${from} AND ${at} < ${to} AND ${skipped}`);
    for (const condition of conditions(filter)) query = query.where(condition);
    for (const row of await session.rows(query.groupBy(['j.id', 'j.created_at', 'j.name', 'at'])))
      counts.push({ job: jobOf(row), at: row.at, state: 'skipped', count: row.count });
  }
  return counts;
}

/** Of how many successes the length in the middle is the usual one. */
const timed = 20;

async function usualOf(session: Session, jobIds: readonly Id[]): Promise<ReadonlyMap<Id, Millis>> {
  const usual = new Map<Id, Millis>();
  for (const [id, times] of await timesOf(session, jobIds, timed)) {
    const median = medianOf(times);
    if (median !== null) usual.set(id, median);
  }
  return usual;
}

/** The sums of what was skipped, by the instants. */
async function skipSums(
  session: Session,
  jobIds: readonly Id[] | null,
  { from, to }: TimeSpan,
  widthMs: Millis,
): Promise<TimelineSum[]> {
  const sums: TimelineSum[] = [];
  const one = [sql`occurrences`, sql`e.due_at`, sql`count(*)`, sql`e.reason IS NOT NULL`] as const;
  const many = [sql`gaps`, sql`e.to_at`, sql`sum(e.count)`, sql`1 = 1`] as const;
  for (const [table, at, count, skipped] of [one, many]) {
    const width = sql.lit(widthMs);
    const stretch = sql`${sql.lit(from)} + ((${at} - ${sql.lit(from)}) / ${width}) * ${width}`;
    const where = sql`${at} >= ${from} AND ${at} < ${to} AND ${skipped}`;
    const query =
      jobIds === null
        ? sql<SumRow>`SELECT 0 AS job_id, ${stretch} AS at, CAST(${count} AS bigint) AS count FROM ${table} e WHERE ${where} GROUP BY 2`
        : sql<SumRow>`SELECT h.job_id AS job_id, ${stretch} AS at, CAST(${count} AS bigint) AS count FROM schedule_jobs h
            JOIN ${table} e ON e.schedule_id = h.schedule_id WHERE h.job_id IN (${sql.join([...jobIds, -1])}) AND ${where} GROUP BY 1, 2`;
    for (const row of await session.rows({ compile: () => query.compile(session.build) }))
      sums.push({ jobId: row.job_id, at: row.at, state: 'skipped', count: row.count });
  }
  return sums;
}

interface SumRow {
  readonly job_id: number;
  readonly at: number;
  readonly count: number;
}

/** Runs of the record, one by one: for stretches of time that are short. */
async function looseSums(session: Session, jobIds: readonly Id[] | null, { from, to }: TimeSpan): Promise<Loose[]> {
  if (to <= from) return [];
  const own = jobIds === null ? sql`1 = 1` : sql`job_id IN (${sql.join([...jobIds, -1])})`;
  const job = jobIds === null ? sql`0` : sql`job_id`;
  const hour = sql.lit(hourMs);
  const query = sql<
    SumRow & { readonly state: string }
  >`SELECT ${job} AS job_id, created_at - created_at % ${hour} AS at, coalesce(state, 'running') AS state,
    count(*) AS count FROM runs WHERE ${own} AND created_at >= ${from} AND created_at < ${to} GROUP BY 1, 2, 3`;
  const rows = await session.rows({ compile: () => query.compile(session.build) });
  return rows.map((row) => ({
    jobId: row.job_id,
    at: Math.max(from, row.at),
    state: row.state as RunState,
    count: row.count,
  }));
}

type Loose = TimelineSum & { readonly state: RunState };

/** Runs that have not ended are in no count yet; they stand in two small tables. */
async function liveSums(
  session: Session,
  jobIds: readonly Id[] | null,
  { from, to }: TimeSpan,
  widthMs: Millis,
): Promise<Loose[]> {
  const own = jobIds === null ? sql`1 = 1` : sql`job_id IN (${sql.join([...jobIds, -1])})`;
  const job = jobIds === null ? sql`0` : sql`job_id`;
  const width = sql.lit(widthMs);
  const of = (
    table: string,
  ) => sql`SELECT ${job} AS job_id, run_created_at - run_created_at % ${width} AS at, count(*) AS count FROM ${sql.table(table)}
    WHERE ${own} AND run_created_at >= ${from} AND run_created_at < ${to} GROUP BY 1, 2`;
  const query = sql<SumRow>`${of('queue')} UNION ALL ${of('leases')}`;
  const rows = await session.rows({ compile: () => query.compile(session.build) });
  return rows.map((row) => ({ jobId: row.job_id, at: row.at, state: 'running', count: row.count }));
}

async function sumsOf(
  session: Session,
  jobIds: readonly Id[] | null,
  span: TimeSpan,
  widthMs: Millis,
): Promise<TimelineSum[]> {
  const unit = jobIds === null && session.sight === null ? hourMs : dayMs;
  const whole = { from: Math.ceil(span.from / unit) * unit, to: Math.floor(span.to / unit) * unit };
  const isShort = whole.to <= whole.from;
  const parts = isShort
    ? [looseSums(session, jobIds, span)]
    : [
        looseSums(session, jobIds, { from: span.from, to: whole.from }),
        endedByBegin(session, jobIds, whole),
        liveSums(session, jobIds, whole, unit),
        looseSums(session, jobIds, { from: whole.to, to: span.to }),
      ];
  const [skips, ...counted] = await Promise.all([skipSums(session, jobIds, span, widthMs), ...parts]);
  const stretch = (at: number): number => span.from + Math.floor((at - span.from) / widthMs) * widthMs;
  return [...counted.flat().map((sum) => ({ ...sum, at: stretch(sum.at) })), ...skips];
}

export function timelineTable(session: Session): TimelineTable {
  const { build } = session;
  return {
    inForce: (filter, limit) => inForceOf(session, filter, limit),
    rulesInForce: (filter, limit) => rulesOf(session, filter, limit),

    async matching({ tag, search, jobIds }, limit) {
      const found: Id[] = [];
      let after: string | null = null;
      const filter = { ...(tag === undefined ? {} : { tag }), ...(search === undefined ? {} : { search }) };
      do {
        const page: Page<Id> = await listJobIds(session, filter, { limit: limit - found.length, after });
        found.push(...page.items.filter((id) => jobIds?.includes(id) ?? true));
        after = page.items.length === 0 ? null : page.next;
      } while (after !== null && found.length < limit);
      return found;
    },

    runs: (filter, span, limit) => runsOf(session, filter, span, limit),
    busy: (filter, span, limit) => busyOf(session, filter, span, limit),

    skips: (filter, span, limit) => skipsOf(session, filter, span, limit),

    async counts(filter, { from, to }, widthMs) {
      const width = sql.lit(widthMs);
      const stretch = sql<number>`${sql.lit(from)} + ((r.created_at - ${sql.lit(from)}) / ${width}) * ${width}`;
      let query = build
        .selectFrom('runs as r')
        .innerJoin('jobs as j', 'j.id', 'r.job_id')
        .select(['r.job_id', 'j.created_at as job_created_at', 'j.name as job_name'])
        .select([stretch.as('at'), sql<string>`coalesce(r.state, 'running')`.as('state')])
        .select((on) => on.fn.countAll<number>().as('count'))
        .where('r.created_at', '>=', from)
        .where('r.created_at', '<', to);
      for (const condition of conditions(filter)) query = query.where(condition);
      const [rows, skips] = await Promise.all([
        session.rows(query.groupBy(['r.job_id', 'j.created_at', 'j.name', 'at', 'state'])),
        skipCounts(session, filter, { from, to }, widthMs),
      ]);
      const runs = rows.map((row) => ({ job: jobOf(row), at: row.at, state: row.state as RunState, count: row.count }));
      return [...runs, ...skips];
    },

    sums: (jobIds, span, widthMs) => sumsOf(session, jobIds, span, widthMs),
    usual: (jobIds) => usualOf(session, jobIds),
  };
}
