/** What the tables say when a world is over, in the shape that the checks of the real-process harness read. */
import { toUuid } from '../../packages/core/src/model/id.ts';
import type { AttemptRow, History, JobFacts, LedgerRow, RunRow, Trigger } from '../chaos/history.ts';
import type { World } from './world.ts';

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

const text = (value: Value = null): string | null => (value === null ? null : String(value));
const number = (value: Value = null): number | null => (value === null ? null : Number(value));
/** The outside name of a row's run; null where it names none. */
const uuid = (id: Value = null, createdAt: Value = null): string | null =>
  id === null ? null : toUuid({ id: Number(id), createdAt: Number(createdAt) });

export interface Ended {
  readonly triggers: readonly Trigger[];
  /** The database's time at which each job was paused. */
  readonly until: ReadonlyMap<number, number>;
}

export function historyOf(world: World, { triggers, until }: Ended): History {
  const rows = (sql: string): readonly Row[] => world.database.rows(sql) as readonly Row[];
  const jobs = world.jobs.map(({ job, schedules, from }, index): JobFacts => {
    const planned = world.plan.jobs[index];
    return {
      id: toUuid(job),
      name: job.definition.name,
      onLost: job.definition.onLost,
      exclusive: job.definition.maxConcurrent === 1,
      attempts: job.definition.retry?.maxAttempts ?? 1,
      schedules: schedules.flatMap(({ id }, place) => {
        const facts = planned?.schedules[place];
        return facts === undefined ? [] : [{ id: String(id), rule: facts.rule, periodMs: facts.periodMs }];
      }),
      from,
      until: until.get(job.id) ?? from,
    };
  });
  const jobUuids = new Map(world.jobs.map(({ job }) => [job.id, toUuid(job)]));
  return {
    database: 'sqlite',
    seed: world.plan.seed,
    workers: {},
    shifts: [],
    jobs,
    told: world.testimony.told,
    ledger: [...occurrences(rows), ...gaps(rows)],
    runs: runs(rows, jobUuids),
    triggers,
    faults: [],
    remains: {
      orphans: [],
      open: Number(rows('SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM leases) AS n')[0]?.['n']),
      crashes: [],
      integrity: 'ok',
    },
  };
}

type Read = (sql: string) => readonly Row[];

function occurrences(rows: Read): LedgerRow[] {
  return rows('SELECT * FROM occurrences').map((row) => ({
    kind: 'row',
    scheduleId: String(row['schedule_id']),
    dueAt: Number(row['due_at']),
    runId: uuid(row['run_id'], row['run_created_at']),
    reason: text(row['reason']),
    decidedAt: Number(row['decided_at']),
  }));
}

function gaps(rows: Read): LedgerRow[] {
  return rows('SELECT * FROM gaps').map((row) => ({
    kind: 'gap',
    scheduleId: String(row['schedule_id']),
    from: Number(row['from_at']),
    to: Number(row['to_at']),
    count: Number(row['count']),
    reason: text(row['reason']),
    decidedAt: Number(row['decided_at']),
  }));
}

function runs(rows: Read, jobUuids: ReadonlyMap<number, string>): RunRow[] {
  const attempts = Map.groupBy(rows('SELECT * FROM attempts ORDER BY run_id, fence'), (row) => row['run_id']);
  return rows('SELECT * FROM runs').map((row) => ({
    id: uuid(row['id'], row['created_at']) ?? '',
    jobId: jobUuids.get(Number(row['job_id'])) ?? '',
    trigger: String(row['trigger']),
    scheduleId: text(row['schedule_id']),
    dueAt: number(row['due_at']),
    state: text(row['state']) ?? 'queued',
    reason: text(row['reason']),
    note: text(row['note']),
    createdAt: Number(row['created_at']),
    startedAt: number(row['started_at']),
    endedAt: number(row['ended_at']),
    attempts: (attempts.get(row['id'] ?? 0) ?? []).map((attempt): AttemptRow => ({
      attempt: Number(attempt['attempt']),
      workerId: null,
      outcome: String(attempt['outcome']),
      reason: text(attempt['reason']),
      exitCode: number(attempt['exit_code']),
      startedAt: number(attempt['started_at']),
      endedAt: Number(attempt['ended_at']),
    })),
  }));
}
