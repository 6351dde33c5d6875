/** What people ask of calendars. A change plans every schedule anew that the calendar counts for, in its own transaction. */
import { JobTriggerError } from '../errors.ts';
import type { Calendar, CalendarContent, CalendarSource } from '../model/calendar.ts';
import { toUuid, type Id, type Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { nextPlanOf } from '../schedule/occurrences.ts';
import { writtenSpec, type Holder } from '../schedule/resolve.ts';
import type { CalendarLink, CalendarSummary } from '../store/calendar-table.ts';
import type { CursorMove } from '../store/job-tables.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, note, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';
import { isPlannable } from '../policy/plannable.ts';
import { placesIn } from '../policy/reopening.ts';
import { plannedInstants } from './match-schedules.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { validateCalendar } from './validate-calendar.ts';

export interface CalendarInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly content: CalendarContent;
  readonly source?: CalendarSource | null | undefined;
}
/** Absent fields stay. */
export type CalendarChange = { readonly [K in keyof CalendarInput]?: CalendarInput[K] | undefined };

/** A job with schedules that attach the calendar. */
export interface CalendarUser extends Reference {
  readonly name: string;
  readonly schedules: number;
}

/** What a change did to a schedule. */
export interface Affected {
  readonly job: Reference & { readonly name: string };
  readonly schedule: Reference & { readonly name: string | null };
  readonly before: Instant | null;
  readonly nextDueAt: Instant | null;
}

/** The first of the affected, those that moved before the others, and how many there are. */
export interface Effect {
  readonly affected: readonly Affected[];
  readonly affectedCount: number;
}

export interface CalendarOperations {
  /** A schedule as it would be planned for its holder. @throws `schedule_invalid` for a calendar that is not there */
  resolve(spec: ScheduleSpec, holder: Holder): Promise<ScheduleSpec>;
  list(): Promise<readonly CalendarSummary[]>;
  /** @throws `not_found` */
  get(id: Id): Promise<{ readonly calendar: Calendar; readonly usedBy: readonly CalendarUser[] }>;
  /** @throws `invalid` with every field at fault, `name_taken` */
  create(input: CalendarInput, actor: Actor): Promise<Effect & { readonly calendar: Calendar }>;
  /** @throws `not_found`, `edit_conflict` when somebody saved first, and as {@link create} */
  change(
    id: Id,
    input: CalendarChange,
    actor: Actor,
    expectedVersion: number | null,
  ): Promise<Effect & { readonly calendar: Calendar }>;
  /** @throws `not_found`, `calendar_in_use` naming the users, unless `force` takes it from them */
  remove(id: Id, actor: Actor, options?: { readonly force?: boolean }): Promise<Effect>;
}

const mostCalendars = 500;
/** Jobs whose schedules are read and written at once. */
const batch = 200;
const mostTold = 200;

const scopesOf = (calendars: readonly Calendar[]) =>
  calendars.flatMap(({ content }) => (content.kind === 'blackout' ? [content.scope] : []));

/**
 * Where the new reading counts from. What is due by the old one and not planned yet stays ahead of the cursor, so that
 * nothing is lost; the rule as it reads now decides about it.
 */
function movedBy(schedule: Schedule, job: Job, now: Instant): CursorMove {
  const runs = isPlannable(job);
  // One that maintenance holds waits for its end with what was due meanwhile.
  const isBehind = schedule.planAt !== null && (nextPlanOf(schedule.spec, schedule.cursorAt) ?? Infinity) <= now;
  const cursorAt = isBehind || !runs ? schedule.cursorAt : Math.max(now, schedule.cursorAt);
  const { planAt, nextDueAt } = plannedInstants({ ...schedule, cursorAt }, runs);
  return {
    scheduleId: schedule.id,
    revision: schedule.revision,
    cursorAt: schedule.cursorAt,
    newCursor: cursorAt,
    newPlan: planAt,
    newNext: nextDueAt,
  };
}

/** What was dispatched and waits for an opening is not to miss that it moved; what waits besides is to wait for a new one. */
async function placeWaiting(tables: Tables, schedules: readonly Schedule[], now: Instant): Promise<void> {
  const waits = Map.groupBy(await tables.dispatch.waitingOf(schedules.map(({ id }) => id)), (run) => run.scheduleId);
  await tables.dispatch.place(schedules.flatMap(({ id, spec }) => placesIn(spec, waits.get(id) ?? [], now)));
}

/** Plans anew what the links name. Jobs are locked in id order, batch after batch, as the scheduler does. */
async function replan(tables: Tables, links: readonly CalendarLink[], now: Instant): Promise<Effect> {
  const affected: Affected[] = [];
  const wanted = new Set(links.map(({ scheduleId }) => scheduleId));
  const jobIds = [...new Set(links.map(({ jobId }) => jobId))].sort((a, b) => a - b);
  for (let from = 0; from < jobIds.length; from += batch) {
    const ids = jobIds.slice(from, from + batch);
    await tables.jobs.lock(ids);
    const schedules = (await tables.schedules.ofJobs(ids)).filter(({ id }) => wanted.has(id));
    const jobs = await tables.jobs.byIds(ids);
    const moves: CursorMove[] = [];
    for (const schedule of schedules) {
      const job = jobs.get(schedule.jobId);
      if (job === undefined) continue;
      const move = movedBy(schedule, job, now);
      moves.push(move);
      if (job.deletedAt !== null) continue;
      affected.push({
        job: { id: job.id, createdAt: job.createdAt, name: job.definition.name },
        schedule: { id: schedule.id, createdAt: schedule.createdAt, name: schedule.name },
        before: schedule.nextDueAt,
        nextDueAt: move.newNext,
      });
    }
    if ((await tables.schedules.replan(moves)).length < moves.length)
      throw new JobTriggerError('edit_conflict', 'A schedule was changed meanwhile. Try again.');
    await placeWaiting(tables, schedules, now);
  }
  const isMoved = ({ before, nextDueAt }: Affected): number => (before === nextDueAt ? 1 : 0);
  const sorted = affected.toSorted((a, b) => isMoved(a) - isMoved(b));
  return { affected: sorted.slice(0, mostTold), affectedCount: affected.length };
}

async function usersOf(tables: Tables, id: Id): Promise<readonly CalendarUser[]> {
  const schedules = Map.groupBy(await tables.calendars.attachedTo(id), ({ jobId }) => jobId);
  const users: CalendarUser[] = [];
  for (const [jobId, job] of await tables.jobs.byIds([...schedules.keys()])) {
    const { length } = schedules.get(jobId) ?? [];
    const user = { id: jobId, createdAt: job.createdAt, name: job.definition.name, schedules: length };
    if (job.deletedAt === null) users.push(user);
  }
  return users.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Takes a calendar out of the schedules that attach it. */
async function detach(tables: Tables, id: Id): Promise<void> {
  const links = await tables.calendars.attachedTo(id);
  await tables.jobs.lock([...new Set(links.map(({ jobId }) => jobId))].sort((a, b) => a - b));
  for (const { scheduleId } of links) {
    const schedule = await tables.schedules.get(scheduleId);
    if (schedule === null) continue;
    const { calendars = [], resolved = [], ...rest } = schedule.spec;
    const gone = resolved.filter((calendar) => calendar.id === id).map(toUuid);
    const left = calendars.filter((uuid) => !gone.includes(uuid.toLowerCase()));
    const spec = writtenSpec({ ...rest, ...(left.length > 0 ? { calendars: left } : {}) });
    await tables.schedules.update({ ...schedule, spec }, schedule.revision);
  }
}

function eventOf(kind: string, calendar: Calendar, actor: Actor, { affectedCount }: Pick<Effect, 'affectedCount'>) {
  const data = { name: calendar.name, calendar: toUuid(calendar), version: calendar.version, via: actor.via };
  return { kind, actor: actor.name, data: { ...data, affected: affectedCount } };
}

export function calendarOperations({ store }: OperationContext): CalendarOperations {
  async function existing(tables: Tables, id: Id): Promise<Calendar> {
    const calendar = await tables.calendars.get(id);
    if (calendar === null) throw notFound('calendar');
    return calendar;
  }

  function ring(): void {
    store.bell.ring('plan');
    store.bell.ring('queue');
    store.bell.ring('change');
  }

  return {
    async resolve(spec, holder) {
      const [resolved] = await resolveInputs(store, [{ spec }], holder, () => '');
      return resolved?.spec ?? spec;
    },
    list: () => store.calendars.list(),

    async get(id) {
      return { calendar: await existing(store, id), usedBy: await usersOf(store, id) };
    },

    async create(input, actor) {
      const { name, description = null, content, source = null } = input;
      validateCalendar({ name, description, content });
      const [id = 0] = await store.ids(1);
      const made = await audited(store, async (tables) => {
        if ((await tables.calendars.count()) >= mostCalendars)
          throw new JobTriggerError('conflict', `There are ${mostCalendars} calendars already.`);
        const now = await tables.now();
        const calendar = { id, createdAt: now, updatedAt: now, version: 1, name, description, content, source };
        await tables.calendars.insert(calendar);
        const effect = await replan(tables, await tables.calendars.reachedBy(id, scopesOf([calendar])), now);
        await tables.events.append([eventOf('calendar.created', calendar, actor, effect)]);
        const subject = subjectOf('calendar', calendar);
        await note(tables, actor, { action: 'calendar.created', subject, after: calendar });
        return { calendar, ...effect };
      });
      ring();
      return made;
    },

    async change(id, input, actor, expectedVersion) {
      const changed = await audited(store, async (tables) => {
        await tables.calendars.lock([id]);
        const before = await existing(tables, id);
        if (before.version !== (expectedVersion ?? before.version))
          throw new JobTriggerError(
            'edit_conflict',
            `Somebody saved version ${before.version} of this calendar meanwhile; yours was made from ${expectedVersion}.`,
            { version: before.version },
          );
        const now = await tables.now();
        const calendar: Calendar = {
          ...before,
          name: input.name ?? before.name,
          description: input.description === undefined ? before.description : input.description,
          content: input.content ?? before.content,
          // Entries that a person changed are no longer those of the file or country they came from.
          source: input.source === undefined ? (input.content === undefined ? before.source : null) : input.source,
          version: before.version + 1,
          updatedAt: now,
        };
        if (calendar.content.kind !== before.content.kind)
          throw new JobTriggerError('invalid', `kind: stays ${before.content.kind}`, {
            fields: [{ path: 'kind', message: `stays ${before.content.kind}` }],
          });
        validateCalendar(calendar);
        const reached = await tables.calendars.reachedBy(id, scopesOf([before, calendar]));
        await tables.calendars.update(calendar, before.version);
        const effect = await replan(tables, reached, now);
        await tables.events.append([eventOf('calendar.changed', calendar, actor, effect)]);
        const subject = subjectOf('calendar', calendar);
        await note(tables, actor, { action: 'calendar.changed', subject, before, after: calendar });
        return { calendar, ...effect };
      });
      ring();
      return changed;
    },

    async remove(id, actor, { force = false } = {}) {
      const effect = await audited(store, async (tables) => {
        await tables.calendars.lock([id]);
        const calendar = await existing(tables, id);
        const users = await usersOf(tables, id);
        if (users.length > 0 && !force)
          throw new JobTriggerError(
            'calendar_in_use',
            `${calendar.name} is used by ${users
              .slice(0, 5)
              .map(({ name }) => name)
              .join(', ')}${users.length > 5 ? ` and ${users.length - 5} more` : ''}.`,
            { used_by: users.slice(0, 50).map((user) => ({ job_id: toUuid(user), job_name: user.name })) },
          );
        const reached = await tables.calendars.reachedBy(id, scopesOf([calendar]));
        await detach(tables, id);
        await tables.calendars.remove(id);
        const removed = await replan(tables, reached, await tables.now());
        await tables.events.append([eventOf('calendar.deleted', calendar, actor, removed)]);
        const subject = subjectOf('calendar', calendar);
        await note(tables, actor, { action: 'calendar.deleted', subject, before: calendar });
        return removed;
      });
      ring();
      return effect;
    },
  };
}
