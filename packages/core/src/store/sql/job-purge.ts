import type { Id, Reference } from '../../model/id.ts';
import { removeRuns } from './run-endings.ts';
import { forgetTallies } from './tallies.ts';
import type { Session } from './session.ts';

const batch = 1000;

/** Removes a job and everything it left. Events stay: they are facts, and their own retention ends them. */
export async function purgeJob(session: Session, jobId: Id): Promise<readonly Reference[]> {
  const gone: Reference[] = [];
  const { build } = session;
  await session.change(build.deleteFrom('queue').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('leases').where('job_id', '=', jobId));
  const some = build.selectFrom('runs').select(['id', 'created_at']).where('job_id', '=', jobId).limit(batch);
  for (let rows = await session.rows(some); rows.length > 0; rows = await session.rows(some)) {
    const runs = rows.map((row) => ({ id: row.id, createdAt: row.created_at }));
    await removeRuns(session, runs);
    gone.push(...runs);
  }
  const schedules = build.selectFrom('schedule_jobs').select('schedule_id').where('job_id', '=', jobId);
  await session.change(build.deleteFrom('occurrences').where('schedule_id', 'in', schedules));
  await session.change(build.deleteFrom('gaps').where('schedule_id', 'in', schedules));
  await session.change(build.deleteFrom('schedule_calendars').where('schedule_id', 'in', schedules));
  await session.change(build.deleteFrom('schedules').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('schedule_jobs').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('job_tags').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('job_versions').where('job_id', '=', jobId));
  await forgetTallies(session, jobId);
  await session.change(build.deleteFrom('alerts').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('dependencies').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('dependencies').where('upstream_id', '=', jobId));
  await session.change(build.deleteFrom('chain_members').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('attention_runs').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('attention_jobs').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('hooks').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('job_grants').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('secret_uses').where('job_id', '=', jobId));
  await session.change(build.deleteFrom('secrets').where('scope', '=', 'job').where('owner_id', '=', jobId));
  await session.change(build.deleteFrom('jobs').where('id', '=', jobId));
  return gone;
}
