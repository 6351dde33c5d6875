/** Which stored schedule each element of a changed list is, so that it keeps its ledger. Pure. */
import { toUuid, type Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { isDeepStrictEqual } from 'node:util';
import { nextOf, wakeOf } from '../schedule/occurrences.ts';
import { writtenSpec } from '../schedule/resolve.ts';
import { tzVersion } from '../schedule/zone.ts';
import { withStart, type ScheduleInput } from './job-input.ts';

export interface ScheduleChanges {
  readonly inserted: readonly ScheduleInput[];
  readonly updated: readonly { readonly before: Schedule; readonly input: ScheduleInput }[];
  readonly removed: readonly Schedule[];
}

/** Matches by id, else by name, else by place among what is left. */
export function matchSchedules(stored: readonly Schedule[], given: readonly ScheduleInput[]): ScheduleChanges {
  const left = new Map(stored.map((schedule) => [schedule.id, schedule]));
  const match = new Map<ScheduleInput, Schedule>();
  const take = (input: ScheduleInput, found: Schedule | undefined): void => {
    if (found === undefined) return;
    match.set(input, found);
    left.delete(found.id);
  };
  for (const input of given)
    if (input.uuid !== undefined)
      take(
        input,
        [...left.values()].find((schedule) => toUuid(schedule) === input.uuid?.toLowerCase()),
      );
  for (const input of given)
    if (!match.has(input) && typeof input.name === 'string')
      take(
        input,
        [...left.values()].find((schedule) => schedule.name === input.name),
      );
  given.forEach((input, place) => {
    const here = stored[place];
    if (!match.has(input) && input.uuid === undefined && here !== undefined && left.has(here.id)) take(input, here);
  });
  return {
    inserted: given.filter((input) => !match.has(input)),
    updated: [...match].map(([input, before]) => ({ before, input })),
    removed: [...left.values()],
  };
}

/** The instants that a schedule waits for; both null while it or its job is inactive. */
export function plannedInstants(
  schedule: Pick<Schedule, 'spec' | 'active' | 'cursorAt'>,
  jobActive: boolean,
): Pick<Schedule, 'planAt' | 'nextDueAt'> {
  if (!jobActive || !schedule.active) return { planAt: null, nextDueAt: null };
  return { planAt: wakeOf(schedule.spec, schedule.cursorAt), nextDueAt: nextOf(schedule.spec, schedule.cursorAt) };
}

/** The start of an interval that was only resent, without one: it goes on as it was. */
function startOfSame(before: ScheduleSpec, sent: ScheduleSpec): Instant | undefined {
  if (before.kind !== 'interval' || sent.kind !== 'interval') return undefined;
  if (sent.start !== undefined || sent.anchor !== undefined) return undefined;
  return before.every === sent.every && before.unit === sent.unit ? before.start : undefined;
}

/**
 * A stored schedule with its change. An edited rule counts from now, and has a new revision; an interval that was only
 * resent keeps its start.
 */
export function changedSchedule(
  before: Schedule,
  input: ScheduleInput,
  { now, jobActive }: { readonly now: Instant; readonly jobActive: boolean },
): Schedule {
  const start = startOfSame(before.spec, input.spec);
  const spec = start === undefined ? withStart(input.spec, now) : { ...input.spec, start };
  const active = input.active ?? before.active;
  const edited = !isDeepStrictEqual(writtenSpec(spec), writtenSpec(before.spec)) || active !== before.active;
  const changed = {
    ...before,
    name: input.name === undefined ? before.name : input.name,
    priority: input.priority ?? before.priority,
    active,
    spec,
    revision: before.revision + (edited ? 1 : 0),
    cursorAt: edited ? Math.max(now, before.cursorAt) : before.cursorAt,
    tzVersion,
  };
  return { ...changed, ...plannedInstants(changed, jobActive) };
}

/** Schedules that a job gets, with an id each. */
export function newSchedules(
  jobId: Id,
  inputs: readonly ScheduleInput[],
  ids: readonly Id[],
  now: Instant,
  jobActive: boolean,
): Schedule[] {
  return inputs.map((input, at) => {
    const spec = withStart(input.spec, now);
    // A one-off that may lie in the past is due at once; the planner then finds it behind the cursor.
    const cursorAt = spec.kind === 'once' ? -1 : now;
    const schedule = {
      id: ids[at] ?? 0,
      jobId,
      createdAt: now,
      name: input.name ?? null,
      active: input.active ?? true,
      priority: input.priority ?? 0,
      spec,
      revision: 1,
      cursorAt,
      tzVersion,
    };
    return { ...schedule, ...plannedInstants(schedule, jobActive) };
  });
}
