/** A run as it is read: its record joined with the table it stands in, in one statement and so at one moment. */
import { sql, type Compilable, type Kysely, type RawBuilder } from 'kysely';
import type { Failure, Priority, Progress, Run, RunState, Trigger } from '../../model/run.ts';
import { priorities } from '../../model/run.ts';
import type { ScheduledStart } from '../run-table.ts';
import { postgresBuilder, sqliteBuilder } from './builder.ts';
import { readObject, readObjectOrNull, readValue } from './json.ts';
import type { Schema } from './schema.ts';
import { isOneOf } from './one-of.ts';
import type { Session } from './session.ts';
import type { Statement } from './statement.ts';

/** Silence after which a lease's run is shown as suspect (contract, section 6). */
const suspectAfterMs = 15_000;

/** A row of {@link selectRuns}. */
export interface RunViewRow {
  readonly id: number;
  readonly created_at: number;
  readonly job_id: number;
  readonly job_name: string | null;
  readonly job_created_at: number | null;
  readonly job_version: number;
  readonly trigger: string;
  readonly schedule_id: number | null;
  readonly due_at: number | null;
  readonly priority: number;
  readonly queue_name: string | null;
  readonly parameters: string;
  readonly note: string | null;
  readonly requested_by: string | null;
  readonly cause_run_id: number | null;
  readonly cause_created_at: number | null;
  readonly cancel_requested_at: number | null;
  readonly cancel_reason: string | null;
  readonly cancel_by: string | null;
  readonly state: string | null;
  readonly reason: string | null;
  readonly attempt: number | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly failure: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly worker_id: number | null;
  readonly worker_name: string | null;
  readonly next_attempt: number | null;
  readonly available_at: number | null;
  readonly waiting_reason: string | null;
  readonly phase: string | null;
  readonly lease_attempt: number | null;
  readonly lease_started_at: number | null;
  readonly fresh: number | null;
  readonly progress: string | null;
  readonly result: string | null;
}

/** The joined tables, under the names `r` (record), `q` (queue), `l` (lease); the caller narrows and orders. */
export function selectRuns(build: Kysely<Schema>) {
  return build
    .selectFrom('runs as r')
    .leftJoin('queue as q', 'q.run_id', 'r.id')
    .leftJoin('leases as l', 'l.run_id', 'r.id')
    .leftJoin('jobs as j', 'j.id', 'r.job_id')
    .leftJoin('queues as k', 'k.id', 'r.queue')
    .leftJoin('workers as w', (join) => join.on('w.id', '=', sql<number>`coalesce(l.worker_id, r.worker_id)`))
    .leftJoin('run_reports as p', 'p.run_id', 'r.id')
    .select([
      'r.id',
      'r.created_at',
      'r.job_id',
      'j.name as job_name',
      'j.created_at as job_created_at',
      'r.job_version',
      'r.trigger',
      'r.schedule_id',
      'r.due_at',
      'r.priority',
      'k.name as queue_name',
      'r.parameters',
      'r.note',
      'r.requested_by',
      'r.cause_run_id',
      'r.cause_created_at',
      'r.cancel_requested_at',
      'r.cancel_reason',
      'r.cancel_by',
      'r.state',
      'r.reason',
      'r.attempt',
      'r.exit_code',
      'r.signal',
      'r.failure',
      'r.started_at',
      'r.ended_at',
      'w.name as worker_name',
      'q.attempt as next_attempt',
      'q.available_at',
      'q.reason as waiting_reason',
      'l.phase',
      'l.attempt as lease_attempt',
      'l.started_at as lease_started_at',
      'p.progress',
      'p.result',
    ])
    .select([
      sql<number | null>`coalesce(l.worker_id, r.worker_id)`.as('worker_id'),
      sql<number | null>`CASE WHEN w.incarnation = l.incarnation AND w.lost_at IS NULL
        AND w.beat_at >= now_ms() - ${sql.lit(suspectAfterMs)} THEN 1 END`.as('fresh'),
    ]);
}

/** What names a run's record. */
export interface RunKey {
  readonly id: number;
  readonly created_at: number;
}

type Texts = Readonly<Record<Session['kind'], Statement>>;

/** `:keys` [{id, created_at}], of any number in one text: planning these joins takes a server longer than finding a page of runs. */
function byKeys(name: string, select: (build: Kysely<Schema>, isOneOf: RawBuilder<boolean>) => Compilable): Texts {
  const text = (build: Kysely<Schema>, keys: RawBuilder<unknown>): Statement => ({
    name,
    text: select(build, sql<boolean>`(r.id, r.created_at) IN (${keys})`).compile().sql,
  });
  return {
    sqlite: text(sqliteBuilder, sql`SELECT value ->> 'id', value ->> 'created_at' FROM json_each(:keys)`),
    postgres: text(
      postgresBuilder,
      sql`SELECT d.id, d.created_at FROM json_to_recordset(:keys::json) AS d(id bigint, created_at bigint)`,
    ),
  };
}

const ofKeys = byKeys('runs_of_keys', (build, isOneOf) => selectRuns(build).where(isOneOf));

const startsOfKeys = byKeys('starts_of_keys', (build, isOneOf) =>
  build
    .selectFrom('runs as r')
    .select(['r.created_at', 'r.due_at', 'r.started_at'])
    .where(isOneOf)
    .where(sql<boolean>`r.trigger = 'schedule' AND r.due_at IS NOT NULL AND r.started_at IS NOT NULL`),
);

/** Of those runs, when the ones that a schedule made were due and began. */
export async function startsOf(session: Session, keys: readonly RunKey[]): Promise<readonly ScheduledStart[]> {
  const asked = { keys: JSON.stringify(keys.map(({ id, created_at }) => ({ id, created_at }))) };
  const rows = await session.run<{ created_at: number; due_at: number; started_at: number }>(
    startsOfKeys[session.kind],
    asked,
  );
  return rows.map((row) => ({ createdAt: row.created_at, dueAt: row.due_at, startedAt: row.started_at }));
}

function rowsOf(session: Session, keys: readonly RunKey[]): Promise<readonly RunViewRow[]> {
  if (session.kind === 'sqlite' || session.sight === null) {
    const rows = keys.map(({ id, created_at }) => ({ id, created_at }));
    return session.run<RunViewRow>(ofKeys[session.kind], { keys: JSON.stringify(rows) });
  }
  // With views there are more tables than PostgreSQL puts in order: a list of keys would be joined last, to the whole record.
  const [ids, times] = [keys.map(({ id }) => id), keys.map((key) => key.created_at)];
  return session.rows(selectRuns(session.build).where(isOneOf('r.id', ids)).where(isOneOf('r.created_at', times)));
}

/** The runs of these keys as they are now, in the order of the keys. */
export async function runsOf(session: Session, keys: readonly RunKey[]): Promise<readonly Run[]> {
  if (keys.length === 0) return [];
  const found = new Map((await rowsOf(session, keys)).map((row) => [row.id, row]));
  return keys.flatMap(({ id }) => {
    const row = found.get(id);
    return row === undefined ? [] : [toRun(row)];
  });
}

function stateOf(row: RunViewRow): RunState {
  if (row.next_attempt !== null) return 'queued';
  if (row.phase !== null) return row.phase === 'running' ? 'running' : 'starting';
  return (row.state ?? 'queued') as RunState;
}

/** Makes a {@link Run} of a row. */
export function toRun(row: RunViewRow): Run {
  const state = stateOf(row);
  const waits = row.next_attempt !== null;
  const lives = row.phase !== null;
  return {
    id: row.id,
    createdAt: row.created_at,
    jobId: row.job_id,
    jobName: row.job_name ?? '',
    jobCreatedAt: row.job_created_at ?? 0,
    jobVersion: row.job_version,
    trigger: row.trigger as Trigger,
    scheduleId: row.schedule_id,
    dueAt: row.due_at,
    state,
    reason: waits ? row.waiting_reason : row.reason,
    attempt: row.next_attempt !== null ? row.next_attempt - 1 : (row.lease_attempt ?? row.attempt ?? 0),
    availableAt: row.available_at,
    startedAt: lives ? row.lease_started_at : row.started_at,
    endedAt: row.ended_at,
    exitCode: row.exit_code,
    signal: row.signal,
    failure: readObjectOrNull<Failure>(row.failure, 'runs.failure'),
    workerId: row.worker_id,
    workerName: row.worker_name,
    priority: priorityWord(row.priority),
    queue: row.queue_name ?? '',
    parameters: readObject(row.parameters, 'runs.parameters'),
    result: readValue(row.result, 'run_reports.result'),
    progress: readObjectOrNull<Progress>(row.progress, 'run_reports.progress'),
    note: row.note,
    requestedBy: row.requested_by,
    causeRunId: row.cause_run_id,
    causeCreatedAt: row.cause_created_at,
    cancelRequestedAt: row.cancel_requested_at,
    cancelReason: row.cancel_reason,
    cancelBy: row.cancel_by,
    suspect: lives && row.fresh === null,
  };
}

/** The word of a stored priority, 0 to 3. */
export function priorityWord(level: number): Priority {
  return priorities[level] ?? 'low';
}

export function priorityLevel(priority: Priority): number {
  return priorities.indexOf(priority);
}
