import type { Id } from '../../model/id.ts';
import type { Session } from './session.ts';

/** Tags of jobs; those without any are left out. */
export async function tagsOf(session: Session, jobIds: readonly Id[]): Promise<ReadonlyMap<Id, readonly string[]>> {
  const found = await session.rows(
    session.build
      .selectFrom('job_tags')
      .select(['tag', 'job_id'])
      .where('job_id', 'in', [...jobIds]),
  );
  const tags = new Map<Id, string[]>();
  for (const { job_id: id, tag } of found) tags.set(id, [...(tags.get(id) ?? []), tag]);
  return tags;
}
