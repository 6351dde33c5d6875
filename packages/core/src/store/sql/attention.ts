import { sql } from 'kysely';
import type { Alert } from '../../model/alert.ts';
import type { Id } from '../../model/id.ts';
import type { AttentionTable, ToldRun } from '../attention-table.ts';
import { alertStands, allItems, isOpen, isUnhealed } from './attention-conditions.ts';
import { attentionReads } from './attention-reads.ts';
import { toItem } from './attention-rows.ts';
import type { AttentionItemRow } from './attention-schema.ts';
import { first, type Session } from './session.ts';

const now = sql<number>`now_ms()`;
/** Runs of an item that are kept beyond a day. */
const runsKept = 1000;
const dayMs = 86_400_000;

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
  const all = allItems(session);
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

  return {
    get,

    ...attentionReads(session),

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
      const { job_id = null, job_created_at = null } = (counts.jobs === 1 ? newest : null) ?? {};
      const { run_id = null, run_created_at = null } = newest ?? {};
      const subject = { job_id, job_created_at, run_id, run_created_at };
      const { kind, ...told } = words(counts);
      const stopped = sql<string>`CASE WHEN kind = 'breaker' AND alert_id IS NOT NULL THEN kind ELSE ${kind} END`;
      await session.change(change(id).set({ ...told, kind: stopped, ...counts, ...subject, seen_at: now }));
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
