import type { Job } from '../model/job.ts';

type RunLimit = Pick<Job, 'automaticRuns'> & { readonly definition: Pick<Job['definition'], 'maxRuns'> };

/** It has had all the runs that `max_runs` lets it have by itself. */
export function hasHadAllRuns({ definition, automaticRuns }: RunLimit): boolean {
  return definition.maxRuns !== null && automaticRuns >= definition.maxRuns;
}

/** May its schedules name instants? Whatever is changed, resumed or computed anew: a job that is through stays so. */
export function isPlannable(job: RunLimit & Pick<Job, 'active' | 'deletedAt'>): boolean {
  return job.active && job.deletedAt === null && !hasHadAllRuns(job);
}
