import { toUuid, type JobDefinition, type JobType, type ProvisionOutcome as CoreOutcome } from 'job-trigger-core';
import type { Job } from '../shapes/job.ts';
import type { JobTypeShape, ProvisionOutcome } from '../shapes/job-type.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Names of core as the wire writes them. */
function snakeCased(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value as Raw).map(([name, one]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof one === 'object' && one !== null && !Array.isArray(one) ? snakeCased(one) : one,
    ]),
  );
}

export function jobTypeToWire({ id, label, description, frequencyText, origin, ...type }: JobType): JobTypeShape {
  const { schedule, retry, breaker, timeoutSeconds } = type.defaults;
  return {
    id,
    label,
    description,
    frequency_text: frequencyText,
    origin,
    schema: { ...type.schema },
    defaults: {
      schedule: schedule === null ? null : { ...schedule },
      retry: retry === null ? null : snakeCased(retry),
      breaker:
        breaker === null
          ? null
          : { consecutive: breaker.consecutive, recent: breaker.recent, period_days: breaker.periodDays },
      timeout_seconds: timeoutSeconds,
    },
    provisions: type.provision !== null,
    cannot_run: type.cannotRun,
  };
}

export function provisionToWire({ type, problem, jobs }: CoreOutcome): ProvisionOutcome {
  return {
    type,
    problem,
    jobs: jobs.map(({ job, ...rest }) => ({ ...rest, job_id: job === null ? null : toUuid(job) })),
  };
}

export function provisionedToWire({ provisioned }: JobDefinition): Job['provisioned'] {
  return provisioned === undefined ? null : { subject: provisioned.subject, detached: provisioned.detached };
}
