/**
 * Ended runs, counted. What was counted stands in few rows an hour; the events since are counted when somebody asks, and
 * both together are exact. Runs of drafts are nobody's statistics.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import { draftVersion } from '../../model/job.ts';
import type { Instant } from '../../model/instant.ts';
import type { RunState } from '../../model/run.ts';
import { endedKinds, isOfKind } from './event-kinds.ts';
import type { Session } from './session.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Stands where the day would, for all there ever were. */
const ever = -1;
/** An event younger than this may have an older one beside it whose transaction is still under way. */
const settledMs = 60_000;

const kinds = sql.join(endedKinds.map((kind) => sql.lit(kind)));
const ofJobs = sql<boolean>`e.job_id IS NOT NULL AND e.job_id NOT IN (SELECT id FROM jobs WHERE version = ${sql.lit(draftVersion)})`;
/** Ends of runs among events that are found by their number: no index by kind is to be preferred to that. */
const countsByNumber = sql<boolean>`(e.kind || '') IN (${kinds}) AND ${ofJobs}`;
const stateOf = sql<string>`substr(e.kind, 5)`;
const beginOf = (at: RawBuilder<unknown>, width: number): RawBuilder<number> =>
  sql`(${at} - ${at} % ${sql.lit(width)})`;

async function rowsOf<Row>(session: Session, query: RawBuilder<Row>): Promise<readonly Row[]> {
  return session.rows({ compile: () => query.compile(session.build) });
}

async function change(session: Session, query: RawBuilder<unknown>): Promise<void> {
  await session.change({ compile: () => query.compile(session.build) });
}

async function talliedTo(session: Session): Promise<number> {
  const [row] = await rowsOf(session, sql<{ value: number }>`SELECT value FROM counters WHERE name = 'tallied'`);
  return row?.value ?? 0;
}

/** How many events are newer than what was counted last, at most: numbers are drawn and not always used. */
export async function untallied(session: Session): Promise<number> {
  const rows = await rowsOf(
    session,
    sql<{
      count: number;
    }>`SELECT coalesce((SELECT max(id) FROM events), 0) - (SELECT value FROM counters WHERE name = 'tallied') AS count`,
  );
  return Math.max(0, rows[0]?.count ?? 0);
}

/**
 * Counts the next events, `limit` at most. Inside a transaction: its first statement has others of this kind wait.
 *
 * @returns how many were looked at
 */
export async function tallyEnded(session: Session, limit: number): Promise<number> {
  await change(session, sql`UPDATE counters SET value = value WHERE name = 'tallied'`);
  const from = await talliedTo(session);
  const next = await rowsOf(
    session,
    sql<{
      id: number;
      settled: number;
    }>`SELECT e.id AS id, CASE WHEN e.at <= now_ms() - ${sql.lit(settledMs)} THEN 1 ELSE 0 END AS settled
      FROM events e WHERE e.id > ${from} ORDER BY e.id LIMIT ${limit}`,
  );
  const young = next.findIndex(({ settled }) => settled === 0);
  const settled = young === -1 ? next : next.slice(0, young);
  const to = settled.at(-1)?.id;
  if (to === undefined) return 0;
  const span = sql<boolean>`e.id > ${from} AND e.id <= ${to} AND ${countsByNumber}`;
  await change(
    session,
    sql`INSERT INTO end_tallies (hour_at, state, count) SELECT ${beginOf(sql`e.at`, hourMs)}, ${stateOf}, count(*) FROM events e WHERE ${span} GROUP BY 1, 2
      ON CONFLICT (hour_at, state) DO UPDATE SET count = end_tallies.count + excluded.count`,
  );
  const columns = [
    [sql`0`, beginOf(sql`e.run_created_at`, hourMs)],
    [sql`e.job_id`, beginOf(sql`e.run_created_at`, dayMs)],
    [sql`e.job_id`, sql.lit(ever)],
  ] as const;
  for (const [job, begin] of columns) {
    await change(
      session,
      sql`INSERT INTO run_tallies (job_id, begin_at, state, count) SELECT ${job}, ${begin}, ${stateOf}, count(*) FROM events e
        WHERE ${span} AND e.run_created_at IS NOT NULL GROUP BY 1, 2, 3
        ON CONFLICT (job_id, begin_at, state) DO UPDATE SET count = run_tallies.count + excluded.count`,
    );
  }
  await change(session, sql`UPDATE counters SET value = ${to} WHERE name = 'tallied'`);
  return settled.length;
}

/** What is older than `before` is counted no more, but for what there ever was. */
export async function pruneTallies(session: Session, before: Instant): Promise<void> {
  const first = before - (before % dayMs);
  await change(session, sql`DELETE FROM end_tallies WHERE hour_at < ${first}`);
  await change(session, sql`DELETE FROM run_tallies WHERE begin_at < ${first} AND begin_at >= 0`);
}

/** Of a job that is gone for good. In the sums over all jobs its runs stay: they were. */
export async function forgetTallies(session: Session, jobId: Id): Promise<void> {
  await change(session, sql`DELETE FROM run_tallies WHERE job_id = ${jobId}`);
}

/**
 * Asks `query` with the last counted event, whose answer says which one that was in the same moment: when somebody counted
 * in between, it is asked again. The number is told and not looked up inside, so that a planner knows how little is left.
 */
async function atOneMoment<Row extends { readonly tallied: number }>(
  session: Session,
  query: (tallied: number) => RawBuilder<Row>,
): Promise<readonly Row[]> {
  let tallied = await talliedTo(session);
  for (;;) {
    const rows = await rowsOf(session, query(tallied));
    const [row] = rows;
    if (row === undefined || row.tallied === tallied) return rows;
    tallied = row.tallied;
  }
}

const lastTallied = sql<number>`(SELECT value FROM counters WHERE name = 'tallied')`;

/** Whether any run has ended at that instant or later. */
async function hasEndsSince(session: Session, at: Instant): Promise<boolean> {
  // The last of each: where many ended since then, PostgreSQL believed in finding one soon anywhere, and began with the oldest.
  const each = endedKinds.map(
    (kind) =>
      sql`EXISTS (SELECT 1 FROM (SELECT at FROM events WHERE ${isOfKind(kind)} AND at >= ${at} ORDER BY at DESC LIMIT 1) AS last)`,
  );
  const rows = await rowsOf(session, sql<{ n: number }>`SELECT 1 AS n WHERE ${sql.join(each, sql` OR `)}`);
  return rows.length > 0;
}

/** Ended runs by state, of the ends in [from, to). */
export async function endedBetween(
  session: Session,
  from: Instant,
  to: Instant,
): Promise<ReadonlyMap<RunState, number>> {
  const first = Math.ceil(from / hourMs) * hourMs;
  // Of an hour after whose part nothing has ended yet, what was counted is of that part: as a rule the present one.
  const last = ((await hasEndsSince(session, to)) ? Math.floor(to / hourMs) : Math.ceil(to / hourMs)) * hourMs;
  const loose = (begin: Instant, end: Instant): RawBuilder<unknown> =>
    sql.join(
      endedKinds.map(
        (kind) =>
          sql`SELECT ${stateOf} AS state, count(*) AS count FROM events e WHERE ${isOfKind(kind, 'e')} AND ${ofJobs}
            AND e.at >= ${begin} AND e.at < ${end} GROUP BY 1`,
      ),
      sql` UNION ALL `,
    );
  const parts = (tallied: number): readonly RawBuilder<unknown>[] =>
    // What is counted by the hour is counted of all jobs.
    first >= last || session.sight !== null
      ? [loose(from, to)]
      : [
          loose(from, first),
          ...(last < to ? [loose(last, to)] : []),
          sql`SELECT state, sum(count) FROM end_tallies WHERE hour_at >= ${first} AND hour_at < ${last} GROUP BY state`,
          sql`SELECT ${stateOf}, count(*) FROM events e WHERE e.id > ${tallied} AND ${countsByNumber} AND e.at >= ${first} AND e.at < ${Math.min(last, to)} GROUP BY 1`,
        ];
  const rows = await atOneMoment(
    session,
    (tallied) => sql<{
      state: string;
      count: number;
      tallied: number;
    }>`SELECT state, CAST(sum(count) AS bigint) AS count, ${lastTallied} AS tallied
      FROM (${sql.join(parts(tallied), sql` UNION ALL `)}) AS counted GROUP BY state`,
  );
  return new Map(rows.map(({ state, count }) => [state as RunState, count]));
}

/** Runs of each job that have ended, ever. */
export async function endedOf(session: Session, jobIds: readonly Id[]): Promise<ReadonlyMap<Id, number>> {
  if (jobIds.length === 0) return new Map();
  const some = sql.join([...jobIds]);
  const rows = await atOneMoment(
    session,
    (tallied) => sql<{
      job_id: number;
      count: number;
      tallied: number;
    }>`SELECT job_id, CAST(sum(count) AS bigint) AS count, ${lastTallied} AS tallied FROM (
      SELECT job_id, count FROM run_tallies WHERE job_id IN (${some}) AND begin_at = ${sql.lit(ever)}
      UNION ALL SELECT e.job_id, count(*) FROM events e WHERE e.job_id IN (${some}) AND e.id > ${tallied} AND e.kind IN (${kinds}) GROUP BY e.job_id
    ) AS counted GROUP BY job_id`,
  );
  return new Map(rows.map(({ job_id, count }) => [job_id, count]));
}

interface Begun {
  readonly jobId: Id;
  readonly at: Instant;
  readonly state: RunState;
  readonly count: number;
}

/**
 * Ended runs by the stretch of their creation and by state, of the stretches that begin in [from, to): of each of these jobs
 * by the day, or of all together by the hour; who does not see all gets those they see by the day, together too.
 */
export async function endedByBegin(
  session: Session,
  jobIds: readonly Id[] | null,
  { from, to }: { readonly from: Instant; readonly to: Instant },
): Promise<readonly Begun[]> {
  if (jobIds?.length === 0) return [];
  const isSeen = jobIds === null && session.sight !== null;
  const some = isSeen ? sql`SELECT job_id FROM seen_jobs` : sql.join([...(jobIds ?? [0])]);
  const isAll = jobIds === null && !isSeen;
  const [job, own] = isAll ? [sql`0`, sql`1 = 1`] : [sql`e.job_id`, sql`e.job_id IN (${some})`];
  const begin = beginOf(sql`e.run_created_at`, isAll ? hourMs : dayMs);
  const rows = await atOneMoment(
    session,
    (tallied) => sql<{
      job_id: number;
      begin_at: number;
      state: string;
      count: number;
      tallied: number;
    }>`SELECT job_id, begin_at, state,
        CAST(sum(count) AS bigint) AS count, ${lastTallied} AS tallied FROM (
      SELECT job_id, begin_at, state, count FROM run_tallies WHERE job_id IN (${some}) AND begin_at >= ${from} AND begin_at < ${to}
      UNION ALL SELECT ${job}, ${begin}, ${stateOf}, count(*) FROM events e WHERE ${own} AND e.id > ${tallied} AND ${countsByNumber}
        AND e.run_created_at >= ${from} AND e.run_created_at < ${to} GROUP BY 1, 2, 3
    ) AS counted GROUP BY job_id, begin_at, state`,
  );
  return rows.map((row) => ({
    jobId: isSeen ? 0 : row.job_id,
    at: row.begin_at,
    state: row.state as RunState,
    count: row.count,
  }));
}
