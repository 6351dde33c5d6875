import { toUuid, type Id } from '../model/id.ts';
import type { ChainMember } from '../model/dependency.ts';
import type { Job } from '../model/job.ts';
import { reasonText } from '../model/reason-text.ts';
import type { NewEvent } from '../store/event-table.ts';

/** A job that will not start in a chain, told with the reason and what is behind it. */
export function refusedEvent(job: Job, { chain, notStarted }: ChainMember, causes: ReadonlyMap<Id, Job>): NewEvent {
  const { reason = '', causeJobId = null, cause = null } = notStarted ?? {};
  const upstream = causeJobId === null ? undefined : causes.get(causeJobId);
  const text = notStartedText(reason, { upstream: upstream?.definition.name ?? null, failed: cause !== null });
  return {
    kind: 'trigger.refused',
    jobId: job.id,
    jobCreatedAt: job.createdAt,
    data: {
      name: job.definition.name,
      trigger: 'dependency',
      reason,
      reason_text: text,
      cause_run_id: cause === null ? null : toUuid(cause),
      cause_job_id: upstream === undefined ? null : toUuid(upstream),
      chain_id: toUuid(chain),
      text,
    },
  };
}

/** Why a job was not started in a chain. @param failed a run of `upstream` ended without success; else none was started */
export function notStartedText(
  reason: string,
  { upstream, failed }: { readonly upstream: string | null; readonly failed: boolean },
): string {
  if (reason !== 'dependency' || upstream === null || failed) return reasonText(reason, { upstream }, 'skipped');
  return `${upstream} was not started, so this could not run.`;
}
