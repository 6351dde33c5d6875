import { sql } from 'kysely';
import type { Containment, Worker } from '../../model/worker.ts';
import type { WorkerTable, WorkerTally } from '../worker-tables.ts';
import { readTexts } from './json.ts';
import { truth, type WorkerRow } from './schema.ts';
import { first, type Session } from './session.ts';
import { hourMs } from './tallies.ts';

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
    pausedAt: row.paused_at,
    process:
      row.boot_id === null
        ? null
        : {
            machineId: row.machine_id,
            bootId: row.boot_id,
            pidSpace: row.pid_space,
            startedAt: row.process_started,
          },
    folderId: row.folder_id,
    clockOffset: row.clock_offset,
  };
}

const unknown = { machineId: null, bootId: null, pidSpace: null, startedAt: null } as const;

function identityOf({ process }: Worker): Pick<WorkerRow, 'machine_id' | 'boot_id' | 'pid_space' | 'process_started'> {
  const { machineId, bootId, pidSpace, startedAt } = process ?? unknown;
  return { machine_id: machineId, boot_id: bootId, pid_space: pidSpace, process_started: startedAt };
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
        ...identityOf(worker),
        folder_id: worker.folderId,
        clock_offset: worker.clockOffset,
      };
      const row = {
        id: worker.id,
        created_at: worker.createdAt,
        name: worker.name,
        paused_at: worker.pausedAt,
        ...columns,
      };
      const insert = build
        .insertInto('workers')
        .values(row)
        .onConflict((on) => on.column('name').doUpdateSet(columns).where('workers.lost_at', 'is not', null));
      return (await first(session, insert.returning('id')))?.id ?? null;
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
    async setPaused(id, paused) {
      const change = build
        .updateTable('workers')
        .set({ paused_at: paused ? now : null })
        .where('id', '=', id);
      return (await session.change(change.where('paused_at', paused ? 'is' : 'is not', null))) > 0;
    },
    async remove(id) {
      const gone = build.deleteFrom('workers').where('id', '=', id).where('lost_at', 'is not', null);
      return (await session.change(gone)) > 0;
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
  const hours = build.selectFrom('worker_hours').where('hour_at', '>=', since - (since % hourMs));
  const sum = (column: 'executed' | 'failed') => sql<number>`CAST(sum(${sql.ref(column)}) AS bigint)`.as(column);
  const counted = await session.rows(hours.groupBy('worker_id').select(['worker_id', sum('executed'), sum('failed')]));
  return workers.map(({ id }) => {
    const done = counted.find((row) => row.worker_id === id);
    const leased = current.find((row) => row.worker_id === id)?.count ?? 0;
    return { workerId: id, current: leased, processed: done?.executed ?? 0, failed: done?.failed ?? 0 };
  });
}
