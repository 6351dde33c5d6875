/** What names instants now: schedules with their jobs, or only their rules. */
import { sql } from 'kysely';
import type { Instant } from '../../model/instant.ts';
import type { MaintenanceWindow } from '../../model/maintenance.ts';
import type { RuleInForce, ScheduleInForce, TimelineFilter } from '../timeline-table.ts';
import { maintenanceInForce } from './maintenance.ts';
import { areSchedulesAlike, resolved, specReader } from './schedules.ts';
import type { Session } from './session.ts';
import { conditions, jobOf } from './timeline-jobs.ts';

/** No job has this number. Maintenance of single jobs that begins just now holds nobody in this one answer. */
const noJob = 0;

interface RuleRow {
  readonly spec: string;
  readonly cursor_at: number;
  readonly count: number;
}

type Filter = TimelineFilter & { readonly planUntil?: Instant };

/**
 * Up to when a schedule must be planned to be in force. Null while maintenance is: one that is held waits for its end, not for the
 * instants in it.
 */
const untilOf = ({ planUntil }: Filter, windows: readonly MaintenanceWindow[]): Instant | null =>
  windows.length > 0 ? null : (planUntil ?? null);

export async function inForceOf(session: Session, filter: Filter, limit: number): Promise<readonly ScheduleInForce[]> {
  const until = untilOf(filter, await maintenanceInForce(session));
  let query = session.build
    .selectFrom('schedules as s')
    .innerJoin('jobs as j', 'j.id', 's.job_id')
    // No column more: there may be ten thousand of them.
    .select(['s.id', 's.job_id', 's.cursor_at', 's.spec', 'j.created_at as job_created_at', 'j.name as job_name'])
    .where('s.plan_at', 'is not', null);
  if (until !== null) query = query.where('s.plan_at', '<=', until);
  for (const condition of conditions(filter)) query = query.where(condition);
  const rows = await session.rows(query.orderBy('s.plan_at').orderBy('s.id').limit(limit));
  const specOf = specReader();
  const schedules = rows.map((row) => ({ id: row.id, jobId: row.job_id, cursorAt: row.cursor_at, spec: specOf(row) }));
  return (await resolved(session, schedules)).flatMap((schedule, at) => {
    const row = rows[at];
    return row === undefined ? [] : [{ schedule, job: jobOf(row) }];
  });
}

/** The database counts, where a rule's future is the same for whichever job has it. */
export async function rulesOf(session: Session, filter: Filter, limit: number): Promise<readonly RuleInForce[]> {
  const windows = await maintenanceInForce(session);
  if (!(await areSchedulesAlike(session, windows))) {
    const each = await inForceOf(session, filter, limit);
    return each.map(({ schedule: { spec, cursorAt } }) => ({ spec, cursorAt, count: 1 }));
  }
  const until = untilOf(filter, windows);
  const isAny = filter.jobIds === undefined && filter.tag === undefined && filter.search === undefined;
  // Who is planned lives. To look each job up, only to be told so, took as long as all the rest.
  const owners = isAny ? sql`` : sql`JOIN jobs j ON j.id = s.job_id AND ${sql.join(conditions(filter), sql` AND `)}`;
  // PostgreSQL keeps a rule as JSON, which it cannot compare; its text is what was written.
  const query = sql<RuleRow>`SELECT f.spec, f.cursor_at, count(*) AS count FROM
    (SELECT CAST(s.spec AS text) AS spec, s.cursor_at FROM schedules s ${owners}
      WHERE s.plan_at IS NOT NULL ${until === null ? sql`` : sql`AND s.plan_at <= ${until}`}
      ORDER BY s.plan_at, s.id LIMIT ${limit}) AS f GROUP BY f.spec, f.cursor_at`;
  const rows = await session.rows({ compile: () => query.compile(session.build) });
  const specOf = specReader();
  const rules = rows.map((row) => ({ jobId: noJob, spec: specOf(row), cursorAt: row.cursor_at, count: row.count }));
  return (await resolved(session, rules)).map(({ spec, cursorAt, count }) => ({ spec, cursorAt, count }));
}
