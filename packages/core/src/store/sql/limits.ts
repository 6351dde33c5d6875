import { sql, type RawBuilder } from 'kysely';
import type { Limit, LimitKind } from '../../model/limit.ts';
import type { LimitTable } from '../limit-table.ts';
import { heldBy, waitingInAll } from './holdings.ts';
import { ownerless } from './queues.ts';
import type { LimitRow } from './schema.ts';
import type { Session } from './session.ts';

export function toLimit(row: LimitRow): Limit {
  return {
    kind: row.kind as LimitKind,
    name: row.name,
    slots: row.slots,
    pausedAt: row.paused_at,
    note: row.note,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
  };
}

export function readLocks(text: string): readonly string[] {
  return text === '[]' ? [] : (JSON.parse(text) as readonly string[]);
}

const ownerOf = (row: string): string => `(SELECT o.owner_id FROM jobs o WHERE o.id = ${row}.job_id)`;

/** Of a line that was made before anybody's runs were limited, its job says whose it is. */
const person = (owner: string): string =>
  `CASE WHEN k.person = 0 THEN ${owner} WHEN k.person <> ${ownerless} THEN k.person END`;

/** Whose run a row is, beside its line `k`. */
export function personOf(row: 'l' | 'q'): RawBuilder<number | null> {
  return sql.raw(person(ownerOf(row)));
}

/** The same as text, and only for who is counted: asking for the owner of each of a thousand runs takes its time. */
export function personLimited(row: string): string {
  return person(`CASE WHEN EXISTS (SELECT 1 FROM limits WHERE kind = 'person') THEN ${ownerOf(row)} END`);
}

/** Limits, on either database. */
export function limitTable(session: Session): LimitTable {
  const { build } = session;
  return {
    async list() {
      return (await session.rows(build.selectFrom('limits').selectAll().orderBy('kind').orderBy('name'))).map(toLimit);
    },
    async set({ kind, name, slots, pausedAt, note, changedBy }) {
      const set = { slots, paused_at: pausedAt, note, changed_by: changedBy, changed_at: sql<number>`now_ms()` };
      const insert = build.insertInto('limits').values({ kind, name, ...set });
      await session.change(insert.onConflict((on) => on.columns(['kind', 'name']).doUpdateSet(set)));
    },
    async remove(kind, name) {
      const own = build.deleteFrom('limits').where('kind', '=', kind).where('name', '=', name);
      return (await session.change(own)) > 0;
    },
    async holdings(limit) {
      const query = build
        .selectFrom('leases as l')
        .innerJoin('queues as k', 'k.id', 'l.queue')
        .select([
          'l.run_id',
          'l.run_created_at',
          'l.job_id',
          'l.worker_id',
          'l.started_at',
          'k.name',
          'k.locks',
          personOf('l').as('person'),
        ])
        .orderBy('l.claimed_at')
        .orderBy('l.run_id')
        .limit(limit);
      return (await session.rows(query)).map((row) => ({
        run: { id: row.run_id, createdAt: row.run_created_at },
        jobId: row.job_id,
        workerId: row.worker_id,
        startedAt: row.started_at,
        queue: row.name,
        locks: readLocks(row.locks),
        person: row.person,
      }));
    },
    async queues() {
      const waiting = build
        .selectFrom('queue as q')
        .innerJoin('queues as k', 'k.id', 'q.queue')
        .groupBy('k.name')
        .select((on) => ['k.name', on.fn.countAll<number>().as('count'), on.fn.min('q.run_created_at').as('oldest')]);
      const living = build
        .selectFrom('leases as l')
        .innerJoin('queues as k', 'k.id', 'l.queue')
        .groupBy('k.name')
        .select((on) => ['k.name', on.fn.countAll<number>().as('count')]);
      const [queued, live] = [await session.rows(waiting), await session.rows(living)];
      const names = [...new Set([...queued, ...live].map(({ name }) => name))].sort();
      return names.map((queue) => {
        const own = queued.find(({ name }) => name === queue);
        const running = live.find(({ name }) => name === queue)?.count ?? 0;
        return { queue, waiting: own?.count ?? 0, running, oldestAt: own?.oldest ?? null };
      });
    },
    async locks() {
      const lines = build
        .selectFrom('queues as k')
        .leftJoin('queue as q', 'q.queue', 'k.id')
        .where('k.locks', '<>', '[]')
        .groupBy('k.locks')
        .select((on) => ['k.locks', on.fn.count<number>('q.run_id').as('count')]);
      const waiting = new Map<string, number>();
      for (const row of await session.rows(lines))
        for (const name of readLocks(row.locks)) waiting.set(name, (waiting.get(name) ?? 0) + row.count);
      // A name that nothing one sees waits for is one of somebody else's.
      if (session.sight !== null) for (const [name, count] of waiting) if (count === 0) waiting.delete(name);
      return [...waiting].map(([name, count]) => ({ name, waiting: count })).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    held: (kind, holder, most) => heldBy(session, kind, holder, most),
    waiting: (most) => waitingInAll(session, most),
  };
}
