import type { AuditSubject } from '../model/audit.ts';
import type { Job } from '../model/job.ts';
import type { Schedule } from '../model/schedule.ts';
import { writtenSpec } from '../schedule/resolve.ts';
import { subjectOf } from './audited.ts';

export function jobSubject({ id, createdAt, definition: { name } }: Job): AuditSubject {
  return subjectOf('job', { id, createdAt, name });
}

/** What people decide of a job; of its schedules the rules. */
export function jobFacts(job: Job, schedules: readonly Schedule[] = []) {
  const { definition, active, pausedUntil, pausedReason, onResume } = job;
  const rules = schedules.map(({ name, active: isActive, priority, spec }) => ({
    name,
    active: isActive,
    priority,
    ...writtenSpec(spec),
  }));
  return { ...definition, active, pausedUntil, pausedReason, onResume, schedules: rules };
}
