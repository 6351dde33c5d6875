import type { Calendar } from '../../model/calendar.ts';
import type { Id } from '../../model/id.ts';
import type { MaintenanceWindow } from '../../model/maintenance.ts';
import type { Schedule, ScheduleSpec } from '../../model/schedule.ts';
import { calendarIds, nobody, resolveSpec, writtenSpec } from '../../schedule/resolve.ts';
import type { CursorMove, DueShare, ScheduleTable } from '../job-tables.ts';
import { calendarsInForce } from './calendars.ts';
import { maintenanceInForce } from './maintenance.ts';
import { selectJobs, toJob } from './job-view.ts';
import { readObject } from './json.ts';
import { truth, type ScheduleRow } from './schema.ts';
import { first, type Session } from './session.ts';
import { isOneOf } from './one-of.ts';
import { shaped } from './shaped.ts';
import type { Statement } from './statement.ts';
import { tagsOf } from './tags.ts';

type ReadRow = Omit<ScheduleRow, 'active'> & { readonly active: boolean | 0 | 1 };

const everybodys: DueShare = { of: 1, index: 0, anybodys: 0 };

const readSpec = (text: string): ScheduleSpec => readObject<ScheduleSpec>(text, 'schedules.spec');

/** Reads the rules of many rows. Those of one text are one object: what is made ready of a rule is kept with it, once for all. */
export function specReader(): (row: Pick<ReadRow, 'spec'>) => ScheduleSpec {
  const specs = new Map<string, ScheduleSpec>();
  return ({ spec: text }) => {
    const spec = specs.get(text) ?? readSpec(text);
    specs.set(text, spec);
    return spec;
  };
}

function toSchedules(rows: readonly ReadRow[]): readonly Schedule[] {
  const specOf = specReader();
  return rows.map((row) => toSchedule(row, specOf(row)));
}

function toSchedule(row: ReadRow, spec = readSpec(row.spec)): Schedule {
  return {
    id: row.id,
    jobId: row.job_id,
    createdAt: row.created_at,
    name: row.name,
    active: truth(row.active),
    priority: row.priority,
    spec,
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
    spec: JSON.stringify(writtenSpec(schedule.spec)),
    revision: schedule.revision,
    cursor_at: schedule.cursorAt,
    plan_at: schedule.planAt,
    next_due_at: schedule.nextDueAt,
    tz_version: schedule.tzVersion,
  };
}

/** What is asked of the holder of a schedule before it is known what counts for it. */
interface Asked {
  readonly tags: boolean;
  /** Neither the job nor its tags: all schedules of one rule have the same future. */
  readonly nothing: boolean;
}

function askedOfHolder(calendars: readonly Calendar[], windows: readonly MaintenanceWindow[]): Asked {
  const blackouts = calendars.flatMap(({ content }) => (content.kind === 'blackout' ? [content.scope.kind] : []));
  const kinds = new Set([...blackouts, ...windows.map(({ scope }) => scope.kind)]);
  return { tags: kinds.has('tags'), nothing: !kinds.has('tags') && !kinds.has('jobs') };
}

/** Do all schedules of one rule have the same future in this maintenance, whoever has them? */
export const areSchedulesAlike = async (session: Session, windows: readonly MaintenanceWindow[]): Promise<boolean> =>
  askedOfHolder(await calendarsInForce(session, []), windows).nothing;

/** The same for each schedule of one rule, so that what is made ready of it is made once. */
function resolvedOnce(calendars: readonly Calendar[], windows: readonly MaintenanceWindow[]) {
  const known = new Map<ScheduleSpec, ScheduleSpec>();
  return (spec: ScheduleSpec): ScheduleSpec => {
    const found = known.get(spec) ?? resolveSpec(spec, calendars, nobody, windows);
    known.set(spec, found);
    return found;
  };
}

/**
 * Schedules with the calendars and the maintenance that count for them. Both are read after the rows: whoever changes one raises the
 * revisions in the same transaction, so that a plan made with an older one finds its revision gone.
 */
export async function resolved<Ruled extends Pick<Schedule, 'jobId' | 'spec'>>(
  session: Session,
  schedules: readonly Ruled[],
): Promise<readonly Ruled[]> {
  if (schedules.length === 0) return [];
  const specs = new Set(schedules.map(({ spec }) => spec));
  const calendars = await calendarsInForce(session, [...new Set([...specs].flatMap((spec) => calendarIds(spec)))]);
  const windows = await maintenanceInForce(session);
  if (calendars.length === 0 && windows.length === 0) return schedules;
  const asked = askedOfHolder(calendars, windows);
  if (asked.nothing) {
    const specOf = resolvedOnce(calendars, windows);
    return schedules.map((schedule) => ({ ...schedule, spec: specOf(schedule.spec) }));
  }
  const tags = asked.tags ? await tagsOf(session, [...new Set(schedules.map(({ jobId }) => jobId))]) : new Map();
  return schedules.map((schedule) => {
    const holder = { jobId: schedule.jobId, tags: tags.get(schedule.jobId) ?? [] };
    return { ...schedule, spec: resolveSpec(schedule.spec, calendars, holder, windows) };
  });
}

/** Which calendars a schedule attaches, for "used by". */
async function link(session: Session, schedules: readonly Schedule[]): Promise<void> {
  const { build } = session;
  const links = schedules.flatMap(({ id, spec }) =>
    calendarIds(spec).map((calendar) => ({ calendar_id: calendar, schedule_id: id })),
  );
  if (links.length > 0) await session.change(build.insertInto('schedule_calendars').values(links));
}

async function unlink(session: Session, ids: readonly Id[]): Promise<void> {
  await session.change(session.build.deleteFrom('schedule_calendars').where('schedule_id', 'in', [...ids]));
}

/** All schedules of these jobs, oldest first. */
export async function schedulesOf(session: Session, jobIds: readonly Id[]): Promise<readonly Schedule[]> {
  const [id] = jobIds;
  if (id === undefined) return [];
  return resolved(session, toSchedules(await session.rows(askedFor(session, id, jobIds))));
}

const byAge = ({ build }: Pick<Session, 'build'>) =>
  build.selectFrom('schedules').selectAll().orderBy('created_at').orderBy('id');

const ofOneJob = shaped((ground, { id }: { readonly id: Id }) => byAge(ground).where('job_id', '=', id));
const ofSomeJobs = shaped((ground, { ids }: { readonly ids: readonly Id[] }) =>
  byAge(ground).where(isOneOf('job_id', ids)),
);

function askedFor(session: Session, id: Id, ids: readonly Id[]) {
  if (ids.length === 1) return ofOneJob(session, { id });
  return session.kind === 'postgres' ? ofSomeJobs(session, { ids }) : byAge(session).where('job_id', 'in', [...ids]);
}

async function move(session: Session, statement: Statement, moves: readonly CursorMove[]): Promise<readonly Id[]> {
  if (moves.length === 0) return [];
  const plan = moves.map((each) => ({
    id: each.scheduleId,
    revision: each.revision,
    cursor_at: each.cursorAt,
    new_cursor: each.newCursor,
    new_plan: each.newPlan,
    new_next: each.newNext,
  }));
  const moved = await session.run<{ id: number }>(statement, { plan: JSON.stringify(plan) });
  return moved.map(({ id }) => id);
}

/** Rules, on either database. */
export function scheduleTable(session: Session): ScheduleTable {
  const { build, hot } = session;
  const all = () => build.selectFrom('schedules').selectAll();
  return {
    ofJob: (jobId) => schedulesOf(session, [jobId]),
    ofJobs: (jobIds) => schedulesOf(session, jobIds),
    async get(id) {
      const row = await first(session, all().where('id', '=', id));
      return row === null ? null : ((await resolved(session, [toSchedule(row)]))[0] ?? null);
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
      await link(session, schedules);
    },
    async update(schedule, expectedRevision) {
      const update = build.updateTable('schedules').set(columns(schedule)).where('id', '=', schedule.id);
      if ((await session.change(update.where('revision', '=', expectedRevision))) === 0) return false;
      await unlink(session, [schedule.id]);
      await link(session, [schedule]);
      return true;
    },
    async remove(ids) {
      if (ids.length === 0) return;
      await unlink(session, ids);
      await session.change(build.deleteFrom('schedules').where('id', 'in', [...ids]));
    },
    async due(now, limit, { of, index, anybodys } = everybodys) {
      const due = await session.run<{ job_id: number }>(hot.dueJobs, { now, limit, of, index, anybodys });
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
    advance: (moves) => move(session, hot.advance, moves),
    replan: (moves) => move(session, hot.replan, moves),
    async jobsAheadOf(at, limit, after) {
      // No index has cursors, as each plan moves one: all are read once, when a scheduler starts or the clock has gone back.
      const ahead = build
        .selectFrom('schedules as s')
        .innerJoin('jobs as j', 'j.id', 's.job_id')
        .select('s.job_id')
        .distinct()
        .where('s.cursor_at', '>', at)
        .where('s.job_id', '>', after)
        .where('j.deleted_at', 'is', null);
      const rows = await session.rows(ahead.orderBy('s.job_id').limit(limit));
      return rows.map(({ job_id }) => job_id);
    },
    async withOtherZoneData(tzVersion, limit) {
      // The index has those before and those after; of "other than" it knows nothing.
      const parts = [
        await session.rows(all().where('tz_version', '<', tzVersion).orderBy('tz_version').orderBy('id').limit(limit)),
        await session.rows(all().where('tz_version', '>', tzVersion).orderBy('tz_version').orderBy('id').limit(limit)),
      ];
      const stale = parts.flat().slice(0, limit);
      return resolved(session, toSchedules(stale));
    },
  };
}
