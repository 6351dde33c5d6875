/**
 * The instants of a schedule: one function for the scheduler, the preview, the command line and the pages.
 */
import type { Instant } from '../model/instant.ts';
import { farthest } from '../model/maintenance.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { filteredBy, filterEnd, judge, type Verdict } from './filters.ts';
import { heldAt } from './maintenance.ts';
import { ruleOf } from './rule.ts';

/** An instant that the rule names, and what filters make of it. */
export interface Due extends Verdict {
  readonly at: Instant;
}

function bounds(spec: ScheduleSpec): { first: Instant; last: Instant } {
  return { first: spec.notBefore ?? -Infinity, last: spec.notAfter ?? Infinity };
}

/** Next instant of the rule strictly after `after`, within `not_before` and `not_after`: what wakes the scheduler. */
export function nextPlanOf(spec: ScheduleSpec, after: Instant): Instant | null {
  const { notBefore, notAfter } = spec;
  const at = ruleOf(spec).next(typeof notBefore === 'number' && notBefore > after ? notBefore - 1 : after);
  return at === null || (typeof notAfter === 'number' && at > notAfter) ? null : at;
}

/**
 * When the scheduler has to look at a schedule again: at the next instant of its rule, or where maintenance holds that
 * one, when it ends. Until then the cursor stays where it is.
 */
export function wakeOf(spec: ScheduleSpec, after: Instant): Instant | null {
  const at = nextPlanOf(spec, after);
  return at === null ? null : (heldAt(spec, at)?.to ?? at);
}

/** Every instant of the rule after `after`, ascending and without repeats, those that filters drop included. Lazy. */
export function* iterate(spec: ScheduleSpec, after: Instant): Generator<Due, void, undefined> {
  for (let at = nextPlanOf(spec, after); at !== null; at = nextPlanOf(spec, at)) {
    yield { at, ...judge(spec, at) };
  }
}

/** How far a search looks for an instant that filters let through: a full turn of clocks, weekdays and leap years. */
const searchMs = 40 * 366 * 86_400_000;

/** Next instant that filters let through: what people see. Null when there is none, or none within forty years. */
export function nextOf(spec: ScheduleSpec, after: Instant): Instant | null {
  const last = after + searchMs;
  let from = after;
  // Filters that never open would be walked through for ever; each step here leaves a closed stretch behind.
  for (let steps = 0; steps < 200_000; steps += 1) {
    const at = nextPlanOf(spec, from);
    if (at === null) return null;
    const reason = filteredBy(spec, at);
    if (reason === null) return at;
    if (at > last) return null;
    const end = filterEnd(spec, at, reason);
    if (end >= farthest) return null;
    from = Math.max(at, end - 1);
  }
  return null;
}

/**
 * Instants at which `spec` is due in the half-open span (after, until], ascending, without those that filters drop.
 * The caller bounds the work: the earliest `limit` instants come back.
 */
export function occurrencesOf(
  spec: ScheduleSpec,
  span: { readonly after: Instant; readonly until: Instant; readonly limit: number },
): Instant[] {
  const found: Instant[] = [];
  for (
    let at = nextOf(spec, span.after);
    at !== null && at <= span.until && found.length < span.limit;
    at = nextOf(spec, at)
  )
    found.push(at);
  return found;
}

/** The next `count` instants after `after` that filters let through. */
export function nextInstants(spec: ScheduleSpec, after: Instant, count: number): Instant[] {
  return occurrencesOf(spec, { after, until: Infinity, limit: count });
}

/**
 * How many instants the rule names in (after, until], filters apart. By arithmetic for plain intervals, by walking
 * for the rest; counting stops at `limit`, and then says so by answering it.
 */
export function countOf(
  spec: ScheduleSpec,
  span: { readonly after: Instant; readonly until: Instant; readonly limit?: number },
): number {
  const { first, last } = bounds(spec);
  const after = Math.max(span.after, first - 1);
  const until = Math.min(span.until, last);
  if (until <= after) return 0;
  const counted = ruleOf(spec).count(after, until);
  if (counted !== null) return counted;
  const limit = span.limit ?? Infinity;
  let count = 0;
  for (let at = nextPlanOf(spec, after); at !== null && at <= until && count < limit; at = nextPlanOf(spec, at))
    count += 1;
  return count;
}
