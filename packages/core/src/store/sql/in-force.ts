/** What names instants now: schedules with their jobs, or only their rules. */
import { sql } from 'kysely';
import type { Instant } from '../../model/instant.ts';
import type { RuleInForce, ScheduleInForce, TimelineFilter } from '../timeline-table.ts';
import { maintenanceInForce } from './maintenance.ts';
import { areSchedulesAlike, resolved, specReader } from './schedules.ts';
import type { Session } from './session.ts';
import { conditions, jobOf } from './timeline-jobs.ts';

/** No job has this number. Maintenance of single jobs that begins just now holds nobody in this one answer. */
const noJob = 0;

type Filter = TimelineFilter & { readonly planUntil?: Instant };

/** Active schedules that the filter lets through; which come first is for whoever asks. */
async function scheduled(session: Session, filter: Filter) {
  let query = session.build
    .selectFrom('schedules as s')
    .innerJoin('jobs as j', 'j.id', 's.job_id')
    .where('s.plan_at', 'is not', null);
  // A held schedule waits for the end of its maintenance, not for the instants in it.
  const isHeld = filter.planUntil !== undefined && (await maintenanceInForce(session)).length > 0;
  if (filter.planUntil !== undefined && !isHeld) query = query.where('s.plan_at', '<=', filter.planUntil);
  for (const condition of conditions(filter)) query = query.where(condition);
  return query.orderBy('s.plan_at').orderBy('s.id');
}

export async function inForceOf(session: Session, filter: Filter, limit: number): Promise<readonly ScheduleInForce[]> {
  const query = (await scheduled(session, filter))
    // No column more: there may be ten thousand of them.
    .select(['s.id', 's.job_id', 's.cursor_at', 's.spec', 'j.created_at as job_created_at', 'j.name as job_name'])
    .limit(limit);
  const rows = await session.rows(query);
  const specOf = specReader();
  const schedules = rows.map((row) => ({ id: row.id, jobId: row.job_id, cursorAt: row.cursor_at, spec: specOf(row) }));
  return (await resolved(session, schedules)).flatMap((schedule, at) => {
    const row = rows[at];
    return row === undefined ? [] : [{ schedule, job: jobOf(row) }];
  });
}

/** The database counts, where a rule's future is the same for whichever job has it. */
export async function rulesOf(session: Session, filter: Filter, limit: number): Promise<readonly RuleInForce[]> {
  if (!(await areSchedulesAlike(session))) {
    const each = await inForceOf(session, filter, limit);
    return each.map(({ schedule: { spec, cursorAt } }) => ({ spec, cursorAt, count: 1 }));
  }
  // PostgreSQL keeps a rule as JSON, which it cannot compare; its text is what was written.
  const spec = sql<string>`CAST(s.spec AS text)`.as('spec');
  const heads = (await scheduled(session, filter)).select([spec, 's.cursor_at']).limit(limit);
  const query = session.build
    .selectFrom(heads.as('f'))
    .select(['f.spec', 'f.cursor_at'])
    .select((on) => on.fn.countAll<number>().as('count'))
    .groupBy(['f.spec', 'f.cursor_at']);
  const specOf = specReader();
  const rows = await session.rows(query);
  const rules = rows.map((row) => ({ jobId: noJob, spec: specOf(row), cursorAt: row.cursor_at, count: row.count }));
  return (await resolved(session, rules)).map(({ spec, cursorAt, count }) => ({ spec, cursorAt, count }));
}
