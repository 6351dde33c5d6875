import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { Gap, LedgerEntry, Occurrence, SkipReason } from '../../model/occurrence.ts';
import type { LedgerAge, LedgerFilter, LedgerTable } from '../ledger-table.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { isMissedRow, mayBeMissed } from './misses.ts';
import type { GapRow, OccurrenceRow } from './schema.ts';
import { first, runRows, type Session } from './session.ts';

function toOccurrence(row: OccurrenceRow): Occurrence {
  return {
    kind: 'occurrence',
    scheduleId: row.schedule_id,
    dueAt: row.due_at,
    revision: row.revision,
    runId: row.run_id,
    runCreatedAt: row.run_created_at,
    reason: row.reason as SkipReason | null,
    causeRunId: row.cause_run_id,
    causeCreatedAt: row.cause_created_at,
    decidedAt: row.decided_at,
  };
}

function toGap(row: GapRow): Gap {
  return {
    kind: 'gap',
    scheduleId: row.schedule_id,
    fromAt: row.from_at,
    toAt: row.to_at,
    count: row.count,
    reason: row.reason as SkipReason,
    decidedAt: row.decided_at,
  };
}

/** Where an entry stands in time; a gap at its end. */
function instantOf(entry: LedgerEntry): number {
  return entry.kind === 'gap' ? entry.toAt : entry.dueAt;
}

type Position = readonly [instant: number, scheduleId: number];

/**
 * The newest entries of some schedules before a position. Each schedule is read by its own key and the heads are merged:
 * one sorted query over all of them would read every row a job ever had. Gaps of a schedule do not overlap, so that the
 * order of their starts is the order of their ends.
 */
async function newestEntries(
  session: Session,
  scheduleIds: readonly Id[],
  {
    before,
    limit,
    filter = {},
  }: { readonly before: Position | null; readonly limit: number; readonly filter?: LedgerFilter },
): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (const id of scheduleIds.filter((each) => each === (filter.scheduleId ?? each))) {
    let { occurrences, gaps } = narrowed(session, id, filter);
    if (before !== null) {
      const sign = id < before[1] ? sql`<=` : sql`<`;
      occurrences = occurrences.where(sql<boolean>`due_at ${sign} ${before[0]}`);
      gaps = gaps.where(sql<boolean>`to_at ${sign} ${before[0]}`);
    }
    const newest = occurrences.orderBy('due_at', 'desc').limit(limit);
    entries.push(...(await session.rows(isOfSkips(filter) ? looked(session, id, newest) : newest)).map(toOccurrence));
    entries.push(...(await session.rows(gaps.orderBy('from_at', 'desc').limit(limit))).map(toGap));
  }
  return entries.sort((a, b) => instantOf(b) - instantOf(a) || b.scheduleId - a.scheduleId).slice(0, limit);
}

/** Of those that did not run: they are a few of many, and have an index of their own. */
const isOfSkips = ({ state, reasons }: LedgerFilter): boolean => state === 'skipped' || reasons !== undefined;

/** The same rows, found by that index alone before any of them is read. */
function looked({ build }: Session, id: Id, newest: ReturnType<typeof narrowed>['occurrences']) {
  const own = build.selectFrom('occurrences').selectAll().where('schedule_id', '=', id);
  return own.where('due_at', 'in', newest.clearSelect().select('due_at')).orderBy('due_at', 'desc');
}

/** Rows and gaps of one schedule that a filter lets through. */
function narrowed({ build }: Session, id: Id, { from, to, state, reasons }: LedgerFilter) {
  let occurrences = build.selectFrom('occurrences').selectAll().where('schedule_id', '=', id);
  let gaps = build.selectFrom('gaps').selectAll().where('schedule_id', '=', id);
  if (from !== undefined) {
    occurrences = occurrences.where('due_at', '>=', from);
    gaps = gaps.where('to_at', '>=', from);
  }
  if (to !== undefined) {
    occurrences = occurrences.where('due_at', '<=', to);
    gaps = gaps.where('from_at', '<=', to);
  }
  if (state === 'dispatched') gaps = gaps.where(sql<boolean>`1 = 0`);
  if (state !== undefined) occurrences = occurrences.where('reason', state === 'skipped' ? 'is not' : 'is', null);
  if (reasons !== undefined) {
    occurrences = occurrences.where('reason', 'is not', null).where('reason', 'in', [...reasons, '']);
    gaps = gaps.where('reason', 'in', [...reasons, '']);
  }
  return { occurrences, gaps };
}

/** The ledger, on either database. */
export function ledgerTable(session: Session): LedgerTable {
  const { build, hot } = session;
  /** Deletes by a range of the key: a planner that knows nothing of a table yet joined the rows to be deleted with all there are. */
  const oldest = (
    name: 'occurrences' | 'gaps',
    at: string,
    { id, most }: { readonly id: Id; readonly most: number },
  ) => {
    const [table, column] = [sql.table(name), sql.ref(at)];
    const query = sql`DELETE FROM ${table} WHERE schedule_id = ${id} AND ${column} <= (SELECT max(f.last_at) FROM
      (SELECT ${column} AS last_at FROM ${table} WHERE schedule_id = ${id} ORDER BY ${column} LIMIT ${most}) AS f)`;
    return { compile: () => query.compile(build) };
  };
  const everScheduled = build.selectFrom('schedule_jobs').select('schedule_id');
  return {
    async insert(occurrences) {
      if (occurrences.length === 0) return [];
      const rows = occurrences.map((row) => ({
        schedule_id: row.scheduleId,
        due_at: row.dueAt,
        revision: row.revision,
        run_id: row.runId,
        run_created_at: row.runCreatedAt,
        reason: row.reason,
        cause_run_id: row.causeRunId,
        cause_created_at: row.causeCreatedAt,
        decided_at: row.decidedAt,
      }));
      const fresh = await runRows<OccurrenceRow>(session, hot.insertOccurrences, rows);
      return fresh.map((row) => ({ scheduleId: row.schedule_id, dueAt: row.due_at }));
    },
    async insertGaps(gaps) {
      if (gaps.length === 0) return;
      const rows = gaps.map((gap) => ({
        schedule_id: gap.scheduleId,
        from_at: gap.fromAt,
        to_at: gap.toAt,
        count: gap.count,
        reason: gap.reason,
        decided_at: gap.decidedAt,
      }));
      await session.run(hot.insertGaps, { rows: JSON.stringify(rows) });
    },
    async ofJob(jobId, { limit, after }, filter = {}) {
      const before = decodeCursor<Position>(after, [0, 0]);
      const schedules = await session.rows(everScheduled.where('job_id', '=', jobId));
      const ids = schedules.map((row) => row.schedule_id);
      const entries = await newestEntries(session, ids, { before, limit: limit + 1, filter });
      return toPage(entries, limit, { key: (row) => [instantOf(row), row.scheduleId], item: (row) => row });
    },
    async at(scheduleIds, instant) {
      const found: LedgerEntry[] = [];
      for (const id of scheduleIds) {
        const row = build.selectFrom('occurrences').selectAll().where('schedule_id', '=', id);
        const gap = build.selectFrom('gaps').selectAll().where('schedule_id', '=', id).where('from_at', '<=', instant);
        found.push(...(await session.rows(row.where('due_at', '=', instant))).map(toOccurrence));
        const [last] = (await session.rows(gap.orderBy('from_at', 'desc').limit(1))).map(toGap);
        if (last !== undefined && last.toAt >= instant) found.push(last);
      }
      return found;
    },
    lastOfSchedules: (scheduleIds, limit) => newestEntries(session, scheduleIds, { before: null, limit }),
    async ahead(cursors) {
      const cursorOf = new Map(cursors.map(({ scheduleId, cursorAt }) => [scheduleId, cursorAt]));
      if (cursorOf.size === 0) return [];
      const heads = await session.run<{ schedule_id: number; row_at: number | null; gap_at: number | null }>(
        hot.ledgerHeads,
        { ids: JSON.stringify([...cursorOf.keys()]) },
      );
      const found: LedgerEntry[] = [];
      for (const { schedule_id: id, row_at, gap_at } of heads) {
        const after = cursorOf.get(id) ?? Infinity;
        if (Math.max(row_at ?? -1, gap_at ?? -1) <= after) continue;
        const rows = build.selectFrom('occurrences').selectAll().where('schedule_id', '=', id);
        const gaps = build.selectFrom('gaps').selectAll().where('schedule_id', '=', id);
        found.push(...(await session.rows(rows.where('due_at', '>', after))).map(toOccurrence));
        found.push(...(await session.rows(gaps.where('to_at', '>', after))).map(toGap));
      }
      return found.sort((a, b) => instantOf(a) - instantOf(b));
    },
    async withdraw(scheduleId, after) {
      const rows = build.deleteFrom('occurrences').where('schedule_id', '=', scheduleId).where('due_at', '>', after);
      await session.change(rows.where('run_id', 'is', null));
      await session.change(build.deleteFrom('gaps').where('schedule_id', '=', scheduleId).where('from_at', '>', after));
    },
    async shorten({ scheduleId, fromAt }, { toAt, count }) {
      const change =
        count === 0
          ? build.deleteFrom('gaps').where('schedule_id', '=', scheduleId).where('from_at', '=', fromAt)
          : build
              .updateTable('gaps')
              .set({ to_at: toAt, count })
              .where('schedule_id', '=', scheduleId)
              .where('from_at', '=', fromAt);
      await session.change(change);
    },
    async skippedSince(since, toleranceMs) {
      const counted = (missed: RawBuilder<boolean>, count: RawBuilder<number>) => [
        sql<number>`CAST(coalesce(sum(CASE WHEN ${missed} THEN ${count} ELSE 0 END), 0) AS bigint)`.as('missed'),
        sql<number>`CAST(coalesce(sum(${count}), 0) AS bigint)`.as('total'),
      ];
      const skips = build.selectFrom('occurrences').where('decided_at', '>=', since).where('reason', 'is not', null);
      const gaps = build.selectFrom('gaps').where('decided_at', '>=', since);
      const rows = [
        await first(session, skips.select(counted(isMissedRow(toleranceMs), sql`1`))),
        await first(session, gaps.select(counted(mayBeMissed, sql`count`))),
      ];
      const missed = rows.reduce((sum, row) => sum + (row?.missed ?? 0), 0);
      return { missed, otherwise: rows.reduce((sum, row) => sum + (row?.total ?? 0), 0) - missed };
    },
    async removeOfJob(jobId, limit) {
      let removed = 0;
      for (const { schedule_id: id } of await session.rows(everScheduled.where('job_id', '=', jobId))) {
        const left = limit - removed;
        if (left <= 0) break;
        removed += await session.change(oldest('occurrences', 'due_at', { id, most: left }));
        removed += await session.change(oldest('gaps', 'from_at', { id, most: left }));
      }
      return removed;
    },
    async prune(age, limit) {
      let removed = 0;
      for (const { id, before } of await ages(session, age)) {
        const { rows, gaps } = old(id, before);
        const some = build.selectFrom('occurrences').select('due_at').where(rows).orderBy('due_at').limit(limit);
        const due = build.deleteFrom('occurrences').where('schedule_id', '=', id).where('due_at', 'in', some);
        removed += await session.change(due);
        removed += await session.change(build.deleteFrom('gaps').where(gaps));
        if (removed >= limit) break;
      }
      return removed;
    },
    async prunable(age) {
      const total = { occurrences: 0, gaps: 0 };
      for (const { id, before } of await ages(session, age)) {
        const { rows, gaps } = old(id, before);
        const [row, gap] = [
          build
            .selectFrom('occurrences')
            .where(rows)
            .select((on) => on.fn.countAll<number>().as('count')),
          build
            .selectFrom('gaps')
            .where(gaps)
            .select((on) => on.fn.countAll<number>().as('count')),
        ];
        total.occurrences += (await first(session, row))?.count ?? 0;
        total.gaps += (await first(session, gap))?.count ?? 0;
      }
      return total;
    },
  };
}

/** What is older than `before`; a row decided later is kept, as nobody has had time to look at it. */
function old(id: Id, before: number) {
  return {
    rows: sql<boolean>`schedule_id = ${id} AND due_at < ${before} AND decided_at < ${before}`,
    gaps: sql<boolean>`schedule_id = ${id} AND from_at < ${before} AND decided_at < ${before}`,
  };
}

/**
 * How far the ledger may be taken away of each schedule that has anything so old: a job may catch up over longer than the
 * ledger is kept. Mostly there is none, and nothing has to be asked of each.
 */
async function ages(session: Session, { before, now }: LedgerAge): Promise<readonly { id: Id; before: number }[]> {
  const seconds =
    session.kind === 'sqlite'
      ? sql<number>`CAST(v.definition ->> '$.catchUp.windowSeconds' AS integer)`
      : sql<number>`CAST(v.definition -> 'catchUp' ->> 'windowSeconds' AS bigint)`;
  const known = session.build
    .selectFrom('schedule_jobs as s')
    .leftJoin('jobs as j', 'j.id', 's.job_id')
    .leftJoin('job_versions as v', (join) => join.onRef('v.job_id', '=', 'j.id').onRef('v.version', '=', 'j.version'))
    .where((on) =>
      on.or([
        on.exists(
          on
            .selectFrom('occurrences as o')
            .whereRef('o.schedule_id', '=', 's.schedule_id')
            .where('o.due_at', '<', before)
            .select('o.due_at'),
        ),
        on.exists(
          on
            .selectFrom('gaps as g')
            .whereRef('g.schedule_id', '=', 's.schedule_id')
            .where('g.from_at', '<', before)
            .select('g.from_at'),
        ),
      ]),
    )
    .select(['s.schedule_id', seconds.as('seconds')]);
  return (await session.rows(known)).map((row) => ({
    id: row.schedule_id,
    before: Math.min(before, now - Number(row.seconds ?? 0) * 1000),
  }));
}
