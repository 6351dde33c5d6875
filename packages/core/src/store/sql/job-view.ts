import type { Job, JobDefinition, ResumePolicy } from '../../model/job.ts';
import type { OpenBreaker, Trouble } from '../../model/trouble.ts';
import { readObject, writeValue } from './json.ts';
import { truth, type JobRow } from './schema.ts';
import type { Session } from './session.ts';

/** Jobs with the definition of their current version. */
export function selectJobs({ build }: Pick<Session, 'build'>) {
  return build
    .selectFrom('jobs as j')
    .innerJoin('job_versions as v', (join) => join.onRef('v.job_id', '=', 'j.id').onRef('v.version', '=', 'j.version'))
    .selectAll('j')
    .select('v.definition');
}

type StoredJob = Omit<JobRow, 'active' | 'demo'> & {
  active: boolean | 0 | 1;
  demo: boolean | 0 | 1;
  definition: string;
};

export function toJob(row: StoredJob): Job {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ownerId: row.owner_id,
    version: row.version,
    definition: readObject<JobDefinition>(row.definition, 'job_versions.definition'),
    active: truth(row.active),
    pausedReason: row.paused_reason,
    pausedBy: row.paused_by,
    pausedAt: row.paused_at,
    pausedUntil: row.paused_until,
    onResume: row.on_resume as ResumePolicy | null,
    automaticRuns: row.automatic_runs,
    deletedAt: row.deleted_at,
    deletedBy: row.deleted_by,
    demo: truth(row.demo),
    trouble: toTrouble(row),
  };
}

type TroubleRow = Pick<JobRow, 'failures_from' | 'failing_since' | 'breaker_opened_at' | 'cool_off_until' | 'breaker'>;

function toTrouble(row: TroubleRow): Trouble | null {
  if (row.failures_from === null && row.failing_since === null && row.breaker_opened_at === null) return null;
  return { failuresFrom: row.failures_from, failingSince: row.failing_since, breaker: toBreaker(row) };
}

function toBreaker({ breaker_opened_at: openedAt, cool_off_until, breaker }: TroubleRow): OpenBreaker | null {
  if (openedAt === null || breaker === null) return null;
  const rest = readObject<Omit<OpenBreaker, 'openedAt' | 'coolOffUntil'>>(breaker, 'jobs.breaker');
  return { openedAt, coolOffUntil: cool_off_until ?? openedAt, ...rest };
}

/** What is kept of a job's failures, as its row has it. */
export function troubleColumns(trouble: Trouble | null): TroubleRow {
  const { failuresFrom = null, failingSince = null, breaker = null } = trouble ?? {};
  const none = { breaker_opened_at: null, cool_off_until: null, breaker: null };
  const since = { failures_from: failuresFrom, failing_since: failingSince };
  if (breaker === null) return { ...since, ...none };
  const { openedAt, coolOffUntil, ...rest } = breaker;
  return { ...since, breaker_opened_at: openedAt, cool_off_until: coolOffUntil, breaker: writeValue(rest) };
}
