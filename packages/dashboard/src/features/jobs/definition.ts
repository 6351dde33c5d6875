import type { Job } from 'job-trigger-contract';

/** What a person wrote of a job, ready to be the body of a new one: everything that the system tells of it is left out. */
export function definitionOf(job: Job): Readonly<Record<string, unknown>> {
  const {
    id: _jobId,
    active: _active,
    owner_id: _owner,
    version: _version,
    status: _status,
    next_due_at: _next,
    next_text: _nextText,
    run_count: _count,
    last_run: _last,
    last_error: _error,
    consecutive_failures: _failures,
    intervention: _intervention,
    paused: _paused,
    demo: _demo,
    created_at: _created,
    updated_at: _updated,
    deleted_at: _deleted,
    deleted_by: _by,
    schedules,
    ...written
  } = job;
  const rules = schedules.map(({ id: _id, description: _words, next_due_at: _due, ...rule }) => rule);
  return { ...written, schedules: rules };
}
