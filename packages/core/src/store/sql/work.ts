/** Runs as they are started: the few columns that matter, and definitions that are read once. */
import type { Reference } from '../../model/id.ts';
import type { JobDefinition } from '../../model/job.ts';
import type { Trigger } from '../../model/run.ts';
import type { Work } from '../dispatch-table.ts';
import { readObject } from './json.ts';
import { priorityWord, type RunViewRow } from './run-view.ts';
import type { Session } from './session.ts';

/** Definitions by job and version, shared by the sessions of a store: a version never changes. */
export type Definitions = Map<string, JobDefinition>;

const mostKept = 5000;

/** Of a run's record, what a start needs beside its names. */
export type WorkFacts = Pick<
  RunViewRow,
  | 'job_version'
  | 'trigger'
  | 'schedule_id'
  | 'due_at'
  | 'priority'
  | 'queue_name'
  | 'parameters'
  | 'note'
  | 'requested_by'
  | 'cause_run_id'
  | 'cause_created_at'
  | 'cancel_requested_at'
  | 'cancel_reason'
  | 'job_name'
  | 'job_created_at'
> & {
  readonly schedule_created_at: number | null;
  readonly failing_since: number | null;
  readonly breaker_opened_at: number | null;
};

type WorkRow = WorkFacts & Pick<RunViewRow, 'id' | 'created_at' | 'job_id'>;

const keyOf = (jobId: number, version: number): string => `${jobId} ${version}`;

export async function loadWork(
  session: Session,
  definitions: Definitions,
  references: readonly Reference[],
): Promise<readonly Work[]> {
  if (references.length === 0) return [];
  const rows = references.map(({ id, createdAt }) => ({ id, created_at: createdAt }));
  const found = await session.run<WorkRow>(session.hot.loadRuns, { rows: JSON.stringify(rows) });
  await learn(session, definitions, found);
  const works = new Map(
    found.map((row) => [row.id, workOf(definitions, row, { id: row.id, createdAt: row.created_at })]),
  );
  return references.flatMap(({ id }) => works.get(id) ?? []);
}

/** A record that was read, with its definition, which has been learnt before; null where its version is gone. */
export function workOf(
  definitions: Definitions,
  row: WorkFacts & Pick<RunViewRow, 'job_id'>,
  reference: Reference,
): Work | null {
  const definition = definitions.get(keyOf(row.job_id, row.job_version));
  return definition === undefined ? null : { run: toWork(row, reference), definition };
}

/** Reads the definitions that no run has asked for before. */
export async function learn(
  session: Session,
  known: Definitions,
  found: readonly Pick<WorkRow, 'job_id' | 'job_version'>[],
): Promise<void> {
  if (known.size > mostKept) known.clear();
  const missing = found.filter(({ job_id, job_version }) => !known.has(keyOf(job_id, job_version)));
  if (missing.length === 0) return;
  const jobs = new Set(missing.map(({ job_id }) => job_id));
  const versions = new Set(missing.map(({ job_version }) => job_version));
  const query = session.build.selectFrom('job_versions').select(['job_id', 'version', 'definition']);
  for (const row of await session.rows(query.where('job_id', 'in', [...jobs]).where('version', 'in', [...versions]))) {
    known.set(keyOf(row.job_id, row.version), readObject(row.definition, 'job_versions.definition'));
  }
}

function toWork(row: WorkFacts & Pick<RunViewRow, 'job_id'>, { id, createdAt }: Reference): Work['run'] {
  return {
    id,
    createdAt,
    jobId: row.job_id,
    jobName: row.job_name ?? '',
    jobCreatedAt: row.job_created_at,
    jobVersion: row.job_version,
    trigger: row.trigger as Trigger,
    scheduleId: row.schedule_id,
    scheduleCreatedAt: row.schedule_created_at,
    troubled: row.failing_since !== null || row.breaker_opened_at !== null,
    dueAt: row.due_at,
    priority: priorityWord(row.priority),
    queue: row.queue_name ?? '',
    parameters: row.parameters === '{}' ? {} : readObject(row.parameters, 'runs.parameters'),
    note: row.note,
    requestedBy: row.requested_by,
    causeRunId: row.cause_run_id,
    causeCreatedAt: row.cause_created_at,
    cancelRequestedAt: row.cancel_requested_at,
    cancelReason: row.cancel_reason,
  };
}
