import { sql } from 'kysely';
import type { Id } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import {
  endOfWindow,
  farthest,
  maintenanceState,
  type MaintenanceScope,
  type MaintenanceWindow,
  type MaintenanceEnd,
} from '../../model/maintenance.ts';
import type { Trigger } from '../../model/run.ts';
import { heldUntil } from '../../schedule/maintenance.ts';
import { holds } from '../../schedule/resolve.ts';
import type { MaintenanceTable } from '../maintenance-table.ts';
import { reached } from './calendars.ts';
import { readValue } from './json.ts';
import { placeRuns, type PlaceRow } from './queue-places.ts';
import type { MaintenanceRow } from './schema.ts';
import { queuedRuns } from './live-rows.ts';
import { first, type Session } from './session.ts';
import { shaped } from './shaped.ts';
import { tagsOf } from './tags.ts';

function scopeOf({ scope, targets }: MaintenanceRow): MaintenanceScope {
  const named = readValue(targets, 'maintenance.targets') as readonly unknown[];
  if (scope === 'tags') return { kind: 'tags', tags: named as readonly string[] };
  return scope === 'jobs' ? { kind: 'jobs', jobs: named as readonly Id[] } : { kind: 'all' };
}

function toWindow(row: MaintenanceRow): MaintenanceWindow {
  return {
    id: row.id,
    createdAt: row.created_at,
    scope: scopeOf(row),
    from: row.from_at,
    until: row.until_at,
    reason: row.reason,
    resume: row.resume as MaintenanceEnd,
    by: row.set_by,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    settledAt: row.settled_at,
  };
}

function columns(window: MaintenanceWindow) {
  const { scope } = window;
  return {
    scope: scope.kind,
    targets: JSON.stringify(scope.kind === 'tags' ? scope.tags : scope.kind === 'jobs' ? scope.jobs : []),
    from_at: window.from,
    until_at: window.until,
    reason: window.reason,
    resume: window.resume,
    set_by: window.by,
    ended_at: window.endedAt,
    ended_by: window.endedBy,
    settled_at: window.settledAt,
  };
}

/** Windows that are read with every schedule. */
export async function maintenanceInForce(session: Session): Promise<readonly MaintenanceWindow[]> {
  return (await session.rows(unsettled(session, {}))).map(toWindow);
}

const unsettled = shaped(({ build }) =>
  build.selectFrom('maintenance').selectAll().where('settled_at', 'is', null).orderBy('id'),
);

/** People's own requests pass. */
const ofPeople: readonly Trigger[] = ['manual', 'retry'];

/** Rows whose place may have to change: not those that wait for an end already. */
async function misplaced(session: Session, active: readonly MaintenanceWindow[]) {
  const ends = [...new Set(active.map(endOfWindow))];
  const waits = queuedRuns(session)
    .select(['q.run_id', 'q.job_id', 'q.available_at', 'q.reason'])
    .where('r.trigger', 'not in', [...ofPeople]);
  if (ends.length === 0) return session.rows(waits.where('q.reason', '=', 'maintenance'));
  return session.rows(
    waits.where((on) =>
      on.or([
        on.and([on('q.reason', '=', 'maintenance'), on('q.available_at', 'not in', ends)]),
        on.and([
          on('q.available_at', '<', Math.max(...ends)),
          on.or([on('q.reason', 'is', null), on('q.reason', '<>', 'maintenance')]),
        ]),
      ]),
    ),
  );
}

/** Where a waiting run belongs whose job is held until `end`; null where it stands well. */
function placeOf({ available_at: at, reason }: PlaceRow, end: Instant, now: Instant): PlaceRow | null {
  const waits = reason === 'maintenance';
  if (end > now) return at < end || (waits && at !== end) ? { available_at: end, reason: 'maintenance' } : null;
  return waits && at > now ? { available_at: now, reason: null } : null;
}

async function placeWaiting(session: Session, now: Instant): Promise<number> {
  const active = (await maintenanceInForce(session)).filter((window) => maintenanceState(window, now) === 'active');
  const rows = await misplaced(session, active);
  const byTag = rows.length > 0 && active.some(({ scope }) => scope.kind === 'tags');
  const tags = byTag ? await tagsOf(session, [...new Set(rows.map((row) => row.job_id))]) : new Map();
  const places = new Map<Id, PlaceRow>();
  for (const row of rows) {
    const holder = { jobId: row.job_id, tags: tags.get(row.job_id) ?? [] };
    const end = heldUntil({ maintenance: active.filter((window) => holds(window, holder)) }, now) ?? farthest;
    const place = placeOf(row, end, now);
    if (place !== null) places.set(row.run_id, place);
  }
  await placeRuns(session, places);
  return places.size;
}

/** Windows of maintenance, on either database. */
export function maintenanceTable(session: Session): MaintenanceTable {
  const { build } = session;
  const all = build.selectFrom('maintenance').selectAll();
  return {
    async insert(window) {
      const row = { id: window.id, created_at: window.createdAt, ...columns(window) };
      await session.change(build.insertInto('maintenance').values(row));
    },
    async update(window) {
      await session.change(build.updateTable('maintenance').set(columns(window)).where('id', '=', window.id));
    },
    async get(id) {
      const row = await first(session, all.where('id', '=', id));
      return row === null ? null : toWindow(row);
    },
    async list(limit) {
      return (await session.rows(all.orderBy('from_at', 'desc').orderBy('id', 'desc').limit(limit))).map(toWindow);
    },
    unsettled: () => maintenanceInForce(session),
    async lock(id) {
      if (session.kind === 'sqlite') return;
      await session.rows(build.selectFrom('maintenance').select('id').where('id', '=', id).forUpdate());
    },
    placeWaiting: (now) => placeWaiting(session, now),
    async turns() {
      const paused = build.selectFrom('jobs').where('paused_until', 'is not', null).where('deleted_at', 'is', null);
      const open = build.selectFrom('maintenance').where('settled_at', 'is', null);
      const row = await first(
        session,
        build.selectNoFrom([
          paused
            .where(sql<boolean>`NOT active`)
            .select((on) => on.fn.min('paused_until').as('at'))
            .as('resume_at'),
          open.select((on) => on.fn.min('from_at').as('at')).as('maintenance_from'),
        ]),
      );
      return { resumeAt: row?.resume_at ?? null, maintenanceFrom: row?.maintenance_from ?? null };
    },
    async reopen(now) {
      const settled = build.updateTable('maintenance').set({ settled_at: null }).where('settled_at', 'is not', null);
      await session.change(settled.where('ended_at', 'is', null).where('until_at', '>', now));
    },
    reachedBy: (scopes) => reached(session, 0, scopes),
  };
}
