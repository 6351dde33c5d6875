import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { EventRow, EventTable, NewEvent } from '../event-table.ts';
import type { Page, PageRequest } from '../job-tables.ts';
import { decodeCursor, encodeCursor, toPage } from './cursor.ts';
import { isOfKind, isUnusual, usualKind } from './event-kinds.ts';
import { fewJobs, fewSeen, headsOf } from './seen-jobs.ts';
import { readObject } from './json.ts';
import type { EventTableRow } from './schema.ts';
import { first, runRows, type Session } from './session.ts';

/** Adds facts; their time is the database's. */
export async function appendEvents(session: Session, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    kind: event.kind,
    run_id: event.runId ?? null,
    run_created_at: event.runCreatedAt ?? null,
    job_id: event.jobId ?? null,
    job_created_at: event.jobCreatedAt ?? null,
    actor: event.actor ?? null,
    data: JSON.stringify(event.data ?? {}),
  }));
  await runRows(session, session.hot.appendEvents, rows);
}

function toEvent(row: Omit<EventTableRow, 'id'> & { readonly id: number }): EventRow {
  return {
    id: row.id,
    at: row.at,
    kind: row.kind,
    runId: row.run_id,
    runCreatedAt: row.run_created_at,
    jobId: row.job_id,
    jobCreatedAt: row.job_created_at,
    actor: row.actor,
    data: readObject(row.data, 'events.data'),
  };
}

/** The heads of what each condition lets through, merged. */
async function newestOf(
  session: Session,
  conditions: readonly RawBuilder<boolean>[],
  limit: number,
): Promise<readonly StoredEvent[]> {
  if (conditions.length === 0) return [];
  const heads = conditions.map(
    (where) => sql`SELECT * FROM (SELECT * FROM events WHERE ${where} ORDER BY id DESC LIMIT ${limit}) AS head`,
  );
  const query = sql<StoredEvent>`SELECT * FROM (${sql.join(heads, sql` UNION ALL `)}) AS heads ORDER BY id DESC LIMIT ${limit}`;
  return session.rows({ compile: () => query.compile(session.build) });
}

/** One for each kind: that of success is most of the table, and is met on the way through it. */
function eachKind(kinds: readonly string[], before: number | null): readonly RawBuilder<boolean>[] {
  const place = before === null ? sql`1 = 1` : sql`id < ${before}`;
  return [...new Set(kinds)].map((kind) => {
    const own = kind === usualKind ? sql`(kind || '') = ${kind}` : isOfKind(kind);
    return sql`${own} AND ${place}`;
  });
}

/** Of the log, what one page of a viewer who sees many jobs looks through at most. */
const mostLookedAt = 8000;

interface Asked {
  readonly where: RawBuilder<boolean>;
  /** The number that `where` ends below; null where it does not. */
  readonly before: number | null;
  /** One more than a page shows. */
  readonly want: number;
}

/** The heads of the jobs that are seen, and of what is about none, merged. */
async function newestOfJobs(session: Session, jobs: readonly Id[], { where, before, want }: Asked) {
  const order = sql`id DESC`;
  const within = { column: 'id', most: before === null ? undefined : before - 1 } as const;
  const heads = headsOf(session, jobs, { table: 'every_event', where, order, limit: want, within });
  const query = sql<StoredEvent>`SELECT * FROM (${heads} UNION ALL SELECT * FROM
    (SELECT * FROM events WHERE ${where} AND job_id IS NULL ORDER BY ${order} LIMIT ${want}) AS head) AS heads
    ORDER BY ${order} LIMIT ${want}`;
  return session.rows({ compile: () => query.compile(session.build) });
}

/** Of one job, which the caller may not see. */
async function newestOfJob(session: Session, { where, want }: Asked): Promise<readonly StoredEvent[]> {
  const query = sql<StoredEvent>`SELECT * FROM events WHERE ${where} ORDER BY id DESC LIMIT ${want}`;
  return session.rows({ compile: () => query.compile(session.build) });
}

/** The newest of a stretch of the log before `before`. */
async function newestOfStretch(session: Session, { where, before, want }: Asked) {
  const ends = sql<{
    readonly first: number | null;
    readonly last: number | null;
  }>`SELECT (SELECT min(id) FROM every_event) AS first,
    (SELECT max(id) FROM every_event) AS last`;
  const [end] = await session.rows({ compile: () => ends.compile(session.build) });
  const from = Math.min(before ?? Infinity, (end?.last ?? 0) + 1) - mostLookedAt;
  const stretch = sql<StoredEvent>`SELECT * FROM events WHERE ${where} AND id >= ${from} ORDER BY id DESC LIMIT ${want}`;
  const rows = await session.rows({ compile: () => stretch.compile(session.build) });
  return { rows, from, isAll: from <= (end?.first ?? 0) };
}

/** Newest first, as somebody sees them who does not see everything: job by job where they are few, and else in one stretch. */
async function listSeen(session: Session, filter: EventFilter, { limit, after }: PageRequest): Promise<Page<EventRow>> {
  const before = decodeCursor(after, [0])?.[0] ?? null;
  const asked = { where: whereOf(filter, before), before, want: limit + 1 };
  const page = (rows: readonly StoredEvent[]) => toPage(rows, limit, { key: (row) => [row.id], item: toEvent });
  if (filter.jobId !== undefined) return page(await newestOfJob(session, asked));
  const few = await fewSeen(session, fewJobs);
  if (few !== null) return page(await newestOfJobs(session, few, asked));
  const { rows, from, isAll } = await newestOfStretch(session, asked);
  const found = page(rows);
  return found.next === null && !isAll ? { ...found, next: encodeCursor([from]) } : found;
}

type EventFilter = Parameters<EventTable['list']>[0];

/** Successes and all other kinds have an index each: who asks for both in a span of time asks twice. */
function parted(filter: EventFilter): readonly EventFilter[] {
  const { kinds, from } = filter;
  if (from === undefined || kinds?.includes(usualKind) !== true || kinds.length === 1) return [filter];
  return [
    { ...filter, kinds: [usualKind] },
    { ...filter, kinds: kinds.filter((kind) => kind !== usualKind) },
  ];
}

/** What asks for kinds and nothing else. */
function kindsAlone({ kinds, jobId, runId, from, to }: EventFilter): readonly string[] | null {
  const others = [jobId, runId, from, to].some((value) => value !== undefined);
  return others || kinds === undefined ? null : kinds;
}

function isOneOf(kinds: readonly string[]): RawBuilder<boolean> {
  if (kinds.length === 1 && kinds[0] === usualKind) return isOfKind(usualKind);
  const isIn = sql<boolean>`kind IN (${sql.join([...kinds, ''])})`;
  return kinds.includes(usualKind) ? isIn : sql`${isIn} AND ${isUnusual}`;
}

function whereOf({ kinds, jobId, runId, from, to }: EventFilter, before: number | null): RawBuilder<boolean> {
  const all = [kinds === undefined ? sql<boolean>`1 = 1` : isOneOf(kinds)];
  if (jobId !== undefined) all.push(sql`job_id = ${jobId}`);
  if (runId !== undefined) all.push(sql`run_id = ${runId}`);
  if (from !== undefined) all.push(sql`at >= ${from}`);
  if (to !== undefined) all.push(sql`at < ${to}`);
  if (before !== null) all.push(sql`id < ${before}`);
  return sql`${sql.join(all, sql` AND `)}`;
}

type StoredEvent = Omit<EventTableRow, 'id'> & { readonly id: number };

export function eventTable(session: Session): EventTable {
  const { build } = session;
  const all = build.selectFrom('events').selectAll();
  return {
    append: (events) => appendEvents(session, events),
    async after(id, limit) {
      return (await session.rows(all.where('id', '>', id).orderBy('id').limit(limit))).map(toEvent);
    },
    async byIds(ids) {
      if (ids.length === 0) return [];
      return (await session.rows(all.where('id', 'in', [...ids]).orderBy('id'))).map(toEvent);
    },
    async latestId() {
      const row = await first(
        session,
        build.selectFrom('events').select((on) => on.fn.max('id').as('id')),
      );
      return row?.id ?? 0;
    },
    async list(filter, { limit, after }) {
      if (session.sight !== null) return listSeen(session, filter, { limit, after: after ?? null });
      const before = decodeCursor(after, [0])?.[0] ?? null;
      const kinds = kindsAlone(filter);
      const conditions = kinds === null ? parted(filter).map((part) => whereOf(part, before)) : eachKind(kinds, before);
      const rows = await newestOf(session, conditions, limit + 1);
      return toPage(rows, limit, { key: (row) => [row.id], item: toEvent });
    },
    removeOfJob(jobId, limit) {
      const some = build.selectFrom('events').select('id').where('job_id', '=', jobId).orderBy('id').limit(limit);
      return session.change(build.deleteFrom('events').where('id', 'in', some));
    },
    async prune(before, limit) {
      // One that a wrong clock dated ahead must not keep all the others.
      const told = build
        .selectFrom('events')
        .select(['id', 'at'])
        .where('at', '<=', sql<number>`now_ms()`);
      const oldest = told.orderBy('id').limit(limit);
      const rows = await session.rows(oldest);
      const young = rows.findIndex(({ at }) => at >= before);
      const last = rows[(young === -1 ? rows.length : young) - 1];
      if (last === undefined) return 0;
      const old = build.deleteFrom('events').where('id', '<=', sql<number>`${last.id}`);
      return session.change(old.where('at', '<', before));
    },
  };
}
