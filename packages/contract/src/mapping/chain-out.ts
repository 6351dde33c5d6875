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

type Prerequisite = JobPrerequisites['all'][number];

const listed = (all: readonly Prerequisite[]): string => all.map(({ job }) => job.definition.name).join(', ');

/** How a run that did not succeed ended, after its name. */
const ends: Readonly<Partial<Record<string, string>>> = {
  failed: 'failed',
  timed_out: 'timed out',
  cancelled: 'was cancelled',
  lost: 'was lost',
};

/** Why it can satisfy nothing in this chain any more; null while it may. */
const endOf = ({ state, notStarted }: Prerequisite): string | null =>
  notStarted ? 'was not started' : (ends[state ?? ''] ?? null);

/** "Waits for extract; check failed; load is done (1 of 3)." */
function sentence(satisfied: readonly Prerequisite[], awaited: readonly Prerequisite[]): string {
  const open = awaited.filter((each) => endOf(each) === null);
  const over = awaited.filter((each) => endOf(each) !== null);
  const parts = [
    ...(open.length === 0 ? [] : [`Waits for ${listed(open)}`]),
    ...over.map((each) => `${each.job.definition.name} ${endOf(each)}`),
    ...(satisfied.length === 0 ? [] : [`${listed(satisfied)} ${satisfied.length === 1 ? 'is' : 'are'} done`]),
  ];
  return `${parts.join('; ')} (${satisfied.length} of ${satisfied.length + awaited.length}).`;
}

export function prerequisitesToWire(found: JobPrerequisites | null): Why['prerequisites'] {
  if (found === null) return null;
  const wire = ({ job, run, state }: Prerequisite) => ({
    job_id: toUuid(job),
    job_name: job.definition.name,
    run_id: run === null ? null : toUuid(run),
    state,
  });
  // For all_complete an end of any kind satisfies.
  const isSatisfied = (each: Prerequisite): boolean =>
    each.isMet || (found.mode === 'all_complete' && each.state !== null);
  const satisfied = found.all.filter(isSatisfied);
  const awaited = found.all.filter((each) => !isSatisfied(each));
  return {
    mode: found.mode,
    chain_id: found.chain === null ? null : toUuid(found.chain),
    satisfied: satisfied.map(wire),
    awaited: awaited.map(wire),
    text: sentence(satisfied, awaited),
  };
}
