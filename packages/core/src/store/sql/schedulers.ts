import { sql } from 'kysely';
import type { SchedulerTable } from '../worker-tables.ts';
import { first, type Session } from './session.ts';

const now = sql<number>`now_ms()`;
const ahead = (wall: number) => sql<number>`${wall} - now_ms()`;

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
        clock_offset: null,
        held_from: null,
        held_to: null,
        confirmed_at: null,
      };
      await session.change(build.insertInto('schedulers').values(row));
    },
    async beat(id, polledAt, wall) {
      const columns = {
        beat_at: now,
        ...(polledAt === null ? {} : { polled_at: polledAt }),
        ...(wall === undefined ? {} : { clock_offset: ahead(wall) }),
      };
      await session.change(build.updateTable('schedulers').set(columns).where('id', '=', id));
    },
    async setHold(id, hold) {
      const columns = { beat_at: now, held_from: hold?.from ?? null, held_to: hold?.to ?? null, confirmed_at: null };
      await session.change(build.updateTable('schedulers').set(columns).where('id', '=', id));
    },
    async isConfirmed(id) {
      const row = await first(session, build.selectFrom('schedulers').select('confirmed_at').where('id', '=', id));
      return row !== null && row.confirmed_at !== null;
    },
    confirmHolds() {
      const held = build.updateTable('schedulers').set({ confirmed_at: now }).where('held_from', 'is not', null);
      return session.change(held.where('confirmed_at', 'is', null).where('stopped_at', 'is', null));
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
        clockOffset: row.clock_offset,
        hold:
          row.held_from === null || row.held_to === null
            ? null
            : { from: row.held_from, to: row.held_to, confirmedAt: row.confirmed_at },
      }));
    },
    prune: (before) => session.change(build.deleteFrom('schedulers').where('beat_at', '<', before)),
  };
}
