import type { Job, JobDefinition, ResumePolicy } from '../../model/job.ts';
import { readObject } from './json.ts';
import { truth, type JobRow } from './schema.ts';
import type { Session } from './session.ts';

/** Jobs with the definition of their current version. */
export function selectJobs({ build }: Session) {
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
  };
}
