/**
 * The instants of one schedule since its cursor, each with what the schedule and the clock alone make of it. Overlap
 * and the other schedules of the job come later, in the transaction (`plan.ts`).
 */
import type { Instant, Millis } from '../model/instant.ts';
import type { CatchUp } from '../model/job.ts';
import type { SkipReason } from '../model/occurrence.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { heldAt, heldStretches } from '../schedule/maintenance.ts';
import { countOf, iterate, nextOf, nextPlanOf, wakeOf } from '../schedule/occurrences.ts';
import { afterHold } from './after-hold.ts';
import { decideMisfire, isMissed } from './misfire.ts';

export interface EnumerateFacts {
  readonly schedule: Pick<Schedule, 'id' | 'revision' | 'cursorAt' | 'spec'>;
  readonly now: Instant;
  readonly toleranceMs: Millis;
  readonly catchUp: CatchUp;
  /** The most instants that are walked through; the rest waits for the next pass. Default 10 000. */
  readonly limit?: number;
  /** Catch-up runs already chosen in earlier passes over the same backlog. */
  readonly carried?: number;
  /** Instants in (from, to] were jumped over by the clock, not missed. */
  readonly clockGap?: { readonly from: Instant; readonly to: Instant } | null;
}

/** One instant: to be dispatched unless something stands in the way, or skipped. */
export type Fate =
  | {
      readonly kind: 'dispatch';
      readonly dueAt: Instant;
      readonly trigger: 'schedule' | 'catch_up';
      /** The end of the blackout that its run waits for. */
      readonly deferredTo?: Instant;
      /** It was held by maintenance, whose policy lets it run now. */
      readonly resumed?: 'one' | 'all';
    }
  | { readonly kind: 'skip'; readonly dueAt: Instant; readonly reason: SkipReason };

/** Instants that ended alike, counted. */
export interface Span {
  readonly kind: 'span';
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
  readonly reason: SkipReason;
}

export interface Enumeration {
  /** Ascending. */
  readonly fates: readonly (Fate | Span)[];
  /** Everything up to here is in `fates`. */
  readonly cursorAt: Instant;
  /** The next instant the rule names after that; not later than now when more is to be walked through. */
  readonly planAt: Instant | null;
  /** The next that filters let through. */
  readonly nextDueAt: Instant | null;
  /** Catch-up runs chosen in this backlog so far, for the next pass over it; 0 when it is done. */
  readonly carried: number;
  readonly walked: number;
}

const unitMs: Readonly<Record<string, Millis>> = { seconds: 1000, minutes: 60_000, hours: 3_600_000 };

/** Distance of instants that arithmetic can count: plain intervals without filters. Null for all others. */
function countable(spec: ScheduleSpec): Millis | null {
  if (spec.kind !== 'interval' || spec.anchor !== undefined || isFiltered(spec)) return null;
  const unit = unitMs[spec.unit];
  return unit === undefined ? null : spec.every * unit;
}

function isFiltered({ activeHours, blackouts, holidays, resolved }: ScheduleSpec): boolean {
  return [activeHours, blackouts, holidays, resolved].some((filter) => (filter?.length ?? 0) > 0);
}

export function enumerate(facts: EnumerateFacts): Enumeration {
  const { schedule, now } = facts;
  const { spec, cursorAt } = schedule;
  const here = heldAt(spec, now);
  if (here !== null)
    return {
      fates: [],
      cursorAt,
      planAt: here.to,
      nextDueAt: nextOf(spec, now),
      carried: facts.carried ?? 0,
      walked: 0,
    };
  const first = nextPlanOf(spec, cursorAt) ?? Infinity;
  const held = heldStretches(spec).find(({ from, to }) => from <= now && to > first);
  if (held === undefined) return unheld(facts, Infinity);
  if (first < held.from) return unheld(facts, held.from - 1);
  const settled = afterHold(facts, held);
  return { ...settled, ...following(spec, settled.cursorAt), carried: facts.carried ?? 0 };
}

/** Outside maintenance, up to where the next stretch of it begins; what follows is left to the next pass. */
function unheld(facts: EnumerateFacts, end: Instant): Enumeration {
  const { schedule, now, toleranceMs } = facts;
  const limit = facts.limit ?? 10_000;
  const everyMs = countable(schedule.spec);
  const missed = everyMs === null ? 0 : (Math.min(now - toleranceMs, end) - schedule.cursorAt) / everyMs;
  if (everyMs !== null && missed > Math.min(limit, 1000)) return leap(facts, everyMs, end);
  return walk(facts, limit, end);
}

interface Found {
  readonly at: Instant;
  readonly dropped: SkipReason | null;
  readonly deferredTo: Instant | null;
}

/** Instants from the cursor to now or `end`, at most `limit` of them; `more` is the first that was left, null when none was. */
function instantsOf(
  facts: EnumerateFacts,
  limit: number,
  end: Instant,
): { readonly found: readonly Found[]; readonly more: Instant | null } {
  const { schedule, now, clockGap = null } = facts;
  const found: Found[] = [];
  for (const due of iterate(schedule.spec, schedule.cursorAt)) {
    if (due.at > now) break;
    if (found.length === limit || due.at > end) return { found, more: due.at };
    const jumped = clockGap !== null && due.at > clockGap.from && due.at <= clockGap.to;
    found.push({ ...due, dropped: due.dropped ?? (jumped ? 'clock' : null) });
  }
  return { found, more: null };
}

/** Goes from instant to instant, at most `limit` of them. */
function walk(facts: EnumerateFacts, limit: number, end: Instant): Enumeration {
  const { schedule, now, toleranceMs, catchUp } = facts;
  const { spec } = schedule;
  const windowFrom = now - catchUp.windowSeconds * 1000;
  const { found, more } = instantsOf(facts, limit, end);
  const last = found.at(-1)?.at ?? schedule.cursorAt;
  const cursorAt = more === null ? Math.max(now, schedule.cursorAt) : last;
  const isOpenMiss = (at: Instant): boolean => isMissed({ dueAt: at, now, toleranceMs });
  // A younger one that lies beyond this pass takes the place of the newest.
  const ahead = more === null ? null : nextOf(spec, last);
  const newestAt =
    ahead !== null && isOpenMiss(ahead)
      ? null
      : found.findLast(({ at, dropped, deferredTo }) => dropped === null && isOpenMiss(deferredTo ?? at))?.at;
  let carried = facts.carried ?? 0;
  const fates = found.map(({ at, dropped, deferredTo }): Fate => {
    if (dropped !== null) return { kind: 'skip', dueAt: at, reason: dropped };
    // Nobody could start it before the blackout ends, so until then it is not late.
    if (deferredTo !== null && !isOpenMiss(deferredTo))
      return { kind: 'dispatch', dueAt: at, trigger: 'schedule', deferredTo };
    const decision = decideMisfire({ dueAt: at, now, toleranceMs, catchUp, nth: carried, newest: at === newestAt });
    if (isOpenMiss(at) && at >= windowFrom) carried += 1;
    return { ...decision, dueAt: at };
  });
  return { fates, cursorAt, ...following(spec, cursorAt), carried: more === null ? 0 : carried, walked: found.length };
}

/** Up to where the clock jumped over instants; the cursor when it did not. */
function endOfJump({ clockGap = null, schedule }: EnumerateFacts, missedTo: Instant): Instant {
  return clockGap === null ? schedule.cursorAt : Math.min(clockGap.to, missedTo);
}

/** How many of the missed instants run at the oldest end of those inside the window. */
function chosenOf({ policy, max }: CatchUp, carried: number, inWindow: number): number {
  const left = Math.min(Math.max(0, max - carried), inWindow);
  return { last: 0, none: 0, manual: 0, first: carried === 0 ? 1 : 0, all: left }[policy];
}

/** Missed instants inside the window of catch-up, in spans around those that run. */
function missedIn(
  spec: ScheduleSpec,
  { after, until, everyMs }: { readonly after: Instant; readonly until: Instant; readonly everyMs: Millis },
  {
    catchUp,
    carried,
    isNewest,
  }: Pick<EnumerateFacts, 'catchUp'> & { readonly carried: number; readonly isNewest: boolean },
): (Fate | Span)[] {
  const count = countOf(spec, { after, until });
  const first = nextPlanOf(spec, after);
  if (count === 0 || first === null) return [];
  const chosen = chosenOf(catchUp, carried, count);
  const run = (nth: number): Fate => ({ kind: 'dispatch', dueAt: first + nth * everyMs, trigger: 'catch_up' });
  const runs = Array.from({ length: chosen }, (_, nth) => run(nth));
  const isLast = catchUp.policy === 'last';
  const newest = isLast && isNewest ? [run(count - 1)] : [];
  const rest = spanOf(spec, {
    after: chosen === 0 ? after : first + (chosen - 1) * everyMs,
    until: newest.length === 0 ? until : first + (count - 1) * everyMs - 1,
    everyMs,
    reason: isLast ? 'coalesced' : 'misfire',
  });
  return [...runs, ...rest, ...newest];
}

/** The instants in (after, until] as one span; none where there is none. */
function spanOf(
  spec: ScheduleSpec,
  {
    after,
    until,
    everyMs,
    reason,
  }: { readonly after: Instant; readonly until: Instant; readonly everyMs: Millis; readonly reason: SkipReason },
): Span[] {
  const count = countOf(spec, { after, until });
  const fromAt = nextPlanOf(spec, after);
  if (count === 0 || fromAt === null) return [];
  return [{ kind: 'span', fromAt, toAt: fromAt + (count - 1) * everyMs, count, reason }];
}

/** What ended alike before the window and in it is one gap. */
function joined(fates: readonly (Fate | Span)[]): (Fate | Span)[] {
  const all: (Fate | Span)[] = [];
  for (const fate of fates) {
    const last = all.at(-1);
    if (fate.kind !== 'span' || last?.kind !== 'span' || last.reason !== fate.reason) all.push(fate);
    else all[all.length - 1] = { ...fate, fromAt: last.fromAt, count: last.count + fate.count };
  }
  return all;
}

/** Does a younger missed one, which lies beyond this pass, take the place of the newest? */
function isOutrun({ schedule, now, toleranceMs }: EnumerateFacts, end: Instant): boolean {
  const ahead = end >= now ? null : nextOf(schedule.spec, end);
  return ahead !== null && isMissed({ dueAt: ahead, now, toleranceMs });
}

/** Counts instead of walking: a schedule a year behind costs no more than one an hour behind. */
function leap(facts: EnumerateFacts, everyMs: Millis, end: Instant): Enumeration {
  const { schedule, now, toleranceMs, catchUp, carried = 0 } = facts;
  const { spec, cursorAt } = schedule;
  const missedTo = Math.min(now - toleranceMs - 1, spec.notAfter ?? Infinity, end);
  const jumpedTo = endOfJump(facts, missedTo);
  const windowFrom = Math.min(Math.max(now - catchUp.windowSeconds * 1000 - 1, jumpedTo, cursorAt), missedTo);
  const window = { after: windowFrom, until: missedTo, everyMs };
  const spans = joined([
    ...spanOf(spec, { after: cursorAt, until: jumpedTo, everyMs, reason: 'clock' }),
    ...spanOf(spec, { after: Math.max(jumpedTo, cursorAt), until: windowFrom, everyMs, reason: 'misfire' }),
    ...missedIn(spec, window, { catchUp, carried, isNewest: !isOutrun(facts, end) }),
  ]);
  const from = { ...facts, schedule: { ...schedule, cursorAt: Math.max(missedTo, cursorAt) }, carried: 0 };
  const rest = walk(from, 10_000, end);
  const chosen = end < now ? carried + countOf(spec, window) : rest.carried;
  return { ...rest, carried: chosen, fates: [...spans, ...rest.fates] };
}

function following(spec: ScheduleSpec, cursorAt: Instant): Pick<Enumeration, 'planAt' | 'nextDueAt'> {
  return { planAt: wakeOf(spec, cursorAt), nextDueAt: nextOf(spec, cursorAt) };
}
