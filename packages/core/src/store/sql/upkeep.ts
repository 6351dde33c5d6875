import { sql, type SelectQueryBuilder } from 'kysely';
import type { Id } from '../../model/id.ts';
import { tallyNames, type TallyName } from '../../model/upkeep.ts';
import type { UpkeepTable } from '../upkeep-table.ts';
import type { Schema } from './schema.ts';
import { hourMs, pruneTallies, tallyEnded, untallied } from './tallies.ts';
import { hoursKept } from './tally-rows.ts';
import { doLast, first, type Session } from './session.ts';

type Tallies = Partial<Record<TallyName, number>>;

const isTally = (name: string): name is TallyName => (tallyNames as readonly string[]).includes(name);

/** Schedules that are asked whether the ledger has something old. */
const oldestAsked = 1000;

/**
 * Rows of the ledger that are old, of the oldest schedules, one after the other until there are `most`: it has no order of
 * its age, and of each schedule the key finds the first.
 */
async function oldInLedger(session: Session, before: number, most: number): Promise<number> {
  const oldest = sql`(SELECT schedule_id FROM schedule_jobs ORDER BY schedule_id LIMIT ${sql.lit(oldestAsked)}) AS s`;
  // A range of the key, and its order: a single schedule PostgreSQL takes for a few rows, and collects all that is old of it,
  // 600,000 of a busy one, for the first thousand.
  const ofEach =
    session.kind === 'postgres'
      ? sql`LATERAL (SELECT 1 FROM occurrences o WHERE (o.schedule_id, o.due_at) >= (s.schedule_id, 0)
          AND (o.schedule_id, o.due_at) < (s.schedule_id, ${before}) AND o.decided_at < ${before}
          ORDER BY o.schedule_id, o.due_at LIMIT ${most}) AS o`
      : sql`occurrences o WHERE o.schedule_id = s.schedule_id AND o.due_at < ${before} AND o.decided_at < ${before}`;
  const counted = sql<{ readonly count: number }>`SELECT count(*) AS count FROM (
    SELECT 1 FROM ${oldest} CROSS JOIN ${ofEach} LIMIT ${most}) AS few`;
  const [row] = await session.rows({ compile: () => counted.compile(session.build) });
  return row?.count ?? 0;
}

/** In the place of the hour, where what stood there a round ago gives way. */
async function countHour(
  session: Session,
  owner: Id,
  counts: { readonly executed: number; readonly failed: number },
): Promise<void> {
  const hour = sql<number>`now_ms() - now_ms() % ${sql.lit(hourMs)}`;
  const place = sql<number>`(now_ms() / ${sql.lit(hourMs)}) % ${sql.lit(hoursKept)}`;
  const insert = session.build.insertInto('worker_hours').values({ worker_id: owner, place, hour_at: hour, ...counts });
  const sum = (column: 'executed' | 'failed') => sql<number>`excluded.${sql.ref(column)} +
    CASE WHEN worker_hours.hour_at = excluded.hour_at THEN worker_hours.${sql.ref(column)} ELSE 0 END`;
  const more = insert.onConflict((on) =>
    on.columns(['worker_id', 'place']).doUpdateSet({
      hour_at: sql<number>`excluded.hour_at`,
      executed: sum('executed'),
      failed: sum('failed'),
    }),
  );
  await doLast(session, () => session.change(more));
}

/** Counters, and what is looked at to tell whether all is well; on either database. */
export function upkeepTable(session: Session): UpkeepTable {
  const { build } = session;
  /** How many rows there are, counted no further than `most`. */
  const bounded = async <Table extends keyof Schema>(
    query: SelectQueryBuilder<Schema, Table, object>,
    most: number,
  ): Promise<number> => {
    const some = query.select(sql<number>`1`.as('one')).limit(most);
    const counted = build.selectFrom(some.as('some')).select((on) => on.fn.countAll<number>().as('count'));
    return (await first(session, counted))?.count ?? 0;
  };
  const one = async (query: SelectQueryBuilder<Schema, 'leases', { count: number }>): Promise<number> =>
    (await first(session, query))?.count ?? 0;

  return {
    async due({ runs, ledger, events, jobs }, most) {
      const ended = build.selectFrom('runs').where('created_at', '<', runs).where('state', 'is not', null);
      const oldest = await first(session, ended.orderBy('created_at').limit(1).select('created_at'));
      return {
        runs: await bounded(ended, most),
        ledger: await oldInLedger(session, ledger, most),
        // The oldest have the lowest numbers; there is no index by their time alone.
        events: await bounded(
          build
            .selectFrom(build.selectFrom('events').select('at').orderBy('id').limit(most).as('oldest'))
            .where('at', '<', events) as unknown as SelectQueryBuilder<Schema, 'events', object>,
          most,
        ),
        jobs: await bounded(build.selectFrom('jobs').where('deleted_at', '<', jobs), most),
        oldestRunAt: oldest?.created_at ?? null,
      };
    },
    async leases(claimLockMs) {
      const all = build.selectFrom('leases').select((on) => on.fn.countAll<number>().as('count'));
      const old = sql<number>`now_ms() - ${claimLockMs}`;
      const held = sql<boolean>`EXISTS (SELECT 1 FROM workers w WHERE w.id = leases.worker_id
        AND w.incarnation = leases.incarnation AND w.lost_at IS NULL)`;
      return {
        total: await one(all),
        claimedTooLong: await one(all.where('phase', '=', 'claimed').where('claimed_at', '<', old)),
        orphaned: await one(all.where((on) => on.not(held))),
      };
    },
    async count(owner, counts) {
      const rows = Object.entries(counts)
        .filter(([, value]) => value !== 0)
        .map(([name, value]) => ({ owner_id: owner, name, value }));
      if (rows.length === 0) return;
      const value = sql<number>`tallies.value + excluded.value`;
      const insert = build.insertInto('tallies').values(rows);
      // All of one owner count in the same rows.
      const added = insert.onConflict((on) => on.columns(['owner_id', 'name']).doUpdateSet({ value }));
      await doLast(session, () => session.change(added));
      const { executed = 0, failed = 0 } = counts;
      if (owner !== 0 && executed > 0) await countHour(session, owner, { executed, failed });
    },
    async totals() {
      const sums = build.selectFrom('tallies').groupBy('name').select('name');
      const rows = await session.rows(sums.select(sql<number>`cast(sum(value) AS bigint)`.as('value')));
      const found = new Map(rows.map(({ name, value }) => [name, Number(value)]));
      return Object.fromEntries(tallyNames.map((name) => [name, found.get(name) ?? 0])) as Record<TallyName, number>;
    },
    async talliesOf() {
      const found = new Map<Id, Tallies>();
      const rows = await session.rows(build.selectFrom('tallies').selectAll().where('owner_id', '!=', 0));
      for (const { owner_id: owner, name, value } of rows) {
        if (isTally(name)) found.set(owner, { ...found.get(owner), [name]: value });
      }
      return found;
    },
    tally: (limit) => tallyEnded(session, limit),
    untallied: () => untallied(session),
    pruneTallies: (before) => pruneTallies(session, before),
    async fold() {
      const gone = build
        .selectFrom('tallies')
        .select(['name', sql<number>`cast(sum(value) AS bigint)`.as('value')])
        .where('owner_id', '!=', 0)
        .where('owner_id', 'not in', build.selectFrom('workers').select('id'))
        .where('owner_id', 'not in', build.selectFrom('schedulers').select('id'))
        .groupBy('name');
      const counts = Object.fromEntries((await session.rows(gone)).map(({ name, value }) => [name, Number(value)]));
      if (Object.keys(counts).length === 0) return;
      await this.count(0, counts);
      const rest = build
        .deleteFrom('tallies')
        .where('owner_id', '!=', 0)
        .where('owner_id', 'not in', build.selectFrom('workers').select('id'));
      await session.change(rest.where('owner_id', 'not in', build.selectFrom('schedulers').select('id')));
      const hours = build.deleteFrom('worker_hours');
      await session.change(hours.where('worker_id', 'not in', build.selectFrom('workers').select('id')));
    },
  };
}
