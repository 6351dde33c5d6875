import type { Reference } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { AfterPause } from '../policy/after-pause.ts';
import type { Tables } from './store.ts';
import { writePlan } from './write-plan.ts';

/** The writes of a pause's end, inside the transaction that ends it. @returns live runs that were asked to make room */
export async function writeAfterPause(
  tables: Tables,
  job: Job,
  { schedules, gaps, plan }: AfterPause,
): Promise<readonly Reference[]> {
  const { runs, stopping } = await writePlan(tables, { ...plan, gaps: [...gaps, ...plan.gaps] });
  if (runs.length > 0 && job.definition.maxRuns !== null) await tables.jobs.countAutomaticRuns(job.id, runs.length);
  for (const schedule of schedules) await tables.schedules.update(schedule, schedule.revision);
  if (runs.length > 0 && plan.completed)
    await tables.events.append([
      { kind: 'job.completed', jobId: job.id, jobCreatedAt: job.createdAt, data: { name: job.definition.name } },
    ]);
  return stopping;
}
