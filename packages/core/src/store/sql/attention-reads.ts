import { sql } from 'kysely';
import { criticalInARow } from '../../model/attention.ts';
import type { AttentionTable } from '../attention-table.ts';
import { alertStands, allItems, isAwake, isOpen, jobLives, stateIs } from './attention-conditions.ts';
import { toItem, toItemJob, toItemRun } from './attention-rows.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { isUnusual } from './event-kinds.ts';
import { first, type Session } from './session.ts';

const now = sql<number>`now_ms()`;

type Reads = Pick<
  AttentionTable,
  'list' | 'summary' | 'jobs' | 'runs' | 'newestRuns' | 'pulse' | 'healings' | 'orphaned'
>;

/** What is asked of items of attention, on either database. */
export function attentionReads(session: Session): Reads {
  const { build } = session;
  const all = allItems(session);

  async function tally(of: string): Promise<Readonly<Record<string, number>>> {
    const column = sql.ref<string>(of);
    const rows = await session.rows(
      build
        .selectFrom('attention_items as i')
        .where(stateIs.open)
        .where(sql<boolean>`${column} IS NOT NULL`)
        .groupBy(column)
        .select((on) => [column.as('word'), on.fn.countAll<number>().as('count')]),
    );
    return Object.fromEntries(rows.map(({ word, count: items }) => [word, items]));
  }

  return {
    async list({ state, kinds, categories, jobId, ownerId }, { limit, after }) {
      const key = decodeCursor(after, [0, 0]);
      let query = all.where('i.spell', '>', 0);
      if (state !== undefined) query = query.where(stateIs[state]);
      if (kinds !== undefined) query = query.where('i.kind', 'in', [...kinds, '']);
      if (categories !== undefined) query = query.where('i.category', 'in', [...categories, '']);
      if (ownerId !== undefined) query = query.where('i.owner_id', ownerId === null ? 'is' : '=', ownerId);
      if (jobId !== undefined)
        query = query.where(
          sql<boolean>`(i.job_id = ${jobId} OR EXISTS (SELECT 1 FROM attention_jobs j WHERE j.item_id = i.id AND j.job_id = ${jobId}))`,
        );
      if (key !== null) query = query.where(sql<boolean>`(i.since_at, i.id) < (${key[0]}, ${key[1]})`);
      const rows = await session.rows(
        query
          .orderBy('i.since_at', 'desc')
          .orderBy('i.id', 'desc')
          .limit(limit + 1),
      );
      return toPage(rows, limit, { key: (row) => [row.since_at, row.id], item: toItem });
    },

    async summary() {
      const flag = (condition: ReturnType<typeof sql<boolean>>) =>
        sql<number>`coalesce(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
      const sums = await first(
        session,
        build
          .selectFrom('attention_items as i')
          .where(isOpen)
          .select([
            flag(isAwake).as('open'),
            flag(sql`${isAwake} AND i.acknowledged_at IS NULL`).as('unread'),
            flag(sql`NOT ${isAwake}`).as('snoozed'),
            flag(sql`${isAwake} AND i.in_a_row >= ${sql.lit(criticalInARow)}`).as('critical'),
            sql<number | null>`min(CASE WHEN ${isAwake} THEN i.since_at END)`.as('oldest'),
          ]),
      );
      const types = await session.rows(
        build
          .selectFrom('attention_items as i')
          .innerJoin('attention_jobs as t', 't.item_id', 'i.id')
          .innerJoin('jobs as b', 'b.id', 't.job_id')
          .where(stateIs.open)
          .groupBy('b.type')
          .select((on) => ['b.type', on.fn.count<number>('i.id').distinct().as('count')]),
      );
      const { open = 0, unread = 0, snoozed = 0, critical = 0, oldest = null } = sums ?? {};
      return {
        open: Number(open),
        unread: Number(unread),
        snoozed: Number(snoozed),
        critical: Number(critical),
        oldestAt: oldest,
        byKind: await tally('i.kind'),
        byCategory: await tally('i.category'),
        byType: Object.fromEntries(types.map(({ type, count: items }) => [type, items])),
      };
    },

    async jobs(id, limit) {
      const of = build.selectFrom('attention_jobs').selectAll().where('item_id', '=', id);
      return (await session.rows(of.orderBy('times', 'desc').orderBy('job_id').limit(limit))).map(toItemJob);
    },

    async runs(id, limit) {
      const of = build
        .selectFrom('attention_runs as r')
        .innerJoin('attention_items as i', (on) => on.onRef('i.id', '=', 'r.item_id').onRef('i.spell', '=', 'r.spell'));
      const newest = of.selectAll('r').where('r.item_id', '=', id).orderBy('r.run_id', 'desc');
      return (await session.rows(newest.limit(limit))).map(toItemRun);
    },

    async newestRuns(id, limit) {
      const of = build.selectFrom('attention_jobs as j').innerJoin('attention_runs as r', 'r.run_id', 'j.run_id');
      const newest = of.selectAll('r').where('j.item_id', '=', id).where('j.healed_at', 'is', null);
      return (await session.rows(newest.orderBy('r.run_id', 'desc').limit(limit))).map(toItemRun);
    },

    async pulse(kinds, from) {
      const told = sql.join(kinds.map((kind) => sql.lit(kind)));
      const row = await first(
        session,
        build.selectNoFrom([
          now.as('now'),
          sql<
            number | null
          >`(SELECT 1 WHERE EXISTS (SELECT 1 FROM events WHERE kind IN (${told}) AND ${isUnusual} AND at >= ${from}))`.as(
            'told',
          ),
          sql<number | null>`(SELECT 1 WHERE EXISTS (SELECT 1 FROM attention_items WHERE resolved_at IS NULL))`.as(
            'open',
          ),
        ]),
      );
      return { now: row?.now ?? 0, told: (row?.told ?? null) !== null, open: (row?.open ?? null) !== null };
    },

    async healings(limit) {
      const rows = await session.rows(
        build
          .selectFrom('attention_items as i')
          .innerJoin('attention_jobs as j', 'j.item_id', 'i.id')
          .innerJoin('events as e', (on) =>
            on.on(
              'e.id',
              '=',
              sql<number>`(SELECT s.id FROM events s WHERE s.job_id = j.job_id AND s.id > j.last_event AND s.kind = 'run.succeeded'
                ORDER BY s.id LIMIT 1)`,
            ),
          )
          .where(isOpen)
          .where('j.healed_at', 'is', null)
          .orderBy('e.id')
          .limit(limit)
          .select([
            'j.item_id',
            'j.job_id',
            'j.run_id',
            'j.run_created_at',
            'e.run_id as ok',
            'e.run_created_at as ok_created',
          ]),
      );
      return rows.flatMap((row) => {
        if (row.ok === null || row.ok_created === null) return [];
        const failed =
          row.run_id === null || row.run_created_at === null ? null : { id: row.run_id, createdAt: row.run_created_at };
        return [
          { itemId: row.item_id, jobId: row.job_id, failed, succeeded: { id: row.ok, createdAt: row.ok_created } },
        ];
      });
    },

    async orphaned(limit) {
      const gone = all
        .where(isOpen)
        .where(sql<boolean>`NOT ${jobLives}`)
        .where(sql<boolean>`NOT ${alertStands}`);
      return (await session.rows(gone.orderBy('i.id').limit(limit))).map(toItem);
    },
  };
}
