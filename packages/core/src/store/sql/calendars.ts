import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { BlackoutScope, Calendar, CalendarContent, CalendarKind, CalendarSource } from '../../model/calendar.ts';
import type { Id } from '../../model/id.ts';
import type { MaintenanceScope } from '../../model/maintenance.ts';
import type { CalendarLink, CalendarTable } from '../calendar-table.ts';
import { readObject, readObjectOrNull, writeValue } from './json.ts';
import type { CalendarRow } from './schema.ts';
import { first, type Session } from './session.ts';
import { shaped } from './shaped.ts';

const content = (row: Pick<CalendarRow, 'content'>): CalendarContent =>
  readObject<CalendarContent>(row.content, 'calendars.content');

function toCalendar(row: CalendarRow): Calendar {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
    name: row.name,
    description: row.description,
    content: content(row),
    source: readObjectOrNull<CalendarSource>(row.source, 'calendars.source'),
  };
}

function columns({ content: entries, ...calendar }: Calendar) {
  return {
    updated_at: calendar.updatedAt,
    version: calendar.version,
    name: calendar.name,
    sort_name: calendar.name.toLowerCase(),
    description: calendar.description,
    kind: entries.kind,
    scope: entries.kind === 'blackout' ? entries.scope.kind : 'attached',
    content: JSON.stringify(entries),
    source: writeValue(calendar.source),
  };
}

function entriesOf(entries: CalendarContent): number {
  if (entries.kind === 'holiday') return entries.holidays.length;
  return entries.ranges.length + entries.weekly.length + entries.yearly.length;
}

function nameTaken({ name }: Calendar): JobTriggerError {
  return new JobTriggerError('name_taken', `There is already a calendar named "${name}".`, {
    fields: [{ path: 'name', message: 'is taken' }],
  });
}

function headsOf({ build }: Pick<Session, 'build'>, ids: readonly Id[]) {
  return build
    .selectFrom('calendars')
    .select(['id', 'version'])
    .where((on) => on.or([on('scope', '<>', 'attached'), ...(ids.length > 0 ? [on('id', 'in', [...ids])] : [])]))
    .orderBy('id');
}

/** Of those that count unasked. */
const unasked = shaped((ground) => headsOf(ground, []));

/** Those of `ids` and those with a scope; only what changed since it was read last is read in full. */
export async function calendarsInForce(session: Session, ids: readonly Id[]): Promise<readonly Calendar[]> {
  const { build, calendars: known } = session;
  const heads = await session.rows(ids.length === 0 ? unasked(session, {}) : headsOf(session, ids));
  const changed = heads.filter(({ id, version }) => known.get(id)?.version !== version).map(({ id }) => id);
  const read = new Map<Id, Calendar>();
  if (changed.length > 0)
    for (const row of await session.rows(build.selectFrom('calendars').selectAll().where('id', 'in', changed))) {
      const calendar = toCalendar(row);
      read.set(row.id, calendar);
      known.set(row.id, calendar);
    }
  return heads.flatMap(({ id }) => read.get(id) ?? known.get(id) ?? []);
}

/** Named closings, on either database. */
export function calendarTable(session: Session): CalendarTable {
  const { build } = session;
  const rival = (calendar: Calendar) =>
    first(
      session,
      build
        .selectFrom('calendars')
        .select('id')
        .where('sort_name', '=', calendar.name.toLowerCase())
        .where('id', '<>', calendar.id),
    );
  return {
    async insert(calendar) {
      const row = { id: calendar.id, created_at: calendar.createdAt, ...columns(calendar) };
      const insert = build.insertInto('calendars').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) === 0) throw nameTaken(calendar);
    },
    async update(calendar, expectedVersion) {
      if ((await rival(calendar)) !== null) throw nameTaken(calendar);
      const update = build.updateTable('calendars').set(columns(calendar)).where('id', '=', calendar.id);
      return (await session.change(update.where('version', '=', expectedVersion))) > 0;
    },
    async remove(id) {
      await session.change(build.deleteFrom('schedule_calendars').where('calendar_id', '=', id));
      await session.change(build.deleteFrom('calendars').where('id', '=', id));
    },
    async get(id) {
      const row = await first(session, build.selectFrom('calendars').selectAll().where('id', '=', id));
      return row === null ? null : toCalendar(row);
    },
    async count() {
      const counted = build.selectFrom('calendars').select((on) => on.fn.countAll<number>().as('count'));
      return Number((await first(session, counted))?.count ?? 0);
    },
    async list() {
      const rows = await session.rows(build.selectFrom('calendars').selectAll().orderBy('sort_name'));
      const uses = await session.rows(
        build
          .selectFrom('schedule_calendars as l')
          .innerJoin('schedules as s', 's.id', 'l.schedule_id')
          .innerJoin('jobs as j', 'j.id', 's.job_id')
          .where('j.deleted_at', 'is', null)
          .select(['l.calendar_id', sql<number>`count(DISTINCT s.job_id)`.as('jobs')])
          .groupBy('l.calendar_id'),
      );
      const counts = new Map(uses.map(({ calendar_id, jobs }) => [calendar_id, Number(jobs)]));
      return rows.map((row) => {
        const { content: entries, ...calendar } = toCalendar(row);
        const kind: CalendarKind = entries.kind;
        return { ...calendar, kind, scope: row.scope, entries: entriesOf(entries), usedBy: counts.get(row.id) ?? 0 };
      });
    },
    inForce: (ids) => calendarsInForce(session, ids),
    async lock(ids) {
      if (session.kind === 'sqlite' || ids.length === 0) return;
      const rows = build
        .selectFrom('calendars')
        .select('id')
        .where('id', 'in', [...ids])
        .orderBy('id');
      await session.rows(rows.forUpdate());
    },
    attachedTo: (id) => reached(session, id, []),
    reachedBy: (id, scopes) => reached(session, id, scopes),
  };
}

/** An empty list is no list for SQL; no id is 0. */
const orNone = <T>(values: readonly T[], none: T): T[] => (values.length > 0 ? [...values] : [none]);

/** Schedules that attach a calendar, and those that the scopes reach. No calendar has the id 0. */
export async function reached(
  session: Session,
  id: Id,
  scopes: readonly (BlackoutScope | MaintenanceScope)[],
): Promise<readonly CalendarLink[]> {
  const { build } = session;
  const isForAll = scopes.some(({ kind }) => kind === 'all');
  const tags = scopes.flatMap((scope) => (scope.kind === 'tags' ? scope.tags : []));
  const jobs = scopes.flatMap((scope) => (scope.kind === 'jobs' ? scope.jobs : []));
  const links = build.selectFrom('schedule_calendars').select('schedule_id').where('calendar_id', '=', id);
  const tagged = build.selectFrom('job_tags').select('job_id').where('tag', 'in', orNone(tags, ''));
  let query = build.selectFrom('schedules').select(['id', 'job_id']).orderBy('job_id').orderBy('id');
  if (!isForAll)
    query = query.where((on) =>
      on.or([on('id', 'in', links), on('job_id', 'in', tagged), on('job_id', 'in', orNone(jobs, 0))]),
    );
  return (await session.rows(query)).map((row) => ({ scheduleId: row.id, jobId: row.job_id }));
}
