import { sql } from 'kysely';
import type { Alert, AlertKind, AlertSeverity } from '../../model/alert.ts';
import type { AlertChange, AlertTable } from '../alert-table.ts';
import { decodeCursor, toPage } from './cursor.ts';
import type { AlertRow } from './schema.ts';
import { first, type Session } from './session.ts';

function toAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    kind: row.kind as AlertKind,
    severity: row.severity as AlertSeverity,
    fingerprint: row.fingerprint,
    jobId: row.job_id,
    jobCreatedAt: row.job_created_at,
    runId: row.run_id,
    runCreatedAt: row.run_created_at,
    title: row.title,
    text: row.text,
    count: row.count,
    fromAt: row.from_at,
    toAt: row.to_at,
    seen: row.seen,
    resolvedAt: row.resolved_at,
    resolution: row.resolution,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
  };
}

const now = sql<number>`now_ms()`;

/** What the changing columns are called. */
function columnsOf(change: AlertChange) {
  return {
    severity: change.severity,
    title: change.title,
    text: change.text,
    count: change.count,
    run_id: change.runId,
    run_created_at: change.runCreatedAt,
    from_at: change.fromAt,
    to_at: change.toAt,
    seen: change.seen,
  };
}

/** Alerts, on either database. */
export function alertTable(session: Session): AlertTable {
  const { build } = session;
  const all = build.selectFrom('alerts').selectAll();
  const standing = all.where('resolved_at', 'is', null);
  const change = build.updateTable('alerts').where('resolved_at', 'is', null);
  return {
    async get(id) {
      const row = await first(session, all.where('id', '=', id));
      return row === null ? null : toAlert(row);
    },
    async open(limit) {
      return (await session.rows(standing.orderBy('created_at').orderBy('id').limit(limit))).map(toAlert);
    },
    async list({ open, kinds, jobId }, { limit, after }) {
      const key = decodeCursor(after, [0, 0]);
      let query = all;
      if (open !== undefined) query = query.where('resolved_at', open ? 'is' : 'is not', null);
      if (kinds !== undefined) query = query.where('kind', 'in', [...kinds, '']);
      if (jobId !== undefined) query = query.where('job_id', '=', jobId);
      if (key !== null) query = query.where(sql<boolean>`(created_at, id) < (${key[0]}, ${key[1]})`);
      const newest = query.orderBy('created_at', 'desc').orderBy('id', 'desc');
      const rows = await session.rows(newest.limit(limit + 1));
      return toPage(rows, limit, { key: (row) => [row.created_at, row.id], item: toAlert });
    },
    async unread(limit) {
      const unread = standing.where('acknowledged_at', 'is', null).orderBy('created_at').orderBy('id').limit(limit);
      return (await session.rows(unread)).map(toAlert);
    },
    async count() {
      const counted = build
        .selectFrom('alerts')
        .where('resolved_at', 'is', null)
        .select((on) => [on.fn.countAll<number>().as('open'), on.fn.count<number>('acknowledged_at').as('seen')]);
      const { open = 0, seen = 0 } = (await first(session, counted)) ?? {};
      return { open, unread: open - seen };
    },
    async newest(fingerprints) {
      const found: Alert[] = [];
      for (const fingerprint of fingerprints) {
        const of = all.where('fingerprint', '=', fingerprint);
        const row = await first(session, of.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(1));
        if (row !== null) found.push(toAlert(row));
      }
      return found;
    },
    async raise(alerts) {
      if (alerts.length === 0) return [];
      const rows = alerts.map((alert) => ({
        id: alert.id,
        created_at: now,
        updated_at: now,
        kind: alert.kind,
        fingerprint: alert.fingerprint,
        job_id: alert.jobId,
        job_created_at: alert.jobCreatedAt,
        ...columnsOf(alert),
      }));
      const insert = build
        .insertInto('alerts')
        .values(rows)
        .onConflict((on) => on.column('fingerprint').where('resolved_at', 'is', null).doNothing());
      return (await session.rows(insert.returningAll())).map(toAlert);
    },
    async update(id, columns, ifSeen) {
      const same = change.set({ ...columnsOf(columns), updated_at: now }).where('id', '=', id);
      const counted = ifSeen === null ? same.where('seen', 'is', null) : same.where('seen', '=', ifSeen);
      return (await session.change(counted)) > 0;
    },
    async resolve(id, resolution) {
      return (await session.change(change.set({ resolved_at: now, resolution }).where('id', '=', id))) > 0;
    },
    async acknowledge(id, by) {
      const mark = change.set({ acknowledged_at: now, acknowledged_by: by }).where('id', '=', id);
      return (await session.change(mark.where('acknowledged_at', 'is', null))) > 0;
    },
    async reopen(id) {
      const again = { resolved_at: null, resolution: null, acknowledged_at: null, acknowledged_by: null };
      const mine = build.updateTable('alerts').set(again).where('id', '=', id).where('acknowledged_at', 'is not', null);
      const alone = sql<boolean>`NOT EXISTS (SELECT 1 FROM alerts o WHERE o.fingerprint = alerts.fingerprint AND o.resolved_at IS NULL)`;
      return (await session.change(mine.where('resolved_at', 'is not', null).where(alone))) > 0;
    },
    prune: (before) => session.change(build.deleteFrom('alerts').where('resolved_at', '<', before)),
  };
}
