/** What both databases do alike around the hot tables: renewing, loading, and looking for what was left behind. */
import { sql, type AliasedRawBuilder } from 'kysely';
import type { Millis } from '../../model/instant.ts';
import type { LeasePhase, Trigger } from '../../model/run.ts';
import type { Claim, DispatchTable, Held, Holder, Lease, Work } from '../dispatch-table.ts';
import type { Reference } from '../../model/id.ts';
import type { Ending } from './chains.ts';
import { placeRuns } from './queue-places.ts';
import { everyLine } from './queues.ts';
import { truth, type LeaseRow } from './schema.ts';
import { queuedRuns } from './live-rows.ts';
import { first, type Session } from './session.ts';
import type { Statement } from './statement.ts';
import { learn, loadWork, workOf, type Definitions, type WorkFacts } from './work.ts';

/** The transactions whose text differs between the databases. */
export interface HotDispatch extends Pick<DispatchTable, 'intend' | 'markRunning' | 'finish' | 'release'> {
  readonly claim: (request: Parameters<DispatchTable['claim']>[0]) => Promise<readonly ClaimRow[]>;
  /** In how long whoever has just claimed nothing should look again, as not everything was looked at; null when it was. Default: always null. */
  readonly lookAgainIn?: () => Millis | null;
}

/** `[{run_id, fence}]`, as the statements expect it. */
export function heldRows(held: readonly Held[]): string {
  return JSON.stringify(held.map(({ runId, fence }) => ({ run_id: runId, fence })));
}

/** What lies further ahead than this came by a clock that has gone back since. */
const aheadMs = 5000;
/** What waits for one of these waits for an instant that its rule names, whatever the clock was. */
const closedMoments: readonly (string | null)[] = ['blackout', 'holiday', 'active_hours', 'maintenance'];

interface AheadRow {
  readonly run_created_at: number;
  readonly available_at: number;
  readonly reason: string | null;
  readonly ended_at: number | null;
  readonly now: number;
}

/** From when a waiting run can be claimed after the clock went back; null leaves it as it is. */
function broughtForward({ now, reason, ...row }: AheadRow, told: number | null): number | null {
  if (closedMoments.includes(reason)) return null;
  const queuedAt = Math.max(row.run_created_at, row.ended_at ?? 0);
  if (queuedAt > now + aheadMs) return now + Math.max(0, row.available_at - queuedAt);
  return told !== null && row.available_at <= told ? now : null;
}

/** The index has the runs of each line by their time: of each, the first one ahead. Who rests asks for it each time. */
const earliestAhead: Statement = {
  name: 'earliest_ahead',
  text: `SELECT min(at) AS at, now_ms() AS now FROM (
  SELECT (SELECT q.available_at FROM queue q WHERE q.queue = k.id AND q.priority = p.priority AND q.available_at > (SELECT now_ms())
    ORDER BY q.available_at LIMIT 1) AS at
  FROM ${everyLine}) AS heads`,
};

interface HeldRow {
  readonly run_id: number;
  readonly fence: number;
  readonly cancel_requested_at: number | null;
  readonly cancel_reason: string | null;
}

/** The leases of a worker as JSON, for a statement that says something else as well: a beat is one and no more. */
function heldNow(session: Session, { workerId, incarnation }: Holder): AliasedRawBuilder<string, 'held'> {
  const columns = sql`'run_id', l.run_id, 'fence', l.fence, 'cancel_requested_at', r.cancel_requested_at, 'cancel_reason', r.cancel_reason`;
  const all =
    session.kind === 'sqlite'
      ? sql`json_group_array(json_object(${columns}))`
      : sql`CAST(coalesce(json_agg(json_build_object(${columns})), '[]') AS text)`;
  return sql<string>`(SELECT ${all} FROM leases l CROSS JOIN runs r WHERE r.id = l.run_id AND r.created_at = l.run_created_at
    AND l.worker_id = ${workerId} AND l.incarnation = ${incarnation})`.as('held');
}

/** What a claim's statement answers: of a direct run its record, too, where the same statement can read it. */
export interface ClaimRow extends Partial<WorkFacts> {
  readonly run_id: number;
  readonly run_created_at: number;
  readonly job_id: number;
  readonly attempt: number;
  readonly fence: number;
  readonly on_lost: number;
  readonly available_at: number;
  readonly direct: boolean | 0 | 1;
}

function toClaim(row: Omit<ClaimRow, 'available_at'>, work: Work | null = null): Claim {
  return {
    runId: row.run_id,
    runCreatedAt: row.run_created_at,
    jobId: row.job_id,
    attempt: row.attempt,
    fence: row.fence,
    onLost: row.on_lost === 1 ? 'rerun' : 'fail',
    direct: truth(row.direct),
    work,
  };
}

export function toLease(row: LeaseRow): Lease {
  return {
    ...toClaim(row),
    workerId: row.worker_id,
    incarnation: row.incarnation,
    phase: row.phase as LeasePhase,
    claimedAt: row.claimed_at,
    startedAt: row.started_at,
  };
}

/** Claimed rows in the order in which they were to be claimed. */
export function inLine(rows: readonly ClaimRow[]): readonly ClaimRow[] {
  return rows.toSorted((a, b) => a.available_at - b.available_at || a.run_id - b.run_id);
}

/** Of a direct run that has its record with it. */
const hasRecord = (row: ClaimRow): row is ClaimRow & WorkFacts =>
  truth(row.direct) && typeof row.job_version === 'number';
const wantsRecord = (row: ClaimRow): boolean => truth(row.direct) && row.job_version === undefined;

/** Claims with what the direct ones begin with: as their own rows tell, or read here. */
async function claimsOf(
  session: Session,
  definitions: Definitions,
  rows: readonly ClaimRow[],
): Promise<readonly Claim[]> {
  const told = rows.filter(hasRecord);
  if (told.length > 0) await learn(session, definitions, told);
  const untold = rows.filter(wantsRecord).map(referenceOf);
  const read = new Map((await loadWork(session, definitions, untold)).map((work) => [work.run.id, work]));
  return rows.map((row) =>
    toClaim(row, hasRecord(row) ? workOf(definitions, row, referenceOf(row)) : (read.get(row.run_id) ?? null)),
  );
}

const referenceOf = ({ run_id: id, run_created_at: createdAt }: ClaimRow): Reference => ({ id, createdAt });

export function dispatchTable(
  session: Session,
  { lookAgainIn, ...hot }: HotDispatch,
  { definitions, ending }: { readonly definitions: Definitions; readonly ending: Ending },
): DispatchTable {
  const { build } = session;
  const leases = () => build.selectFrom('leases as l').selectAll('l');
  return {
    ...hot,
    finish(done) {
      const final = done.filter(({ retryAt }) => retryAt === null).map(({ runId }) => runId);
      return ending.around(final, () => hot.finish(done));
    },
    async claim(request) {
      return claimsOf(session, definitions, await hot.claim(request));
    },
    async renew({ workerId, incarnation }, wall) {
      const offset = wall === undefined ? {} : { clock_offset: sql<number>`${wall} - now_ms()` };
      const alive = build
        .updateTable('workers')
        .set({ beat_at: sql<number>`now_ms()`, ...offset })
        .where('id', '=', workerId);
      const own = alive.where('incarnation', '=', incarnation).where('lost_at', 'is', null);
      const renewed = await first(
        session,
        own.returning(['beat_at', 'draining', 'paused_at']).returning(heldNow(session, { workerId, incarnation })),
      );
      if (renewed === null) return null;
      return {
        beatAt: renewed.beat_at,
        takes: !truth(renewed.draining) && renewed.paused_at === null,
        held: (JSON.parse(renewed.held) as readonly HeldRow[]).map((row) => ({
          runId: row.run_id,
          fence: row.fence,
          cancelRequestedAt: row.cancel_requested_at,
          cancelReason: row.cancel_reason,
        })),
      };
    },
    load: (references) => loadWork(session, definitions, references),
    async leasesOf({ workerId, incarnation }) {
      const own = leases().where('l.worker_id', '=', workerId).where('l.incarnation', '=', incarnation);
      return (await session.rows(own.orderBy('l.run_id'))).map(toLease);
    },
    async orphanedLeases(limit) {
      const orphaned = leases()
        .leftJoin('workers as w', (join) =>
          join
            .onRef('w.id', '=', 'l.worker_id')
            .onRef('w.incarnation', '=', 'l.incarnation')
            .on('w.lost_at', 'is', null),
        )
        .where('w.id', 'is', null);
      return (await session.rows(orphaned.orderBy('l.claimed_at').limit(limit))).map(toLease);
    },
    async earliestAvailable() {
      const again = lookAgainIn?.() ?? null;
      const [row] = await session.run<{ at: number | null; now: number }>(earliestAhead, {});
      const ahead = row?.at ?? null;
      return row === undefined || again === null ? ahead : Math.min(ahead ?? Infinity, row.now + again);
    },
    async bringForward(told) {
      const ahead = build
        .selectFrom('queue')
        .select(['run_id', 'run_created_at', 'available_at', 'reason', sql<number>`now_ms()`.as('now')])
        .select((on) =>
          on
            .selectFrom('attempts')
            .whereRef('attempts.run_id', '=', 'queue.run_id')
            .whereRef('attempts.run_created_at', '=', 'queue.run_created_at')
            .select((of) => of.fn.max('attempts.ended_at').as('ended_at'))
            .as('ended_at'),
        )
        .where('available_at', '>', sql<number>`(SELECT now_ms() + ${aheadMs})`);
      let moved = 0;
      for (const row of await session.rows(ahead)) {
        const availableAt = broughtForward(row, told);
        if (availableAt === null) continue;
        const own = build.updateTable('queue').where('run_id', '=', row.run_id);
        moved += await session.change(own.set({ available_at: availableAt }));
      }
      return moved;
    },
    async waitingOf(scheduleIds) {
      if (scheduleIds.length === 0) return [];
      const rows = await session.rows(
        queuedRuns(session)
          .where('r.schedule_id', 'in', [...scheduleIds])
          .where('q.attempt', '=', 1)
          .orderBy('q.run_id')
          .select(['q.run_id', 'q.available_at', 'q.reason', 'r.trigger', 'r.schedule_id']),
      );
      return rows.map((row) => ({
        runId: row.run_id,
        scheduleId: row.schedule_id ?? 0,
        trigger: row.trigger as Trigger,
        availableAt: row.available_at,
        reason: row.reason,
      }));
    },
    place: (places) =>
      placeRuns(
        session,
        new Map(places.map(({ runId, availableAt, reason }) => [runId, { available_at: availableAt, reason }])),
      ),
    async attemptRecorded({ id, createdAt }, attempt, fence) {
      const query = build.selectFrom('attempts').select('fence').where('run_id', '=', id).where('fence', '=', fence);
      const recorded = query.where('run_created_at', '=', createdAt).where('attempt', '=', attempt);
      return (await first(session, recorded)) !== null;
    },
  };
}
