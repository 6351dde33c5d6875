/**
 * Lists of runs, newest first. A page costs what it shows, however long the history is: it is found by an index, or it
 * looks through a bounded stretch of the record and says where to go on.
 */
import { sql, type RawBuilder } from 'kysely';
import { isFinal, type Run, type RunState } from '../../model/run.ts';
import type { Page, PageRequest } from '../job-tables.ts';
import type { RunFilter } from '../run-table.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { runsOf, type RunKey } from './run-view.ts';
import type { Session } from './session.ts';

/** Of the record, what one page looks through at most: in stretches, the first of them short. */
const mostLookedAt = 16_000;
const firstStretch = 1000;

type Position = readonly [createdAt: number, id: number];

/** A stretch of runs in the order of the list, of which some fit. */
interface Stretch {
  readonly fitting: readonly RunKey[];
  /** Where it ends; null where the record does. */
  readonly end: Position | null;
}

/** Which tables besides the record say that a run is in one of these states; null when only the record does. */
function narrowSources(states: readonly RunState[] | undefined) {
  if (states === undefined || states.includes('succeeded')) return null;
  const live: Readonly<Record<string, RawBuilder<boolean>>> = {
    starting: sql`phase IN ('claimed', 'starting')`,
    running: sql`phase = 'running'`,
  };
  const phases = states.flatMap((state) => live[state] ?? []);
  return {
    waiting: states.includes('queued'),
    phases,
    ended: states.filter(isFinal),
  };
}

/** Rows of the small tables that can be in the list: of each, no more than the page can need. */
async function narrowStretch(
  session: Session,
  sources: NonNullable<ReturnType<typeof narrowSources>>,
  { filter, before, limit }: { readonly filter: RunFilter; readonly before: Position | null; readonly limit: number },
): Promise<Stretch> {
  const conditions = [sql<boolean>`1 = 1`];
  if (filter.jobId !== undefined) conditions.push(sql`job_id = ${filter.jobId}`);
  if (filter.from !== undefined) conditions.push(sql`run_created_at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(sql`run_created_at < ${filter.to}`);
  if (before !== null) conditions.push(sql`(run_created_at, run_id) < (${before[0]}, ${before[1]})`);
  const where = sql.join(conditions, sql` AND `);
  const heads: RawBuilder<unknown>[] = [];
  const add = (table: RawBuilder<unknown>, own: RawBuilder<unknown>): void => {
    heads.push(sql`SELECT * FROM (SELECT run_id AS id, run_created_at AS created_at FROM ${table} WHERE ${own} AND ${where}
      ORDER BY run_created_at DESC, run_id DESC LIMIT ${limit}) AS head`);
  };
  if (sources.waiting) add(sql`queue`, sql`1 = 1`);
  if (sources.phases.length > 0) add(sql`leases`, sql`(${sql.join(sources.phases, sql` OR `)})`);
  for (const state of sources.ended) add(sql`unsuccessful`, sql`state = ${state}`);
  if (heads.length === 0) return { fitting: [], end: null };
  const all = sql<RunKey>`SELECT id, created_at FROM (${sql.join(heads, sql` UNION ALL `)}) AS heads ORDER BY created_at DESC, id DESC LIMIT ${limit}`;
  const found = await session.rows({ compile: () => all.compile(session.build) });
  const last = found.at(-1);
  return { fitting: found, end: found.length < limit || last === undefined ? null : [last.created_at, last.id] };
}

/** What the filter says of a row of the record, `s`, without reading the others that make a run. */
function fits({ states, triggers, reason, workerId }: RunFilter): RawBuilder<boolean> {
  const all = [sql<boolean>`1 = 1`];
  const inQueue = (more: RawBuilder<unknown>): RawBuilder<boolean> =>
    sql`EXISTS (SELECT 1 FROM queue q WHERE q.run_id = s.id AND ${more})`;
  const inLeases = (more: RawBuilder<unknown>): RawBuilder<boolean> =>
    sql`EXISTS (SELECT 1 FROM leases l WHERE l.run_id = s.id AND ${more})`;
  if (triggers !== undefined) all.push(sql`s.trigger IN (${sql.join([...triggers, ''])})`);
  if (states !== undefined) {
    const ended = sql<boolean>`s.state IN (${sql.join([...states.filter(isFinal), ''])})`;
    // Which of the others it is in, the view says.
    all.push(states.every(isFinal) ? ended : sql`(s.state IS NULL OR ${ended})`);
  }
  if (reason !== undefined)
    all.push(sql`(s.reason = ${reason} OR (s.state IS NULL AND ${inQueue(sql`q.reason = ${reason}`)}))`);
  if (workerId !== undefined)
    all.push(sql`(s.worker_id = ${workerId} OR (s.state IS NULL AND ${inLeases(sql`l.worker_id = ${workerId}`)}))`);
  return sql.join(all, sql` AND `);
}

/** The next `length` rows of the record. */
async function recordStretch(
  session: Session,
  {
    filter,
    before,
    length,
    limit,
  }: { readonly filter: RunFilter; readonly before: Position | null } & {
    readonly length: number;
    readonly limit: number;
  },
): Promise<Stretch> {
  const conditions = [sql<boolean>`1 = 1`];
  if (filter.jobId !== undefined) conditions.push(sql`job_id = ${filter.jobId}`);
  if (filter.from !== undefined) conditions.push(sql`created_at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(sql`created_at < ${filter.to}`);
  if (before !== null) {
    // A database may search an index by the first part alone.
    conditions.push(sql`created_at <= ${before[0]}`, sql`(created_at, id) < (${before[0]}, ${before[1]})`);
  }
  const stretch = sql<RunKey & { readonly fits: number }>`WITH looked AS MATERIALIZED (
    SELECT id, created_at, trigger, state, reason, worker_id FROM runs WHERE ${sql.join(conditions, sql` AND `)}
     ORDER BY created_at DESC, id DESC LIMIT ${length})
  SELECT * FROM (SELECT id, created_at, 1 AS fits FROM looked s WHERE ${fits(filter)} ORDER BY created_at DESC, id DESC LIMIT ${limit}) AS fitting
  UNION ALL SELECT * FROM (SELECT id, created_at, 0 AS fits FROM looked ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ${length - 1}) AS last`;
  const found = await session.rows({ compile: () => stretch.compile(session.build) });
  const last = found.find((row) => row.fits === 0);
  return {
    fitting: found.filter((row) => row.fits === 1).toSorted((a, b) => b.created_at - a.created_at || b.id - a.id),
    end: last === undefined ? null : [last.created_at, last.id],
  };
}

/** Whether the run, as it is now, belongs into the list: it may have changed since its key was read. */
function belongs(run: Run, { states, reason, workerId }: RunFilter): boolean {
  return (
    (states === undefined || states.includes(run.state)) &&
    (reason === undefined || run.reason === reason) &&
    (workerId === undefined || run.workerId === workerId)
  );
}

/** A page may be short, even empty, and have another one after it: then so much of the record was looked through. */
export async function listRuns(session: Session, filter: RunFilter, { limit, after }: PageRequest): Promise<Page<Run>> {
  const sources = narrowSources(filter.states);
  const isPlain = filter.triggers === undefined && filter.reason === undefined && filter.workerId === undefined;
  const everything = isPlain && filter.states === undefined;
  const items: Run[] = [];
  let before: Position | null = decodeCursor<Position>(after, [0, 0]);
  let lookedAt = 0;
  let length = everything || sources !== null ? limit + 1 : Math.max(limit + 1, firstStretch);
  for (;;) {
    const want = limit + 1 - items.length;
    const stretch: Stretch =
      sources === null
        ? await recordStretch(session, { filter, before, length, limit: want })
        : await narrowStretch(session, sources, { filter, before, limit: isPlain ? want : length });
    const runs = await runsOf(session, stretch.fitting);
    items.push(...runs.filter((run) => belongs(run, filter) && (filter.triggers?.includes(run.trigger) ?? true)));
    lookedAt += length;
    // Of those that fit, no more were read than wanted: the stretch goes on after the last of them.
    const isFull = stretch.fitting.length === want;
    const lastRead = stretch.fitting.at(-1);
    if (isFull && lastRead !== undefined) before = [lastRead.created_at, lastRead.id];
    else before = stretch.end;
    if (items.length > limit) break;
    if (before === null) return { items, next: null };
    if (lookedAt >= mostLookedAt) return { items, next: encodeCursor(before) };
    length = Math.min(length * 4, mostLookedAt - lookedAt, 8000);
  }
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: last === undefined ? null : encodeCursor([last.createdAt, last.id]) };
}
