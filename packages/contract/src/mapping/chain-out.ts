import { toUuid, type JobPrerequisites, type RunChain } from 'job-trigger-core';
import type { Why } from '../shapes/job.ts';
import type { RunDetail } from '../shapes/run.ts';

export function chainToWire(found: RunChain | null): RunDetail['chain'] {
  if (found === null) return null;
  return {
    id: toUuid(found.chain),
    entries: found.entries.map(({ job, relation, run, state, notStarted }) => ({
      job_id: toUuid(job),
      job_name: job.definition.name,
      relation,
      run_id: run === null ? null : toUuid(run),
      state,
      reason: notStarted?.reason ?? null,
      reason_text: notStarted?.text ?? null,
      cause_run_id: notStarted === null || notStarted.cause === null ? null : toUuid(notStarted.cause),
    })),
  };
}

type Prerequisites = NonNullable<Why['prerequisites']>;

const listed = (entries: Prerequisites['awaited']): string => entries.map(({ job_name: name }) => name).join(', ');

/** "Waits for extract; load is done (1 of 2)." */
function sentence({ satisfied, awaited }: Pick<Prerequisites, 'satisfied' | 'awaited'>): string {
  const total = satisfied.length + awaited.length;
  const done = satisfied.length === 1 ? 'is' : 'are';
  if (awaited.length === 0) return `${listed(satisfied)} ${done} done (${total} of ${total}).`;
  if (satisfied.length === 0) return `Waits for ${listed(awaited)} (0 of ${total}).`;
  return `Waits for ${listed(awaited)}; ${listed(satisfied)} ${done} done (${satisfied.length} of ${total}).`;
}

export function prerequisitesToWire(found: JobPrerequisites | null): Why['prerequisites'] {
  if (found === null) return null;
  const wire = ({ job, run, state }: JobPrerequisites['all'][number]) => ({
    job_id: toUuid(job),
    job_name: job.definition.name,
    run_id: run === null ? null : toUuid(run),
    state,
  });
  // For all_complete an end of any kind satisfies.
  const isSatisfied = (each: JobPrerequisites['all'][number]): boolean =>
    each.isMet || (found.mode === 'all_complete' && each.state !== null);
  const satisfied = found.all.filter(isSatisfied).map(wire);
  const awaited = found.all.filter((each) => !isSatisfied(each)).map(wire);
  return {
    mode: found.mode,
    chain_id: found.chain === null ? null : toUuid(found.chain),
    satisfied,
    awaited,
    text: sentence({ satisfied, awaited }),
  };
}
