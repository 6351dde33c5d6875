import type { Job, JobInput } from 'job-trigger-contract';

/** Fields of a job that a person writes; the rest is told by the system. */
const written = [
  'name',
  'description',
  'type',
  'config',
  'tags',
  'schedules',
  'timeout_seconds',
  'kill_grace_seconds',
  'on_lost',
  'overlap',
  'max_concurrent',
  'priority',
  'queue',
  'worker_labels',
  'catch_up',
  'retry',
  'parameters',
  'max_runs',
  'start_deadline_seconds',
  'late_alert_seconds',
  'containment',
  'locks',
  'output_limit_policy',
  'depends_on',
  'artifacts',
  'hooks',
  'secrets',
  'breaker',
  'source',
] as const;

/** The definition of a job as its author would write it. */
export function definitionOf(job: Job): Readonly<Record<string, unknown>> {
  return Object.fromEntries(written.map((name) => [name, job[name]]));
}

/** The same as the body of a new job: its schedules are new ones too. */
export function copyOf(job: Job, changes: Partial<JobInput>): JobInput {
  const schedules = job.schedules.map(
    ({ id: _id, description: _description, next_due_at: _next, ...schedule }) => schedule,
  );
  return { ...definitionOf(job), schedules, ...changes } as JobInput;
}
