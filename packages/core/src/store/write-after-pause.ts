import type { Reference } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { Gap } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import type { NewRun } from './run-table.ts';
import type { Tables } from './store.ts';
import { writePlan, type PlannedRows } from './write-plan.ts';

/** What a pause that ends leaves behind, as `policy/` decided it. */
interface AfterPause {
  readonly schedules: readonly Schedule[];
  readonly gaps: readonly Gap[];
  readonly plan: PlannedRows<NewRun> & { readonly completed: boolean };
}

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
