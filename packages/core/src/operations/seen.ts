/** What of other jobs an answer may tell to whom it is given. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { JobLevel } from '../model/sight.ts';
import { suffices } from '../policy/job-access.ts';
import type { Tables } from '../store/store.ts';
import type { OperationContext } from './context.ts';

type Eyes = Pick<OperationContext, 'sight'>;

/** For errors that name jobs: those that `sight` does not see have no name. */
export async function namesSeen(
  tables: Pick<Tables, 'jobs' | 'sharing'>,
  ids: readonly Id[],
  { sight }: Eyes,
): Promise<ReadonlyMap<Id, string>> {
  const jobs = await tables.jobs.byIds(ids);
  const levels = sight === undefined ? null : await tables.sharing.levels(ids, sight.personId);
  const named = [...jobs].map(([id, { definition }]): [Id, string] => [
    id,
    levels === null || levels.has(id) ? definition.name : 'a job that you do not see',
  ]);
  return new Map(named);
}

/** @throws `not_found` for a job that `sight` does not see, `forbidden` where it is shared for less than `needed` */
export async function requireSeen(
  tables: Pick<Tables, 'sharing'>,
  ids: readonly Id[],
  { sight }: Eyes,
  needed: JobLevel = 'view',
): Promise<void> {
  if (sight === undefined || ids.length === 0) return;
  const levels = await tables.sharing.levels(ids, sight.personId);
  if (!ids.every((id) => levels.has(id))) throw new JobTriggerError('not_found', 'There is no such job.');
  if (!ids.every((id) => suffices(levels.get(id) ?? null, needed)))
    throw new JobTriggerError('forbidden', `This needs the right to ${needed} the job.`);
}
