/** What a start reads of a run's record `r`, and of what belongs to it: as `sql/work.ts` takes it, without the queue's name. */
export const workColumns =
  'r.job_version, r.trigger, r.schedule_id, r.due_at, r.priority, r.parameters, r.note, r.requested_by, r.cause_run_id, ' +
  'r.cause_created_at, r.cancel_requested_at, r.cancel_reason, j.name AS job_name, j.created_at AS job_created_at, ' +
  'j.failing_since, j.breaker_opened_at, s.created_at AS schedule_created_at';

export const workJoins = 'LEFT JOIN jobs j ON j.id = r.job_id LEFT JOIN schedules s ON s.id = r.schedule_id';
