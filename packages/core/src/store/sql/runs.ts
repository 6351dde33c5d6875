import { sql } from 'kysely';
import { together } from '../../system/together.ts';
import type { Attempt, AttemptOutcome, Failure, RunState, Trigger } from '../../model/run.ts';
import type { Id, Reference } from '../../model/id.ts';
import type { LiveRun, NewRun, RunCounts, RunTable } from '../run-table.ts';
import type { Ending } from './chains.ts';
import { endedKinds, isOfKind } from './event-kinds.ts';
import { readObjectOrNull, writeValue } from './json.ts';
import { numberQueues, type LineKey, type QueueNumbers } from './queues.ts';
import { priorityLevel, runsOf, selectRuns, startsOf, toRun, type RunKey } from './run-view.ts';
import { endedBetween } from './tallies.ts';
import { listRuns } from './run-list.ts';
import { timesOf } from './run-times.ts';
import { fewJobs, fewSeen, headsOf } from './seen-jobs.ts';
import { endWaiting, removeRuns } from './run-endings.ts';
import { readFailures } from './failures.ts';
import { readLine } from './line.ts';
import { leasedRuns, queuedRuns } from './live-rows.ts';
import { moveToFront } from './queue-places.ts';
import { isOneOf } from './one-of.ts';
import type { Session } from './session.ts';
import { shaped } from './shaped.ts';
import { doLast, first, runRows } from './session.ts';

/** The record, on either database. */
export function runTable(session: Session, numbers: QueueNumbers, ending: Ending): RunTable {
  const { build } = session;
  const get: RunTable['get'] = async ({ id, createdAt }) => {
    const row = await first(session, selectRuns(build).where('r.id', '=', id).where('r.created_at', '=', createdAt));
    return row === null ? null : toRun(row);
  };
  return {
    async insert(runs) {
      await together((await inserting(session, numbers, runs)).map((send) => send()));
    },
    async insertLast(runs) {
      for (const send of await inserting(session, numbers, runs)) await doLast(session, send);
    },
    get,
    async find(id) {
      const row = await first(session, selectRuns(build).where('r.id', '=', id));
      return row === null ? null : toRun(row);
    },
    list: (filter, page) => listRuns(session, filter, page),
    some: (references) =>
      runsOf(
        session,
        references.map(({ id, createdAt }) => ({ id, created_at: createdAt })),
      ),
    attempts: (reference) => attempts(session, reference),
    live: (jobIds) => live(session, jobIds),
    leased: (jobIds) => leased(session, jobIds),
    async waiting(limit, stepMs = 0) {
      const keys = await session.run<RunKey>(session.hot.headOfQueue, { most: limit, step: stepMs });
      return runsOf(session, keys);
    },
    waitingTooLong: (after, limit) => waitingTooLong(session, after, limit),
    async running(limit) {
      const oldest = build
        .selectFrom('leases as l')
        .select(['l.run_id as id', 'l.run_created_at as created_at'])
        .orderBy(sql`coalesce(l.started_at, l.claimed_at)`)
        .orderBy('l.run_id');
      return runsOf(session, await session.rows(oldest.limit(limit)));
    },
    ended: async (limit) => runsOf(session, await endedLast(session, limit)),
    starts: async (limit) => startsOf(session, await endedLast(session, limit)),
    async countLive() {
      const queue = build
        .selectFrom('queue')
        .select((on) => [on.fn.countAll<number>().as('queued'), on.fn.min('run_created_at').as('oldest')]);
      const leases = build.selectFrom('leases').select((on) => on.fn.countAll<number>().as('leased'));
      const [waiting, alive] = [await first(session, queue), await first(session, leases)];
      return { queued: waiting?.queued ?? 0, leased: alive?.leased ?? 0, oldestQueuedAt: waiting?.oldest ?? null };
    },
    async counts(from, to) {
      const ended = await endedBetween(session, from, to);
      const of = (state: keyof RunCounts): number => ended.get(state) ?? 0;
      return {
        succeeded: of('succeeded'),
        failed: of('failed'),
        timed_out: of('timed_out'),
        cancelled: of('cancelled'),
        lost: of('lost'),
      };
    },
    failures: (jobs, most) => readFailures(session, jobs, most),
    durations: async (jobId, limit) => (await timesOf(session, [jobId], limit)).get(jobId) ?? [],
    durationsOf: (jobIds, limit) => timesOf(session, jobIds, limit),
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
    line: (queue, options) => readLine(session, queue, options),
    moveToFront: (id) => moveToFront(session, id),
    endWaiting: (ids, end) => ending.around(ids, () => endWaiting(session, ids, end)),
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

const startDeadline = sql<number>`CAST(v.definition ->> 'startDeadlineSeconds' AS double precision)`;

/** Of what one looks through who sees many jobs but not all. */
const mostEventsLookedAt = 8000;

/** The newest ends that somebody sees: job by job where they are few, and else in the newest stretch of the log. */
async function endedSeen(session: Session, limit: number): Promise<readonly RunKey[]> {
  // The sign keeps a database from an index by kind: the newest are found by their number.
  const where = sql`(kind || '') IN (${sql.join(endedKinds)}) AND run_id IS NOT NULL`;
  const order = sql`id DESC`;
  const few = await fewSeen(session, fewJobs);
  const from =
    few === null
      ? sql`events WHERE ${where} AND id > (SELECT coalesce(max(id), 0) FROM every_event) - ${mostEventsLookedAt}`
      : sql`(${headsOf(session, few, { table: 'every_event', where, order, limit, within: { column: 'id' } })}) AS heads`;
  const query = sql<RunKey>`SELECT run_id AS id, run_created_at AS created_at FROM ${from} ORDER BY ${order} LIMIT ${limit}`;
  return session.rows({ compile: () => query.compile(session.build) });
}

/** The newest ends, newest first. */
async function endedLast(session: Session, limit: number): Promise<readonly RunKey[]> {
  if (session.sight !== null) return endedSeen(session, limit);
  const heads = endedKinds.map(
    (
      kind,
    ) => sql`SELECT * FROM (SELECT run_id, run_created_at, at, id AS place FROM events WHERE ${isOfKind(kind)} AND run_id IS NOT NULL
      ORDER BY at DESC LIMIT ${limit}) AS head`,
  );
  const newest = sql<RunKey>`SELECT run_id AS id, run_created_at AS created_at FROM (${sql.join(heads, sql` UNION ALL `)}) AS heads
    ORDER BY at DESC, place DESC LIMIT ${limit}`;
  return session.rows({ compile: () => newest.compile(session.build) });
}

/** Waiting runs from which it is a short way to the versions of their jobs. */
const fewWaiting = 1000;

/** A long queue costs one look at each of its jobs; runs are read of those with a deadline only. */
async function waitingTooLong(session: Session, after: Id, limit: number): Promise<readonly Reference[]> {
  const { build } = session;
  const withDeadline = build
    .selectFrom('job_versions as v')
    .where(sql<boolean>`(v.definition ->> 'startDeadlineSeconds') IS NOT NULL`)
    .select(['v.job_id', 'v.version', startDeadline.as('seconds')]);
  const some = await session.rows(
    build
      .selectFrom('queue')
      .select('job_id')
      .limit(fewWaiting + 1),
  );
  if (some.length === 0) return [];
  // The shorter way: from what waits, or from the versions with a deadline. Those have an index of their own, and only the
  // order leads a planner to it, who cannot count what an expression leaves.
  const inOrder = withDeadline.orderBy('v.job_id').orderBy('v.version');
  const few = [...new Set(some.map(({ job_id }) => job_id))];
  const limited = some.length > fewWaiting ? inOrder : inOrder.where('v.job_id', 'in', few);
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

/**
 * A backfill may leave thousands of runs behind the limit of their job: in a line of its own a full job costs a claim one
 * look, where it would cost one for each run that it walks.
 */
function lineOf(run: NewRun): LineKey {
  const own = run.trigger === 'backfill' && run.slots !== null;
  return { ...run, job: own ? run.jobId : 0 };
}

/** What an insert of runs sends, once their lines have numbers. */
async function inserting(
  session: Session,
  numbers: QueueNumbers,
  runs: readonly NewRun[],
): Promise<readonly (() => Promise<unknown>)[]> {
  if (runs.length === 0) return [];
  const queueOf = await numberQueues(session, numbers, runs.map(lineOf));
  const records = runs.map((run) => ({
    id: run.id,
    created_at: run.createdAt,
    job_id: run.jobId,
    job_version: run.jobVersion,
    trigger: run.trigger,
    schedule_id: run.scheduleId,
    due_at: run.dueAt,
    priority: priorityLevel(run.priority),
    queue: queueOf(lineOf(run)),
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
    queue: queueOf(lineOf(run)),
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
  return [() => runRows(session, session.hot.insertRuns, records), () => runRows(session, session.hot.enqueue, places)];
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

interface LiveRow {
  readonly run_id: number;
  readonly run_created_at: number;
  readonly job_id: number;
  readonly trigger: string;
  readonly due_at: number | null;
  readonly phase: string;
  readonly attempt: number;
}

function toLive(row: LiveRow): LiveRun {
  return {
    id: row.run_id,
    createdAt: row.run_created_at,
    jobId: row.job_id,
    state: row.phase === 'queued' || row.phase === 'running' ? row.phase : 'starting',
    trigger: row.trigger as Trigger,
    dueAt: row.due_at,
    attempt: row.attempt,
  };
}

const byAge = (a: LiveRow, b: LiveRow): number => a.run_created_at - b.run_created_at || a.run_id - b.run_id;

const leasedView = (ground: Pick<Session, 'build'>) =>
  leasedRuns(ground).select([
    'l.run_id',
    'l.run_created_at',
    'l.job_id',
    'r.trigger',
    'r.due_at',
    'l.phase',
    'l.attempt',
  ]);

const queuedView = (ground: Pick<Session, 'build'>) =>
  queuedRuns(ground)
    .select(['q.run_id', 'q.run_created_at', 'q.job_id', 'r.trigger', 'r.due_at'])
    .select([sql<string>`'queued'`.as('phase'), sql<number>`q.attempt - 1`.as('attempt')]);

/** As one statement: a run that is claimed between two of them would stand in neither. */
const liveOfJobs = shaped((ground, { ids }: { readonly ids: readonly number[] }) =>
  leasedView(ground)
    .where(isOneOf('l.job_id', ids))
    .unionAll(queuedView(ground).where(isOneOf('q.job_id', ids))),
);

const liveOf = (session: Session, ids: readonly number[]) =>
  session.kind === 'postgres'
    ? liveOfJobs(session, { ids })
    : leasedView(session)
        .where('l.job_id', 'in', [...ids])
        .unionAll(queuedView(session).where('q.job_id', 'in', [...ids]));

async function leased(session: Session, jobIds: readonly number[]): Promise<readonly LiveRun[]> {
  if (jobIds.length === 0) return [];
  const rows = await session.rows(leasedView(session).where('l.job_id', 'in', [...jobIds]));
  return rows.toSorted(byAge).map(toLive);
}

async function live(session: Session, jobIds: readonly number[]): Promise<readonly LiveRun[]> {
  if (jobIds.length === 0) return [];
  return (await session.rows(liveOf(session, jobIds))).toSorted(byAge).map(toLive);
}
