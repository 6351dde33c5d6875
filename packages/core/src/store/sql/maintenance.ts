import type { Id } from '../../model/id.ts';
import type { MaintenanceScope, MaintenanceWindow, ResumePolicy } from '../../model/maintenance.ts';
import type { MaintenanceTable } from '../maintenance-table.ts';
import { reached } from './calendars.ts';
import { readValue } from './json.ts';
import type { MaintenanceRow } from './schema.ts';
import { first, type Session } from './session.ts';

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
    resume: row.resume as ResumePolicy,
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
  const open = session.build.selectFrom('maintenance').selectAll().where('settled_at', 'is', null).orderBy('id');
  return (await session.rows(open)).map(toWindow);
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
    async reopen(now) {
      const settled = build.updateTable('maintenance').set({ settled_at: null }).where('settled_at', 'is not', null);
      await session.change(settled.where('ended_at', 'is', null).where('until_at', '>', now));
    },
    reachedBy: (scopes) => reached(session, 0, scopes),
  };
}
