import { sql } from 'kysely';
import type { SchedulerTable } from '../worker-tables.ts';
import type { Session } from './session.ts';

const now = sql<number>`now_ms()`;

/** Who plans, on either database. */
export function schedulerTable(session: Session): SchedulerTable {
  const { build } = session;
  return {
    async register(scheduler) {
      const row = {
        id: scheduler.id,
        created_at: scheduler.createdAt,
        name: scheduler.name,
        host: scheduler.host,
        pid: scheduler.pid,
        version: scheduler.version,
        started_at: scheduler.startedAt,
        beat_at: now,
        polled_at: scheduler.polledAt,
        stopped_at: null,
        clock_offset_ms: Math.round(scheduler.clockOffsetMs),
      };
      await session.change(build.insertInto('schedulers').values(row));
    },
    async beat(id, polledAt, clockOffsetMs) {
      const columns = {
        beat_at: now,
        ...(polledAt === null ? {} : { polled_at: polledAt }),
        ...(clockOffsetMs === undefined ? {} : { clock_offset_ms: Math.round(clockOffsetMs) }),
      };
      await session.change(build.updateTable('schedulers').set(columns).where('id', '=', id));
    },
    async end(id) {
      const open = build.updateTable('schedulers').set({ stopped_at: now }).where('id', '=', id);
      await session.change(open.where('stopped_at', 'is', null));
    },
    async list() {
      const rows = await session.rows(build.selectFrom('schedulers').selectAll().orderBy('started_at').orderBy('id'));
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at,
        name: row.name,
        host: row.host,
        pid: row.pid,
        version: row.version,
        startedAt: row.started_at,
        beatAt: row.beat_at,
        polledAt: row.polled_at,
        stoppedAt: row.stopped_at,
        clockOffsetMs: row.clock_offset_ms,
      }));
    },
    prune: (before) => session.change(build.deleteFrom('schedulers').where('beat_at', '<', before)),
  };
}
