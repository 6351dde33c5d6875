import { sql } from 'kysely';
import type { Alert } from '../../model/alert.ts';
import { criticalInARow } from '../../model/attention.ts';
import type { Id } from '../../model/id.ts';
import type { AttentionFilter, AttentionTable, ToldRun } from '../attention-table.ts';
import { toItem, toItemJob, toItemRun } from './attention-rows.ts';
import { decodeCursor, toPage } from './cursor.ts';
import type { AttentionItemRow } from './schema.ts';
import { first, type Session } from './session.ts';

const now = sql<number>`now_ms()`;
/** Runs of an item that are kept beyond a day. */
const runsKept = 1000;
const dayMs = 86_400_000;

const isOpen = sql<boolean>`i.resolved_at IS NULL`;
const isAwake = sql<boolean>`(i.snoozed_until IS NULL OR i.snoozed_until <= now_ms())`;
const isUnhealed = sql<boolean>`EXISTS (SELECT 1 FROM attention_jobs j WHERE j.item_id = i.id AND j.healed_at IS NULL)`;
const alertStands = sql<boolean>`EXISTS (SELECT 1 FROM alerts a WHERE a.id = i.alert_id AND a.resolved_at IS NULL)`;
/** Of the jobs that have not healed, one is still there. */
const jobLives = sql<boolean>`EXISTS (SELECT 1 FROM attention_jobs j JOIN jobs b ON b.id = j.job_id
  WHERE j.item_id = i.id AND j.healed_at IS NULL AND b.deleted_at IS NULL)`;

const stateIs: Readonly<Record<NonNullable<AttentionFilter['state']>, typeof isOpen>> = {
  open: sql<boolean>`i.resolved_at IS NULL AND ${isAwake}`,
  snoozed: sql<boolean>`i.resolved_at IS NULL AND NOT ${isAwake}`,
  resolved: sql<boolean>`i.resolved_at IS NOT NULL`,
};

/** Column names of what an alert says. */
function toldBy(alert: Alert) {
  const { kind, severity, title, text, count, jobId, jobCreatedAt, runId, runCreatedAt } = alert;
  const job = { jobs: jobId === null ? 0 : 1, job_id: jobId, job_created_at: jobCreatedAt };
  return { kind, severity, title, evidence: text, times: count, ...job, run_id: runId, run_created_at: runCreatedAt };
}

const anew = { acknowledged_at: null, acknowledged_by: null, snoozed_until: null, resolved_at: null } as const;

/** Items of attention, on either database. */
export function attentionTable(session: Session): AttentionTable {
  const { build } = session;
  const all = build
    .selectFrom('attention_items as i')
    .leftJoin('people as p', 'p.id', 'i.owner_id')
    .selectAll('i')
    .select('p.name as owner_name');
  const change = (id: Id) => build.updateTable('attention_items').where('id', '=', id);
  const changeOpen = (id: Id) => change(id).where('resolved_at', 'is', null);

  async function get(id: Id) {
    const row = await first(session, all.where('i.id', '=', id));
    return row === null ? null : toItem(row);
  }

  async function held(row: Omit<AttentionItemRow, 'created_at' | 'since_at' | 'seen_at' | 'resolved_at'>) {
    const made = { ...row, created_at: now, since_at: now, seen_at: now, resolved_at: now };
    const insert = build.insertInto('attention_items').values(made);
    const locked = insert.onConflict((on) => on.column('fingerprint').doUpdateSet({ fingerprint: row.fingerprint }));
    const found = await first(session, locked.returningAll());
    if (found === null) throw new Error('The item that was held is not there.');
    return toItem({ ...found, owner_name: null });
  }

  const hold: AttentionTable['hold'] = (id, fingerprint, telling) =>
    held({
      id,
      fingerprint,
      ...telling,
      spell: 0,
      times: 0,
      jobs: 0,
      in_a_row: 0,
      job_id: null,
      job_created_at: null,
      run_id: null,
      run_created_at: null,
      alert_id: null,
      owner_id: null,
      note: null,
      acknowledged_at: null,
      acknowledged_by: null,
      snoozed_until: null,
      ended_at: null,
      ended_by: null,
      ended_how: null,
    });

  const drop: AttentionTable['drop'] = async (id) => {
    await session.change(build.deleteFrom('attention_items').where('id', '=', id).where('spell', '=', 0));
  };

  const resolve: AttentionTable['resolve'] = async (id, { by, how }) => {
    const end = { resolved_at: now, ended_at: now, ended_by: by, ended_how: how };
    return (await session.change(changeOpen(id).set(end))) > 0;
  };

  const jobsOf = (id: Id) => build.selectFrom('attention_jobs').select('job_id').where('item_id', '=', id).limit(1);
  const hasRuns = async (id: Id): Promise<boolean> => (await first(session, jobsOf(id))) !== null;
  const hasUnhealed = async (id: Id): Promise<boolean> =>
    (await first(session, jobsOf(id).where('healed_at', 'is', null))) !== null;

  /** The breaker of a job and the failures that opened it are one cause. @returns whether such an item is open */
  async function joinFailures({ id, jobId }: Alert): Promise<boolean> {
    const failing = all
      .where(isOpen)
      .where('i.job_id', '=', jobId)
      .where('i.kind', 'in', ['failing', 'retries_exhausted', 'breaker']);
    const row = await first(session, failing.orderBy('i.seen_at', 'desc').orderBy('i.id', 'desc').limit(1));
    if (row === null || !(await hasUnhealed(row.id))) return false;
    await session.change(change(row.id).set({ kind: 'breaker', alert_id: id }));
    return true;
  }

  async function forget(id: Id): Promise<void> {
    await session.change(build.deleteFrom('attention_jobs').where('item_id', '=', id));
  }

  async function open(id: Id): Promise<void> {
    await forget(id);
    const counts = { times: 0, jobs: 0, in_a_row: 0, job_id: null, job_created_at: null, alert_id: null };
    await session.change(change(id).set({ ...counts, ...anew, spell: sql`spell + 1`, since_at: now, seen_at: now }));
  }

  /** Adds runs of one job to what the item has counted of it. */
  async function count(itemId: Id, runs: readonly ToldRun[]): Promise<void> {
    const newest = runs.reduce((one, other) => (other.eventId > one.eventId ? other : one));
    const row = {
      item_id: itemId,
      job_id: newest.jobId,
      job_created_at: newest.jobCreatedAt,
      times: runs.length,
      in_a_row: runs.length,
      last_event: newest.eventId,
      run_id: newest.id,
      run_created_at: newest.createdAt,
      healed_at: null,
    };
    const insert = build.insertInto('attention_jobs').values(row);
    const isNewer = sql<boolean>`excluded.last_event > attention_jobs.last_event`;
    const newer = (column: 'last_event' | 'run_id' | 'run_created_at') =>
      sql<number>`CASE WHEN ${isNewer} THEN excluded.${sql.ref(column)} ELSE attention_jobs.${sql.ref(column)} END`;
    await session.change(
      insert.onConflict((on) =>
        on.columns(['item_id', 'job_id']).doUpdateSet({
          times: sql`attention_jobs.times + excluded.times`,
          in_a_row: sql`CASE WHEN attention_jobs.healed_at IS NULL THEN attention_jobs.in_a_row ELSE 0 END + excluded.in_a_row`,
          last_event: newer('last_event'),
          run_id: newer('run_id'),
          run_created_at: newer('run_created_at'),
          healed_at: null,
        }),
      ),
    );
  }

  async function counted(id: Id) {
    const of = build.selectFrom('attention_jobs').where('item_id', '=', id);
    const sums = await first(
      session,
      of.select((on) => [
        on.fn.countAll<number>().as('jobs'),
        sql<number>`coalesce(sum(times), 0)`.as('times'),
        sql<number>`coalesce(max(CASE WHEN healed_at IS NULL THEN in_a_row ELSE 0 END), 0)`.as('in_a_row'),
      ]),
    );
    const newest = await first(session, of.selectAll().orderBy('last_event', 'desc').limit(1));
    const { jobs = 0, times = 0, in_a_row = 0 } = sums ?? {};
    // PostgreSQL adds bigints up to a text.
    return { jobs: Number(jobs), times: Number(times), in_a_row: Number(in_a_row), newest };
  }

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
    get,

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
      return {
        open: Number(sums?.open ?? 0),
        unread: Number(sums?.unread ?? 0),
        snoozed: Number(sums?.snoozed ?? 0),
        critical: Number(sums?.critical ?? 0),
        oldestAt: sums?.oldest ?? null,
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
          >`(SELECT 1 WHERE EXISTS (SELECT 1 FROM events WHERE kind IN (${told}) AND at >= ${from}))`.as('told'),
          sql<number | null>`(SELECT 1 WHERE EXISTS (SELECT 1 FROM attention_items WHERE resolved_at IS NULL))`.as(
            'open',
          ),
        ]),
      );
      return { now: row?.now ?? 0, told: (row?.told ?? null) !== null, open: (row?.open ?? null) !== null };
    },

    hold,

    async addRuns({ id, spell }, runs) {
      if (runs.length === 0) return [];
      const rows = runs.map((run) => ({
        run_id: run.id,
        run_created_at: run.createdAt,
        item_id: id,
        spell,
        job_id: run.jobId,
        event_id: run.eventId,
        ended_at: run.endedAt,
        retry_id: null,
        retry_created_at: null,
      }));
      const insert = build.insertInto('attention_runs').values(rows);
      const fresh = await session.rows(insert.onConflict((on) => on.column('run_id').doNothing()).returning('run_id'));
      const known = new Set(fresh.map(({ run_id }) => run_id));
      return runs.filter((run) => known.has(run.id));
    },

    open,

    async tell(id, fresh, words) {
      for (const runs of Map.groupBy(fresh, ({ jobId }) => jobId).values()) await count(id, runs);
      const { newest, ...counts } = await counted(id);
      const only = counts.jobs === 1 ? newest : null;
      const job = { job_id: only?.job_id ?? null, job_created_at: only?.job_created_at ?? null };
      const run = { run_id: newest?.run_id ?? null, run_created_at: newest?.run_created_at ?? null };
      const { kind, ...told } = words(counts);
      const stopped = sql<string>`CASE WHEN kind = 'breaker' AND alert_id IS NOT NULL THEN kind ELSE ${kind} END`;
      await session.change(change(id).set({ ...told, kind: stopped, ...counts, ...job, ...run, seen_at: now }));
      const item = await get(id);
      if (item === null) throw new Error('The item that was told is not there.');
      return item;
    },

    drop,

    async follow(id, alert, reopens) {
      if (alert.kind === 'breaker' && (await joinFailures(alert))) return null;
      const words = { kind: alert.kind, severity: alert.severity, title: alert.title, evidence: alert.text };
      const item = await hold(id, alert.fingerprint, { ...words, category: null });
      const isOver = item.resolvedAt !== null;
      if (isOver && !reopens) {
        await drop(item.id);
        return null;
      }
      if (isOver) await open(item.id);
      const told = item.jobs > 0 && (await hasRuns(item.id)) ? {} : toldBy(alert);
      await session.change(change(item.id).set({ ...told, alert_id: alert.id, seen_at: now }));
      return isOver ? get(item.id) : null;
    },

    async alertOver(alertId, how) {
      const row = await first(session, all.where('i.alert_id', '=', alertId).where(isOpen));
      if (row === null) return null;
      if (!(await hasUnhealed(row.id))) return (await resolve(row.id, { by: null, how })) ? get(row.id) : null;
      // What it said of the job is over, its failures are not.
      if (row.kind === 'breaker') await session.change(change(row.id).set({ kind: 'failing' }));
      return null;
    },

    async acknowledgeAlert(alertId, by) {
      const mark = build.updateTable('attention_items').set({ acknowledged_at: now, acknowledged_by: by });
      await session.change(mark.where('alert_id', '=', alertId).where('acknowledged_at', 'is', null));
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

    async heal(itemId, jobId) {
      const mark = build.updateTable('attention_jobs').set({ healed_at: now }).where('item_id', '=', itemId);
      await session.change(mark.where('job_id', '=', jobId).where('healed_at', 'is', null));
      const { in_a_row } = await counted(itemId);
      await session.change(changeOpen(itemId).set({ in_a_row }));
    },

    async endIfHealed(id, how) {
      const rest = await first(
        session,
        all
          .where('i.id', '=', id)
          .where(isOpen)
          .where(sql<boolean>`(${isUnhealed} OR ${alertStands})`),
      );
      return rest === null && (await resolve(id, { by: null, how }));
    },

    async orphaned(limit) {
      const gone = all
        .where(isOpen)
        .where(sql<boolean>`NOT ${jobLives}`)
        .where(sql<boolean>`NOT ${alertStands}`);
      return (await session.rows(gone.orderBy('i.id').limit(limit))).map(toItem);
    },

    async change(id, { ownerId, note, snoozedUntil }) {
      const columns = {
        ...(ownerId === undefined ? {} : { owner_id: ownerId }),
        ...(note === undefined ? {} : { note }),
        ...(snoozedUntil === undefined ? {} : { snoozed_until: snoozedUntil }),
      };
      return Object.keys(columns).length > 0 && (await session.change(change(id).set(columns))) > 0;
    },

    async acknowledge(id, by) {
      const mark = changeOpen(id).set({ acknowledged_at: now, acknowledged_by: by });
      return (await session.change(mark.where('acknowledged_at', 'is', null))) > 0;
    },

    resolve,

    async reopen(id) {
      const again = change(id).set({
        resolved_at: null,
        snoozed_until: null,
        ended_at: null,
        ended_by: null,
        ended_how: null,
      });
      return (await session.change(again.where('resolved_at', 'is not', null))) > 0;
    },

    async noteRetry(runId, { id, createdAt }) {
      const mark = build.updateTable('attention_runs').set({ retry_id: id, retry_created_at: createdAt });
      await session.change(mark.where('run_id', '=', runId));
    },

    async prune(before) {
      const old = build.selectFrom('attention_items').select('id').where('resolved_at', '<', before);
      await session.change(build.deleteFrom('attention_runs').where('item_id', 'in', old));
      await session.change(build.deleteFrom('attention_jobs').where('item_id', 'in', old));
      const gone = await session.change(build.deleteFrom('attention_items').where('resolved_at', '<', before));
      const full = await session.rows(
        build
          .selectFrom('attention_runs')
          .groupBy('item_id')
          .having((on) => on.fn.countAll<number>(), '>', runsKept)
          .select('item_id'),
      );
      for (const { item_id } of full) {
        const mine = build.selectFrom('attention_runs').where('item_id', '=', item_id);
        const last = await first(session, mine.select('run_id').orderBy('run_id', 'desc').offset(runsKept).limit(1));
        if (last === null) continue;
        const surplus = build
          .deleteFrom('attention_runs')
          .where('item_id', '=', item_id)
          .where('run_id', '<=', last.run_id);
        await session.change(surplus.where('ended_at', '<', sql<number>`now_ms() - ${sql.lit(dayMs)}`));
      }
      return gone;
    },
  };
}
