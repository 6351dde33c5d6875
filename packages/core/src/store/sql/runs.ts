import { sql } from 'kysely';
import { draftVersion } from '../../model/job.ts';
import {
  runStates,
  isFinal,
  type Attempt,
  type AttemptOutcome,
  type Failure,
  type Run,
  type RunState,
  type Trigger,
} from '../../model/run.ts';
import type { Id, Reference } from '../../model/id.ts';
import type { LiveRun, NewRun, RunCounts, RunFilter, RunTable } from '../run-table.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { readObjectOrNull, writeValue } from './json.ts';
import { numberQueues, type QueueNumbers } from './queues.ts';
import { priorityLevel, selectRuns, toRun, type RunQuery } from './run-view.ts';
import { endWaiting, removeRuns } from './run-endings.ts';
import type { Session } from './session.ts';
import { first, runRows } from './session.ts';

const endedKinds = runStates.filter(isFinal);

function narrow(query: RunQuery, filter: RunFilter): RunQuery {
  let narrowed = query;
  const { jobId, states, triggers, reason, workerId, from, to } = filter;
  if (jobId !== undefined) narrowed = narrowed.where('r.job_id', '=', jobId);
  if (triggers !== undefined) narrowed = narrowed.where('r.trigger', 'in', [...triggers, '']);
  if (from !== undefined) narrowed = narrowed.where('r.created_at', '>=', from);
  if (to !== undefined) narrowed = narrowed.where('r.created_at', '<', to);
  if (reason !== undefined) {
    narrowed = narrowed.where(sql<string>`CASE WHEN q.run_id IS NULL THEN r.reason ELSE q.reason END`, '=', reason);
  }
  if (workerId !== undefined) narrowed = narrowed.where(sql<number>`coalesce(l.worker_id, r.worker_id)`, '=', workerId);
  if (states === undefined) return narrowed;
  const ended = states.filter(isFinal);
  const waitsOrLives = ended.length < states.length;
  if (ended.length === 0 && waitsOrLives) {
    narrowed = narrowed.where(
      'r.id',
      'in',
      sql<number>`(SELECT run_id FROM queue UNION ALL SELECT run_id FROM leases)`,
    );
  }
  return narrowed.where((on) =>
    on.or([
      on('r.state', 'in', [...ended, '']),
      ...(states.includes('queued') ? [on('q.run_id', 'is not', null)] : []),
      ...(states.includes('starting') ? [on('l.phase', 'in', ['claimed', 'starting'])] : []),
      ...(states.includes('running') ? [on('l.phase', '=', 'running')] : []),
    ]),
  );
}

/** The record, on either database. */
export function runTable(session: Session, numbers: QueueNumbers): RunTable {
  const { build } = session;
  const get: RunTable['get'] = async ({ id, createdAt }) => {
    const row = await first(session, selectRuns(build).where('r.id', '=', id).where('r.created_at', '=', createdAt));
    return row === null ? null : toRun(row);
  };
  return {
    insert: (runs) => insert(session, numbers, runs),
    get,
    async find(id) {
      const row = await first(session, selectRuns(build).where('r.id', '=', id));
      return row === null ? null : toRun(row);
    },
    async list(filter, { limit, after }) {
      const key = decodeCursor(after, [0, 0]);
      let query = narrow(selectRuns(build), filter);
      if (key !== null) query = query.where(sql<boolean>`(r.created_at, r.id) < (${key[0]}, ${key[1]})`);
      const rows = await session.rows(
        query
          .orderBy('r.created_at', 'desc')
          .orderBy('r.id', 'desc')
          .limit(limit + 1),
      );
      return toPage<(typeof rows)[number], Run>(rows, limit, { key: (row) => [row.created_at, row.id], item: toRun });
    },
    attempts: (reference) => attempts(session, reference),
    live: (jobIds) => live(session, jobIds),
    async waiting(limit) {
      const query = selectRuns(build).where('q.run_id', 'is not', null);
      const ordered = query.orderBy('q.priority').orderBy('q.available_at').orderBy('q.run_id').limit(limit);
      return (await session.rows(ordered)).map(toRun);
    },
    waitingTooLong: (after, limit) => waitingTooLong(session, after, limit),
    async running(limit) {
      const query = selectRuns(build).where('l.run_id', 'is not', null);
      const ordered = query
        .orderBy(sql`coalesce(l.started_at, l.claimed_at)`)
        .orderBy('l.run_id')
        .limit(limit);
      return (await session.rows(ordered)).map(toRun);
    },
    async countLive() {
      const queue = build
        .selectFrom('queue')
        .select((on) => [on.fn.countAll<number>().as('queued'), on.fn.min('run_created_at').as('oldest')]);
      const leases = build.selectFrom('leases').select((on) => on.fn.countAll<number>().as('leased'));
      const [waiting, alive] = [await first(session, queue), await first(session, leases)];
      return { queued: waiting?.queued ?? 0, leased: alive?.leased ?? 0, oldestQueuedAt: waiting?.oldest ?? null };
    },
    async counts(from, to) {
      const kinds = endedKinds.map((state) => `run.${state}`);
      const told = build.selectFrom('events').where('kind', 'in', kinds).where('at', '>=', from).where('at', '<', to);
      const drafts = build.selectFrom('jobs').select('id').where('version', '=', draftVersion);
      const query = told.where((on) => on.or([on('job_id', 'is', null), on('job_id', 'not in', drafts)]));
      const rows = await session.rows(
        query.groupBy('kind').select((on) => ['kind', on.fn.countAll<number>().as('count')]),
      );
      const of = (state: keyof RunCounts): number => rows.find(({ kind }) => kind === `run.${state}`)?.count ?? 0;
      return {
        succeeded: of('succeeded'),
        failed: of('failed'),
        timed_out: of('timed_out'),
        cancelled: of('cancelled'),
        lost: of('lost'),
      };
    },
    async durations(jobId, limit) {
      const succeeded = build.selectFrom('runs').where('job_id', '=', jobId).where('state', '=', 'succeeded');
      const timed = succeeded.where('started_at', 'is not', null).select(sql<number>`ended_at - started_at`.as('ms'));
      const newest = timed.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
      return (await session.rows(newest)).map(({ ms }) => ms);
    },
    durationsOf: (jobIds, limit) => durationsOf(session, jobIds, limit),
    async dueIn(jobId, { from, to }) {
      // A dispatch ahead of its instant is at most a minute early.
      const made = build
        .selectFrom('runs')
        .where('job_id', '=', jobId)
        .where('created_at', '>=', from - 60_000);
      const due = made.where('due_at', '>=', from).where('due_at', '<=', to).select(['due_at', 'state']);
      return (await session.rows(due)).flatMap((row) =>
        row.due_at === null ? [] : [{ dueAt: row.due_at, state: row.state as RunState | null }],
      );
    },
    async tally(jobId, { trigger, createdAt }) {
      let some = selectTallied(session).where('r.job_id', '=', jobId).where('r.trigger', '=', trigger);
      if (createdAt !== null) some = some.where('r.created_at', '=', createdAt);
      const rows = await session.rows(some);
      const of = (state: string): number => rows.find((row) => row.state === state)?.count ?? 0;
      return {
        waiting: of('waiting'),
        live: of('live'),
        succeeded: of('succeeded'),
        failed: of('failed'),
        timed_out: of('timed_out'),
        cancelled: of('cancelled'),
        lost: of('lost'),
      };
    },
    async ahead(id) {
      const own = await first(session, build.selectFrom('queue').selectAll().where('run_id', '=', id));
      if (own === null) return null;
      const line = build.selectFrom('queue').where('queue', '=', own.queue);
      const earlier = sql<boolean>`(priority, available_at, run_id) < (${own.priority}, ${own.available_at}, ${id})`;
      const counted = async (query: typeof line): Promise<number> =>
        (
          await first(
            session,
            query.select((on) => on.fn.countAll<number>().as('count')),
          )
        )?.count ?? 0;
      return { ahead: await counted(line.where(earlier)), length: await counted(line) };
    },
    endWaiting: (ids, end) => endWaiting(session, ids, end),
    async requestCancel({ id, createdAt }, { reason, by }) {
      const wish = { cancel_requested_at: sql<number>`now_ms()`, cancel_reason: reason, cancel_by: by };
      const open = build.updateTable('runs').set(wish).where('id', '=', id).where('created_at', '=', createdAt);
      return (await session.change(open.where('state', 'is', null).where('cancel_requested_at', 'is', null))) > 0;
    },
    async report({ id, createdAt }, { progress, result }) {
      const row = { run_id: id, run_created_at: createdAt, progress: writeValue(progress), result: writeValue(result) };
      await runRows(session, session.hot.report, [row]);
    },
    async expired(before, limit) {
      const ended = build.selectFrom('runs').where('created_at', '<', before).where('state', 'is not', null);
      const oldest = ended.orderBy('created_at').orderBy('id').limit(limit).select(['id', 'created_at']);
      return (await session.rows(oldest)).map((row) => ({ id: row.id, createdAt: row.created_at }));
    },
    remove: (references) => removeRuns(session, references),
  };
}

/** Jobs asked of in one statement. */
const jobsAtOnce = 50;

async function durationsOf(
  session: Session,
  jobIds: readonly Id[],
  limit: number,
): Promise<ReadonlyMap<Id, readonly number[]>> {
  const { build } = session;
  const newest = (jobId: Id) =>
    build
      .selectFrom('runs')
      .where('job_id', '=', jobId)
      .where('state', '=', 'succeeded')
      .where('started_at', 'is not', null)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .select(['job_id', sql<number>`ended_at - started_at`.as('ms')]);
  const found: { readonly job_id: Id; readonly ms: number }[] = [];
  for (let at = 0; at < jobIds.length; at += jobsAtOnce) {
    const [head, ...more] = jobIds
      .slice(at, at + jobsAtOnce)
      .map((id) => build.selectFrom(newest(id).as('n')).selectAll());
    if (head === undefined) break;
    found.push(...(await session.rows(more.reduce((all, one) => all.unionAll(one), head))));
  }
  const grouped = Map.groupBy(found, ({ job_id }) => job_id);
  return new Map([...grouped].map(([id, rows]) => [id, rows.map(({ ms }) => ms)]));
}

const startDeadline = sql<number>`CAST(v.definition ->> 'startDeadlineSeconds' AS double precision)`;

/** A long queue costs one look at each of its jobs; runs are read of those with a deadline only. */
async function waitingTooLong(session: Session, after: Id, limit: number): Promise<readonly Reference[]> {
  const { build } = session;
  const limited = build
    .selectFrom('job_versions as v')
    .where('v.job_id', 'in', build.selectFrom('queue').select('job_id').distinct())
    .where(startDeadline, 'is not', null)
    .select(['v.job_id', 'v.version', startDeadline.as('seconds')]);
  const from = sql<number>`CASE WHEN r.due_at < r.created_at THEN r.due_at ELSE r.created_at END`;
  const waiting = build
    .with(
      (name) => name('limited').materialized(),
      () => limited,
    )
    .selectFrom('limited as d')
    .innerJoin('queue as q', 'q.job_id', 'd.job_id')
    .innerJoin('runs as r', (join) =>
      join
        .onRef('r.id', '=', 'q.run_id')
        .onRef('r.created_at', '=', 'q.run_created_at')
        .onRef('r.job_version', '=', 'd.version'),
    )
    .where('q.attempt', '=', 1)
    .where('q.run_id', '>', after)
    .where('r.trigger', '<>', 'backfill')
    .where(sql<boolean>`${from} + d.seconds * 1000 < now_ms()`)
    .orderBy('q.run_id')
    .limit(limit)
    .select(['r.id', 'r.created_at']);
  return (await session.rows(waiting)).map((row) => ({ id: row.id, createdAt: row.created_at }));
}

/** Runs counted by state, those that have none by where they stand. */
function selectTallied({ build }: Session) {
  return build
    .selectFrom('runs as r')
    .leftJoin('queue as q', (join) => join.onRef('q.run_id', '=', 'r.id'))
    .groupBy(sql`1`)
    .select(
      sql<string>`CASE WHEN r.state IS NOT NULL THEN r.state WHEN q.run_id IS NULL THEN 'live' ELSE 'waiting' END`.as(
        'state',
      ),
    )
    .select((on) => on.fn.countAll<number>().as('count'));
}

async function insert(session: Session, numbers: QueueNumbers, runs: readonly NewRun[]): Promise<void> {
  if (runs.length === 0) return;
  const queueOf = await numberQueues(session, numbers, runs);
  const records = runs.map((run) => ({
    id: run.id,
    created_at: run.createdAt,
    job_id: run.jobId,
    job_version: run.jobVersion,
    trigger: run.trigger,
    schedule_id: run.scheduleId,
    due_at: run.dueAt,
    priority: priorityLevel(run.priority),
    queue: queueOf(run),
    parameters: JSON.stringify(run.parameters),
    note: run.note,
    requested_by: run.requestedBy,
    cause_run_id: run.cause?.id ?? null,
    cause_created_at: run.cause?.createdAt ?? null,
  }));
  const places = runs.map((run) => ({
    run_id: run.id,
    run_created_at: run.createdAt,
    job_id: run.jobId,
    queue: queueOf(run),
    priority: priorityLevel(run.priority),
    on_lost: run.onLost === 'rerun' ? 1 : 0,
    concurrency_key: run.slots === null ? null : run.jobId,
    slots: run.slots,
    attempt: 1,
    fence: 0,
    available_at: run.availableAt,
    reason: run.reason,
    direct: run.direct === true,
  }));
  await runRows(session, session.hot.insertRuns, records);
  await runRows(session, session.hot.enqueue, places);
}

async function attempts(
  session: Session,
  { id, createdAt }: { id: number; createdAt: number },
): Promise<readonly Attempt[]> {
  const query = session.build
    .selectFrom('attempts')
    .selectAll()
    .where('run_id', '=', id)
    .where('run_created_at', '=', createdAt);
  return (await session.rows(query.orderBy('fence'))).map((row) => ({
    runId: row.run_id,
    attempt: row.attempt,
    fence: row.fence,
    workerId: row.worker_id,
    outcome: row.outcome as AttemptOutcome,
    reason: row.reason,
    exitCode: row.exit_code,
    signal: row.signal,
    failure: readObjectOrNull<Failure>(row.failure, 'attempts.failure'),
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

async function live(session: Session, jobIds: readonly number[]): Promise<readonly LiveRun[]> {
  if (jobIds.length === 0) return [];
  const { build } = session;
  const waiting = build
    .selectFrom('queue as s')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.id', '=', 's.run_id').onRef('r.created_at', '=', 's.run_created_at'),
    )
    .where('s.job_id', 'in', [...jobIds])
    .select(['s.run_id', 's.run_created_at', 's.job_id', 'r.trigger', 'r.due_at'])
    .select([sql<string>`'queued'`.as('phase'), sql<number>`s.attempt - 1`.as('attempt')]);
  const leased = build
    .selectFrom('leases as s')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.id', '=', 's.run_id').onRef('r.created_at', '=', 's.run_created_at'),
    )
    .where('s.job_id', 'in', [...jobIds])
    .select(['s.run_id', 's.run_created_at', 's.job_id', 'r.trigger', 'r.due_at', 's.phase', 's.attempt']);
  const rows = [...(await session.rows(leased)), ...(await session.rows(waiting))];
  return rows
    .sort((a, b) => a.run_created_at - b.run_created_at || a.run_id - b.run_id)
    .map((row) => ({
      id: row.run_id,
      createdAt: row.run_created_at,
      jobId: row.job_id,
      state: row.phase === 'queued' || row.phase === 'running' ? row.phase : 'starting',
      trigger: row.trigger as Trigger,
      dueAt: row.due_at,
      attempt: row.attempt,
    }));
}
