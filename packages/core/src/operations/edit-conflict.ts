/** Two people changed one job: what the second is told, so that nothing of either is lost. */
import { JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Tables } from '../store/store.ts';
import type { ScheduleInput } from './job-input.ts';
import { changedSchedule, matchSchedules } from './match-schedules.ts';

/** What a person decides about a job. */
interface Edited {
  readonly definition: JobDefinition;
  readonly schedules: readonly Pick<Schedule, 'name' | 'active' | 'priority' | 'spec'>[];
}

/** The details of an `edit_conflict`. */
export interface EditConflict {
  /** The version that stands. */
  readonly version: number;
  readonly author: string | null;
  readonly savedAt: Instant;
  readonly theirs: Edited;
  /** What would stand now if this change had been the only one. */
  readonly yours: Edited;
}

function wantedSchedules(
  stored: readonly Schedule[],
  inputs: readonly ScheduleInput[],
  now: Instant,
): Edited['schedules'] {
  const { updated } = matchSchedules(stored, inputs);
  return inputs.map((input) => {
    const before = updated.find((match) => match.input === input)?.before;
    if (before !== undefined) return changedSchedule(before, input, { now, jobActive: true });
    const { name = null, active = true, priority = 0, spec } = input;
    return { name, active, priority, spec };
  });
}

/** @param inputs the schedules of the change; null leaves them */
export async function editConflict(
  tables: Tables,
  job: Job,
  wanted: {
    readonly definition: JobDefinition;
    readonly inputs: readonly ScheduleInput[] | null;
    readonly from: number;
  },
): Promise<JobTriggerError> {
  const stored = await tables.schedules.ofJob(job.id);
  const [saved] = (await tables.jobs.versions(job.id, { limit: 1 })).items;
  const schedules = wanted.inputs === null ? stored : wantedSchedules(stored, wanted.inputs, await tables.now());
  const conflict: EditConflict = {
    version: job.version,
    author: saved?.author ?? null,
    savedAt: saved?.createdAt ?? job.updatedAt,
    theirs: { definition: job.definition, schedules: stored },
    yours: { definition: wanted.definition, schedules },
  };
  const who = conflict.author ?? 'Somebody';
  const message = `${who} saved version ${job.version} of this job meanwhile; yours was made from ${wanted.from}.`;
  return new JobTriggerError('edit_conflict', message, { ...conflict });
}
