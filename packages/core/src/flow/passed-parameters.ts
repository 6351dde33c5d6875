import type { ServedBy } from '../model/dependency.ts';
import type { Job } from '../model/job.ts';
import { passValues, type Passed } from '../policy/pass-values.ts';
import { defaultParameters } from '../policy/plan.ts';
import type { Tables } from '../store/store.ts';

/** What a chain starts a job with. Reads nothing for one that takes no values from its prerequisites. */
export async function passedParameters(
  { runs }: Pick<Tables, 'runs'>,
  { definition }: Pick<Job, 'definition'>,
  servedBy: readonly ServedBy[],
): Promise<Passed> {
  const pass = definition.dependsOn?.pass ?? [];
  if (pass.length === 0) return { kind: 'values', values: defaultParameters(definition) };
  const wanted = servedBy.filter(({ jobId }) => pass.some(({ job }) => job.id === jobId));
  const found = await runs.some(wanted.map(({ id, createdAt }) => ({ id, createdAt })));
  return passValues(definition, new Map(found.map(({ jobId, result }) => [jobId, result])));
}
