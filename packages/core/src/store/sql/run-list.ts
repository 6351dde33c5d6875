/**
 * Lists of runs, newest first. A page costs what it shows, however long the history is: it is found by an index, or it
 * looks through a bounded stretch of the record and says where to go on.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import { isFinal, type Run, type RunState } from '../../model/run.ts';
import type { Page, PageRequest } from '../job-tables.ts';
import type { RunFilter } from '../run-table.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { runsOf, type RunKey } from './run-view.ts';
import { fewJobs, fewSeen, headsOf, type Within } from './seen-jobs.ts';
import type { Session } from './session.ts';

/** Of the record, what one page looks through at most: in stretches, the first of them short. */
const mostLookedAt = 8000;
const firstStretch = 1000;
const longestStretch = 4000;

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

/** What the small tables can say of a filter. */
function narrowWhere({ jobId, from, to }: RunFilter, before: Position | null): RawBuilder<unknown> {
  const conditions = [sql<boolean>`1 = 1`];
  if (jobId !== undefined) conditions.push(sql`job_id = ${jobId}`);
  if (from !== undefined) conditions.push(sql`run_created_at >= ${from}`);
  if (to !== undefined) conditions.push(sql`run_created_at < ${to}`);
  if (before !== null) conditions.push(sql`(run_created_at, run_id) < (${before[0]}, ${before[1]})`);
  return sql.join(conditions, sql` AND `);
}

/** Rows of the small tables that can be in the list: of each, no more than the page can need. */
async function narrowStretch(
  session: Session,
  sources: NonNullable<ReturnType<typeof narrowSources>>,
  { filter, before, limit }: { readonly filter: RunFilter; readonly before: Position | null; readonly limit: number },
): Promise<Stretch> {
  const where = narrowWhere(filter, before);
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

/** How the record is looked through: those of few jobs by the jobs, and else as it lies. */
interface Walked {
  /** Null for all jobs. */
  readonly few: readonly Id[] | null;
  /** Of all jobs, which rows one sees is asked of each row. */
  readonly isMixed: boolean;
}

/** What the filter says of a row of the record, `s`, without reading the others that make a run. */
function fits({ states, triggers, reason, workerId }: RunFilter, { isMixed }: Walked): RawBuilder<boolean> {
  const all = [isMixed ? sql<boolean>`s.job_id IN (SELECT job_id FROM seen_jobs)` : sql<boolean>`1 = 1`];
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

/** From the newest that may fit to the oldest. */
function withinOf({ from, to }: RunFilter, before: Position | null): Within {
  const ends = [to === undefined ? [] : to - 1, before === null ? [] : before[0]].flat();
  return { column: 'created_at', least: from, most: ends.length === 0 ? undefined : Math.min(...ends) };
}

/** The next `length` rows of the record. */
async function recordStretch(
  session: Session,
  {
    filter,
    before,
    length,
    limit,
    record,
  }: { readonly filter: RunFilter; readonly before: Position | null } & {
    readonly length: number;
    readonly limit: number;
    readonly record: Walked;
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
  const where = sql.join(conditions, sql` AND `);
  const newestFirst = sql`created_at DESC, id DESC`;
  const columns = sql`id, created_at, job_id, trigger, state, reason, worker_id`;
  const walked =
    record.few === null
      ? sql`SELECT ${columns} FROM ${record.isMixed ? sql`every_run` : sql`runs`} WHERE ${where} ORDER BY ${newestFirst} LIMIT ${length}`
      : sql`SELECT ${columns} FROM (${headsOf(session, record.few, { table: 'every_run', where, order: newestFirst, limit: length, within: withinOf(filter, before) })}) AS heads
        ORDER BY ${newestFirst} LIMIT ${length}`;
  const stretch = sql<RunKey & { readonly fits: number }>`WITH looked AS MATERIALIZED (
    ${walked})
  SELECT * FROM (SELECT id, created_at, 1 AS fits FROM looked s WHERE ${fits(filter, record)} ORDER BY created_at DESC, id DESC LIMIT ${limit}) AS fitting
  UNION ALL SELECT * FROM (SELECT id, created_at, 0 AS fits FROM looked ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ${length - 1}) AS last`;
  const found = await session.rows({ compile: () => stretch.compile(session.build) });
  const last = found.find((row) => row.fits === 0);
  return {
    fitting: found.filter((row) => row.fits === 1).toSorted((a, b) => b.created_at - a.created_at || b.id - a.id),
    end: last === undefined ? null : [last.created_at, last.id],
  };
}

/** Whether the run, as it is now, belongs into the list: it may have changed since its key was read. */
function belongs(run: Run, { states, triggers, reason, workerId }: RunFilter): boolean {
  return (
    (triggers === undefined || triggers.includes(run.trigger)) &&
    (states === undefined || states.includes(run.state)) &&
    (reason === undefined || run.reason === reason) &&
    (workerId === undefined || run.workerId === workerId)
  );
}

/** One stretch after the other, each in the way that the filter allows. */
class RunWalk {
  readonly #session: Session;
  readonly #filter: RunFilter;
  readonly #sources: ReturnType<typeof narrowSources>;
  readonly #record: Walked;
  /** Everything that is asked stands in the small tables. */
  readonly #isPlain: boolean;
  #length: number;
  #lookedAt = 0;

  constructor(session: Session, filter: RunFilter, limit: number, record: Walked) {
    this.#session = session;
    this.#record = record;
    this.#filter = filter;
    this.#sources = narrowSources(filter.states);
    this.#isPlain = [filter.triggers, filter.reason, filter.workerId].every((asked) => asked === undefined);
    const isSure = this.#sources !== null || (this.#isPlain && filter.states === undefined && !record.isMixed);
    this.#length = isSure ? limit + 1 : Math.max(limit + 1, firstStretch);
  }

  get isTired(): boolean {
    return this.#lookedAt >= mostLookedAt;
  }

  /** @returns what fits, and where the next stretch begins; null at the end */
  async next(
    before: Position | null,
    want: number,
  ): Promise<{ readonly runs: readonly Run[]; readonly at: Position | null }> {
    const [filter, length] = [this.#filter, this.#length];
    const stretch: Stretch =
      this.#sources === null
        ? await recordStretch(this.#session, { filter, before, length, limit: want, record: this.#record })
        : await narrowStretch(this.#session, this.#sources, { filter, before, limit: this.#isPlain ? want : length });
    const runs = await runsOf(this.#session, stretch.fitting);
    this.#lookedAt += length;
    this.#length = Math.min(length * 4, mostLookedAt - this.#lookedAt, longestStretch);
    // Of those that fit, no more were read than wanted: the next stretch begins after the last of them.
    const last = stretch.fitting.length === want ? stretch.fitting.at(-1) : undefined;
    return {
      runs: runs.filter((run) => belongs(run, filter)),
      at: last === undefined ? stretch.end : [last.created_at, last.id],
    };
  }
}

async function recordFor(session: Session, { jobId }: RunFilter): Promise<Walked> {
  if (session.sight === null || jobId !== undefined) return { few: null, isMixed: false };
  const few = await fewSeen(session, fewJobs);
  return { few, isMixed: few === null };
}

/** A page may be short, even empty, and have another one after it: then so much of the record was looked through. */
export async function listRuns(session: Session, filter: RunFilter, { limit, after }: PageRequest): Promise<Page<Run>> {
  const record = await recordFor(session, filter);
  if (record.few?.length === 0) return { items: [], next: null };
  const walk = new RunWalk(session, filter, limit, record);
  const items: Run[] = [];
  let at = decodeCursor<Position>(after, [0, 0]);
  do {
    const stretch = await walk.next(at, limit + 1 - items.length);
    items.push(...stretch.runs);
    at = stretch.at;
  } while (items.length <= limit && at !== null && !walk.isTired);
  if (items.length <= limit) return { items, next: at === null ? null : encodeCursor(at) };
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: last === undefined ? null : encodeCursor([last.createdAt, last.id]) };
}
