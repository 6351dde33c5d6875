import { sql, type RawBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { Millis } from '../../model/instant.ts';
import type { Trigger } from '../../model/run.ts';
import { expirySoonMs } from '../../model/secret.ts';
import type { MissedGroup } from '../../model/watch.ts';
import type { WatchTable } from '../watch-table.ts';
import { isUnusual } from './event-kinds.ts';
import { isMissedRow, mayBeMissed } from './misses.ts';
import { queuedRuns } from './live-rows.ts';
import { linesByPriority } from './queues.ts';
import { first, type Session } from './session.ts';

/** Whether there is a row, as 1 or null. */
const there = (from: RawBuilder<unknown>): RawBuilder<number | null> =>
  sql<number | null>`(SELECT 1 WHERE EXISTS (SELECT 1 FROM ${from}))`;

/** Those that could have started first, of all lines in turn: a long one that nobody serves hides none of another. */
async function longestWaiting(session: Session, forMs: Millis, most: number): Promise<readonly Id[]> {
  const since = sql`(SELECT now_ms() - ${sql.lit(forMs)})`;
  const head = sql`FROM queue q WHERE q.queue = k.id AND q.priority = p.priority AND q.available_at <= ${since}
    ORDER BY q.available_at, q.run_id LIMIT ${most}`;
  const heads =
    session.kind === 'postgres'
      ? sql`LATERAL (SELECT q.run_id, q.available_at ${head}) AS h`
      : sql`queue h ON h.run_id IN (SELECT q.run_id ${head})`;
  const query = sql<{ run_id: Id }>`SELECT run_id FROM (SELECT h.run_id, h.available_at,
      row_number() OVER (PARTITION BY k.id, p.priority ORDER BY h.available_at, h.run_id) AS nth FROM ${linesByPriority}
    CROSS JOIN ${heads}) AS heads ORDER BY nth, available_at, run_id LIMIT ${most}`;
  return (await session.rows({ compile: () => query.compile(session.build) })).map(({ run_id }) => run_id);
}

/** Facts for alerts, on either database. Where no index leads to the rows, the time is a SELECT of its own: else it is asked for each row. */
export function watchTable(session: Session): WatchTable {
  const { build } = session;
  const now = sql<number>`now_ms()`;
  return {
    async pulse({ waitingForMs, from, lookBackMs, kinds }) {
      const since = from === null ? sql`(SELECT now_ms() - ${sql.lit(lookBackMs)})` : sql`${from}`;
      const told = sql.join(kinds.map((kind) => sql.lit(kind)));
      const row = await first(
        session,
        build.selectNoFrom([
          now.as('now'),
          sql<number | null>`(SELECT max(beat_at) FROM schedulers)`.as('scheduler_beat'),
          sql<number | null>`(SELECT max(beat_at) FROM workers)`.as('worker_beat'),
          sql<number | null>`(SELECT min(plan_at) FROM schedules WHERE plan_at IS NOT NULL)`.as('plan'),
          there(sql`queue WHERE available_at <= (SELECT now_ms() - ${sql.lit(waitingForMs)})`).as('waiting'),
          there(sql`leases`).as('leases'),
          there(sql`occurrences WHERE reason IS NOT NULL AND decided_at >= ${since} AND ${mayBeMissed}`).as('skipped'),
          there(sql`gaps WHERE decided_at >= ${since} AND ${mayBeMissed}`).as('counted'),
          there(sql`events WHERE kind IN (${told}) AND ${isUnusual} AND at >= ${since}`).as('told'),
          there(sql`alerts WHERE resolved_at IS NULL`).as('open'),
          there(sql`secrets WHERE scope <> 'person' AND expires_at <= now_ms() + ${sql.lit(expirySoonMs)}`).as(
            'expiring',
          ),
        ]),
      );
      if (row === null) throw new Error('The database told no pulse.');
      return {
        now: row.now,
        schedulerBeatAt: row.scheduler_beat,
        workerBeatAt: row.worker_beat,
        earliestPlan: row.plan,
        waiting: row.waiting !== null,
        leases: row.leases !== null,
        missed: row.skipped !== null || row.counted !== null,
        told: row.told !== null,
        open: row.open !== null,
        expiring: row.expiring !== null,
      };
    },

    async waiting(forMs, most) {
      const ids = await longestWaiting(session, forMs, most);
      if (ids.length === 0) return [];
      const groups = await session.rows(
        queuedRuns(session)
          .where('q.run_id', 'in', ids)
          .groupBy(['q.job_id', 'r.trigger', sql`CASE WHEN q.attempt = 1 THEN 1 ELSE 0 END`])
          .select((on) => [on.fn.min('q.run_id').as('run_id'), on.fn.countAll<number>().as('count')]),
      );
      const counts = new Map(groups.map(({ run_id, count }) => [run_id, count]));
      const rows = await session.rows(
        queuedRuns(session)
          .where('q.run_id', 'in', [...counts.keys()])
          .orderBy('q.run_id')
          .select(['q.run_id', 'q.run_created_at', 'q.job_id', 'q.attempt', 'q.available_at', 'q.reason'])
          .select(['r.trigger', 'r.schedule_id', 'r.due_at']),
      );
      return rows.map((row) => ({
        jobId: row.job_id,
        trigger: row.trigger as Trigger,
        first: row.attempt === 1,
        count: counts.get(row.run_id) ?? 1,
        runId: row.run_id,
        runCreatedAt: row.run_created_at,
        scheduleId: row.schedule_id,
        dueAt: row.due_at,
        availableAt: row.available_at,
        reason: row.reason,
      }));
    },

    async missed(from, toleranceMs) {
      const rows = build
        .selectFrom('occurrences as o')
        .innerJoin('schedules as s', 's.id', 'o.schedule_id')
        .where('o.reason', 'is not', null)
        .where(isMissedRow(toleranceMs))
        .where('o.decided_at', '>=', from)
        .groupBy(['s.job_id', 'o.reason', 'o.decided_at'])
        .select((on) => [
          's.job_id',
          'o.reason',
          'o.decided_at',
          on.fn.min('o.due_at').as('from_at'),
          on.fn.max('o.due_at').as('to_at'),
          on.fn.countAll<number>().as('count'),
        ]);
      const gaps = build
        .selectFrom('gaps as g')
        .crossJoin('schedules as s')
        .whereRef('s.id', '=', 'g.schedule_id')
        .where(mayBeMissed)
        .where('g.decided_at', '>=', from)
        .select(['s.job_id', 'g.reason', 'g.decided_at', 'g.from_at', 'g.to_at', 'g.count']);
      return [...(await session.rows(rows)), ...(await session.rows(gaps))]
        .map((row) => ({
          jobId: row.job_id,
          reason: row.reason as MissedGroup['reason'],
          count: row.count,
          fromAt: row.from_at,
          toAt: row.to_at,
          decidedAt: row.decided_at,
        }))
        .toSorted((a, b) => a.decidedAt - b.decidedAt || a.jobId - b.jobId || a.fromAt - b.fromAt);
    },

    async successes(jobIds, since) {
      if (jobIds.length === 0) return [];
      const rows = await session.rows(
        build
          .selectFrom('runs')
          .where('job_id', 'in', [...jobIds])
          .where('created_at', '>=', since)
          .where('state', '=', 'succeeded')
          .groupBy('job_id')
          .select((on) => [
            'job_id',
            on.fn.max('created_at').as('created_at'),
            on.fn.max('due_at').as('due_at'),
            sql<number | null>`max(CASE WHEN trigger = 'backfill' THEN created_at END)`.as('backfilled_at'),
          ]),
      );
      return rows.map((row) => ({
        jobId: row.job_id,
        createdAt: row.created_at,
        dueAt: row.due_at,
        backfilledAt: row.backfilled_at,
      }));
    },
  };
}
