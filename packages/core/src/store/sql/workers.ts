import { sql } from 'kysely';
import type { Containment, Worker } from '../../model/worker.ts';
import type { WorkerTable, WorkerTally } from '../worker-tables.ts';
import { readTexts } from './json.ts';
import { truth, type WorkerRow } from './schema.ts';
import { first, type Session } from './session.ts';

function toWorker(row: Omit<WorkerRow, 'draining'> & { readonly draining: boolean | 0 | 1 }): Worker {
  return {
    id: row.id,
    createdAt: row.created_at,
    name: row.name,
    host: row.host,
    platform: row.platform,
    pid: row.pid,
    version: row.version,
    slots: row.slots,
    queues: readTexts(row.queues, 'workers.queues'),
    labels: readTexts(row.labels, 'workers.labels'),
    containment: row.containment as Containment,
    incarnation: row.incarnation,
    startedAt: row.started_at,
    beatAt: row.beat_at,
    lostAt: row.lost_at,
    draining: truth(row.draining),
    clockOffsetMs: row.clock_offset_ms,
  };
}

const now = sql<number>`now_ms()`;

/** Registrations and heartbeats, on either database. */
export function workerTable(session: Session): WorkerTable {
  const { build } = session;
  const all = build.selectFrom('workers').selectAll();
  const one = async (query: typeof all): Promise<Worker | null> => {
    const row = await first(session, query);
    return row === null ? null : toWorker(row);
  };
  return {
    async register(worker) {
      const columns = {
        host: worker.host,
        platform: worker.platform,
        pid: worker.pid,
        version: worker.version,
        slots: worker.slots,
        queues: JSON.stringify(worker.queues),
        labels: JSON.stringify(worker.labels),
        containment: worker.containment,
        incarnation: worker.incarnation,
        started_at: worker.startedAt,
        beat_at: now,
        lost_at: null,
        draining: worker.draining,
        clock_offset_ms: Math.round(worker.clockOffsetMs),
      };
      const row = { id: worker.id, created_at: worker.createdAt, name: worker.name, ...columns };
      const insert = build
        .insertInto('workers')
        .values(row)
        .onConflict((on) => on.column('name').doUpdateSet(columns));
      return (await first(session, insert.returning('id')))?.id ?? worker.id;
    },
    byName: (name) => one(all.where('name', '=', name)),
    get: (id) => one(all.where('id', '=', id)),
    async list() {
      return (await session.rows(all.orderBy('name'))).map(toWorker);
    },
    tallies: (since) => tallies(session, since),
    async silent(lostAfter) {
      const alive = all.where('lost_at', 'is', null).where('beat_at', '<', sql<number>`now_ms() - ${lostAfter}`);
      return (await session.rows(alive.orderBy('beat_at'))).map(toWorker);
    },
    async declareLost({ workerId, incarnation }, lostAfter) {
      const alive = build.updateTable('workers').set({ lost_at: now }).where('id', '=', workerId);
      const own = alive.where('incarnation', '=', incarnation).where('lost_at', 'is', null);
      return (await session.change(own.where('beat_at', '<', sql<number>`now_ms() - ${lostAfter}`))) > 0;
    },
    async end({ workerId, incarnation }) {
      const alive = build.updateTable('workers').set({ lost_at: now }).where('id', '=', workerId);
      return (await session.change(alive.where('incarnation', '=', incarnation).where('lost_at', 'is', null))) > 0;
    },
    async setDraining(id, draining) {
      return (await session.change(build.updateTable('workers').set({ draining }).where('id', '=', id))) > 0;
    },
    async prune(before) {
      return session.change(build.deleteFrom('workers').where('lost_at', '<', before));
    },
  };
}

async function tallies(session: Session, since: number): Promise<readonly WorkerTally[]> {
  const { build } = session;
  const workers = await session.rows(build.selectFrom('workers').select('id').orderBy('id'));
  const leases = build.selectFrom('leases').groupBy('worker_id');
  const current = await session.rows(leases.select((on) => ['worker_id', on.fn.countAll<number>().as('count')]));
  const ended = build.selectFrom('attempts').where('ended_at', '>=', since).where('worker_id', 'is not', null);
  const counted = await session.rows(
    ended
      .groupBy('worker_id')
      .select((on) => [
        'worker_id',
        on.fn.countAll<number>().as('count'),
        sql<number>`sum(CASE WHEN outcome IN ('failed', 'timed_out', 'lost', 'not_started') THEN 1 ELSE 0 END)`.as(
          'failed',
        ),
      ]),
  );
  return workers.map(({ id }) => {
    const done = counted.find((row) => row.worker_id === id);
    const leased = current.find((row) => row.worker_id === id)?.count ?? 0;
    return { workerId: id, current: leased, processed: done?.count ?? 0, failed: done?.failed ?? 0 };
  });
}
