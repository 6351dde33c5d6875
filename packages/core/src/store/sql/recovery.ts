import { sql } from 'kysely';
import type { RecoveryTable } from '../recovery-table.ts';
import { toLease } from './dispatch.ts';
import { first, type Session } from './session.ts';

export function recoveryTable(session: Session): RecoveryTable {
  const { build } = session;

  /** The lowest slot of a limited job that nobody holds; undefined when all are held. */
  const freeSlot = async (key: number, slots: number): Promise<number | undefined> => {
    const held = build.selectFrom('leases').select('slot').where('concurrency_key', '=', key);
    const taken = new Set((await session.rows(held)).map(({ slot }) => slot));
    return Array.from({ length: slots }, (_, slot) => slot).find((slot) => !taken.has(slot));
  };

  return {
    async unrecorded(attempts) {
      if (attempts.length === 0) return [];
      const runs = [...new Set(attempts.map(({ runId }) => runId))];
      const query = build.selectFrom('attempts').select(['run_id', 'fence']).where('run_id', 'in', runs);
      const recorded = new Set((await session.rows(query)).map((row) => `${row.run_id} ${row.fence}`));
      return attempts.filter(({ runId, fence }) => !recorded.has(`${runId} ${fence}`));
    },
    async stands({ id, createdAt }) {
      const run = build.selectFrom('runs').select('state').where('id', '=', id).where('created_at', '=', createdAt);
      const queue = build.selectFrom('queue').select(['attempt', 'fence']).where('run_id', '=', id);
      const lease = build.selectFrom('leases').selectAll().where('run_id', '=', id);
      const fences = build.selectFrom('attempts').select('fence').where('run_id', '=', id);
      const [record, waiting, held] = [
        await first(session, run),
        await first(session, queue.where('run_created_at', '=', createdAt)),
        await first(session, lease.where('run_created_at', '=', createdAt)),
      ];
      return {
        run: record === null ? null : { ended: record.state !== null },
        queue: waiting,
        lease: held === null ? null : toLease(held),
        fences: (await session.rows(fences.where('run_created_at', '=', createdAt))).map(({ fence }) => fence),
      };
    },
    async retake({ workerId, incarnation }, { runId, fence, attempt, startedAt }) {
      const row = await first(session, build.selectFrom('queue').selectAll().where('run_id', '=', runId));
      if (row === null) return false;
      const { available_at: _, reason: __, ...travelling } = row;
      const key = row.concurrency_key;
      const slot = key === null || row.slots === null ? null : await freeSlot(key, row.slots);
      if (slot === undefined) return false;
      const held = { worker_id: workerId, incarnation, phase: 'starting', started_at: startedAt };
      const lease = { ...travelling, attempt, fence, slot, ...held, claimed_at: sql<number>`now_ms()` };
      await session.change(build.insertInto('leases').values(lease));
      await session.change(build.deleteFrom('queue').where('run_id', '=', runId));
      return true;
    },
  };
}
