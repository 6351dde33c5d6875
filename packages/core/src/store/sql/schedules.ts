import type { Id } from '../../model/id.ts';
import type { Schedule, ScheduleSpec } from '../../model/schedule.ts';
import type { ScheduleTable } from '../job-tables.ts';
import { selectJobs, toJob } from './job-view.ts';
import { readObject } from './json.ts';
import { truth, type ScheduleRow } from './schema.ts';
import { first, type Session } from './session.ts';

export function toSchedule(row: Omit<ScheduleRow, 'active'> & { readonly active: boolean | 0 | 1 }): Schedule {
  return {
    id: row.id,
    jobId: row.job_id,
    createdAt: row.created_at,
    name: row.name,
    active: truth(row.active),
    priority: row.priority,
    spec: readObject<ScheduleSpec>(row.spec, 'schedules.spec'),
    revision: row.revision,
    cursorAt: row.cursor_at,
    planAt: row.plan_at,
    nextDueAt: row.next_due_at,
    tzVersion: row.tz_version,
  };
}

function columns(schedule: Schedule) {
  return {
    name: schedule.name,
    active: schedule.active,
    priority: schedule.priority,
    spec: JSON.stringify(schedule.spec),
    revision: schedule.revision,
    cursor_at: schedule.cursorAt,
    plan_at: schedule.planAt,
    next_due_at: schedule.nextDueAt,
    tz_version: schedule.tzVersion,
  };
}

/** All schedules of these jobs, oldest first. */
export async function schedulesOf(session: Session, jobIds: readonly Id[]): Promise<readonly Schedule[]> {
  if (jobIds.length === 0) return [];
  const query = session.build
    .selectFrom('schedules')
    .selectAll()
    .where('job_id', 'in', [...jobIds]);
  return (await session.rows(query.orderBy('created_at').orderBy('id'))).map(toSchedule);
}

/** Rules, on either database. */
export function scheduleTable(session: Session): ScheduleTable {
  const { build, hot } = session;
  const all = build.selectFrom('schedules').selectAll();
  return {
    ofJob: (jobId) => schedulesOf(session, [jobId]),
    ofJobs: (jobIds) => schedulesOf(session, jobIds),
    async get(id) {
      const row = await first(session, all.where('id', '=', id));
      return row === null ? null : toSchedule(row);
    },
    async insert(schedules) {
      if (schedules.length === 0) return;
      const rows = schedules.map((schedule) => ({
        id: schedule.id,
        job_id: schedule.jobId,
        created_at: schedule.createdAt,
        ...columns(schedule),
      }));
      await session.change(build.insertInto('schedules').values(rows));
      const links = rows.map(({ id, job_id }) => ({ job_id, schedule_id: id }));
      await session.change(
        build
          .insertInto('schedule_jobs')
          .values(links)
          .onConflict((on) => on.doNothing()),
      );
    },
    async update(schedule, expectedRevision) {
      const update = build.updateTable('schedules').set(columns(schedule)).where('id', '=', schedule.id);
      return (await session.change(update.where('revision', '=', expectedRevision))) > 0;
    },
    async remove(ids) {
      if (ids.length > 0) await session.change(build.deleteFrom('schedules').where('id', 'in', [...ids]));
    },
    async due(now, limit) {
      const due = await session.run<{ job_id: number }>(hot.dueJobs, { now, limit });
      const jobIds = [...new Set(due.map(({ job_id }) => job_id))];
      if (jobIds.length === 0) return [];
      const jobs = await session.rows(selectJobs(session).where('j.id', 'in', jobIds));
      const active = (await schedulesOf(session, jobIds)).filter((schedule) => schedule.active);
      return jobIds.flatMap((id) => {
        const job = jobs.find((row) => row.id === id);
        return job ? [{ job: toJob(job), schedules: active.filter(({ jobId }) => jobId === id) }] : [];
      });
    },
    async earliestPlan() {
      const planned = build.selectFrom('schedules').select('plan_at').where('plan_at', 'is not', null);
      return (await first(session, planned.orderBy('plan_at').limit(1)))?.plan_at ?? null;
    },
    async advance(moves) {
      if (moves.length === 0) return [];
      const plan = moves.map((move) => ({
        id: move.scheduleId,
        revision: move.revision,
        cursor_at: move.cursorAt,
        new_cursor: move.newCursor,
        new_plan: move.newPlan,
        new_next: move.newNext,
      }));
      const moved = await session.run<{ id: number }>(hot.advance, { plan: JSON.stringify(plan) });
      return moved.map(({ id }) => id);
    },
    async withOtherZoneData(tzVersion, limit) {
      return (await session.rows(all.where('tz_version', '<>', tzVersion).orderBy('id').limit(limit))).map(toSchedule);
    },
  };
}
