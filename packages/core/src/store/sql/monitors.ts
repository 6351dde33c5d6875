import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Expectation, Monitor, MonitorState, Ping, PingKind } from '../../model/monitor.ts';
import type { ScheduleSpec } from '../../model/schedule.ts';
import type { MonitorTable } from '../monitor-table.ts';
import { readObject, writeValue } from './json.ts';
import type { MonitorRow, PingRow } from './channel-rows.ts';
import { first, type Session } from './session.ts';

const keptPings = 100;

function expectsOf({ spec, period_ms: periodMs }: MonitorRow): Expectation {
  if (spec !== null) return { spec: readObject<ScheduleSpec>(spec, 'monitors.spec'), periodMs: null };
  return { spec: null, periodMs: periodMs ?? 0 };
}

function toMonitor(row: MonitorRow): Monitor {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    name: row.name,
    hash: row.hash,
    token: row.token,
    expects: expectsOf(row),
    graceMs: row.grace_ms,
    state: row.state as MonitorState,
    stateSince: row.state_since,
    expectedAt: row.expected_at,
    checkAt: row.check_at,
    lastPingAt: row.last_ping_at,
    startedAt: row.started_at,
    lastOutput: row.last_output,
    ownerId: row.owner_id,
  };
}

function columns(monitor: Monitor) {
  return {
    updated_at: monitor.updatedAt,
    name: monitor.name,
    sort_name: monitor.name.toLowerCase(),
    hash: monitor.hash,
    token: monitor.token,
    spec: writeValue(monitor.expects.spec),
    period_ms: monitor.expects.periodMs,
    grace_ms: monitor.graceMs,
    state: monitor.state,
    state_since: monitor.stateSince,
    expected_at: monitor.expectedAt,
    check_at: monitor.checkAt,
    last_ping_at: monitor.lastPingAt,
    started_at: monitor.startedAt,
    last_output: monitor.lastOutput,
    owner_id: monitor.ownerId,
  };
}

const toPing = (row: PingRow): Ping => ({
  id: row.id,
  createdAt: row.created_at,
  monitorId: row.monitor_id,
  kind: row.kind as PingKind,
  exitCode: row.exit_code,
  address: row.address,
  userAgent: row.user_agent,
});

function nameTaken(name: string): JobTriggerError {
  return new JobTriggerError('name_taken', `There is already a monitor named "${name}".`, {
    fields: [{ path: 'name', message: 'is taken' }],
  });
}

/** Monitors and their pings, on either database. */
export function monitorTable(session: Session): MonitorTable {
  const { build } = session;
  const all = build.selectFrom('monitors').selectAll();
  const read = async (query: Parameters<typeof first<MonitorRow>>[1]): Promise<Monitor | null> => {
    const row = await first(session, query);
    return row === null ? null : toMonitor(row);
  };
  return {
    async insert(monitor) {
      const insert = build
        .insertInto('monitors')
        .values({ id: monitor.id, created_at: monitor.createdAt, ...columns(monitor) });
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) === 0) throw nameTaken(monitor.name);
    },
    async update(monitor) {
      const rival = build
        .selectFrom('monitors')
        .select('id')
        .where('sort_name', '=', monitor.name.toLowerCase())
        .where(sql<number>`coalesce(owner_id, 0)`, '=', monitor.ownerId ?? 0)
        .where('id', '<>', monitor.id);
      if ((await first(session, rival)) !== null) throw nameTaken(monitor.name);
      const update = build.updateTable('monitors').set(columns(monitor)).where('id', '=', monitor.id);
      return (await session.change(update)) > 0;
    },
    async remove(id) {
      await session.change(build.deleteFrom('monitor_pings').where('monitor_id', '=', id));
      return (await session.change(build.deleteFrom('monitors').where('id', '=', id))) > 0;
    },
    get(id, { lock } = { lock: false }) {
      const query = all.where('id', '=', id);
      return read(lock && session.kind === 'postgres' ? query.forUpdate() : query);
    },
    byHash: (hash) => read(all.where('hash', '=', hash)),
    async list() {
      return (await session.rows(all.orderBy('sort_name'))).map(toMonitor);
    },
    async count() {
      const counted = build.selectFrom('monitors').select((on) => on.fn.countAll<number>().as('count'));
      return Number((await first(session, counted))?.count ?? 0);
    },
    async due(now, limit) {
      const due = all.where('check_at', '<=', now).orderBy('check_at').orderBy('id').limit(limit);
      return (await session.rows(due)).map(toMonitor);
    },
    async earliestCheck() {
      const earliest = build
        .selectFrom('monitors')
        .select('check_at')
        .where('check_at', 'is not', null)
        .orderBy('check_at')
        .limit(1);
      return (await first(session, earliest))?.check_at ?? null;
    },
    async addPing(ping) {
      const row: PingRow = {
        id: ping.id,
        created_at: ping.createdAt,
        monitor_id: ping.monitorId,
        kind: ping.kind,
        exit_code: ping.exitCode,
        address: ping.address,
        user_agent: ping.userAgent,
      };
      await session.change(build.insertInto('monitor_pings').values(row));
      const mine = build.selectFrom('monitor_pings').select('id').where('monitor_id', '=', ping.monitorId);
      const oldest = await first(session, mine.orderBy('id', 'desc').offset(keptPings).limit(1));
      if (oldest === null) return;
      const gone = build.deleteFrom('monitor_pings').where('monitor_id', '=', ping.monitorId);
      await session.change(gone.where('id', '<=', oldest.id));
    },
    async pings(monitorId, limit) {
      const newest = build.selectFrom('monitor_pings').selectAll().where('monitor_id', '=', monitorId);
      return (await session.rows(newest.orderBy('id', 'desc').limit(limit))).map(toPing);
    },
  };
}
