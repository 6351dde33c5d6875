/** What replacing one row of instants by another changes, and how to say it. */
import type { Instant } from '../model/instant.ts';
import { dayOf, timeOf } from './civil.ts';
import { clockWords, counted, dayWords } from './date-words.ts';
import { zoneOf } from './zone.ts';

export interface Difference {
  readonly added: readonly Instant[];
  readonly removed: readonly Instant[];
  /** Instants that stay on their local day at another time. */
  readonly moved: readonly { readonly from: Instant; readonly to: Instant }[];
}

function byDay(instants: readonly Instant[], zone: string): Map<number, Instant[]> {
  const place = zoneOf(zone);
  const days = new Map<number, Instant[]>();
  for (const at of instants) {
    const day = dayOf(place.toLocal(at));
    const known = days.get(day);
    if (known === undefined) days.set(day, [at]);
    else known.push(at);
  }
  return days;
}

/** Both rows ascend. A day that loses as many as it gains moved them, the first to the first. */
export function differenceBetween(before: readonly Instant[], after: readonly Instant[], zone: string): Difference {
  const [old, fresh] = [new Set(before), new Set(after)];
  const gone = byDay(
    before.filter((at) => !fresh.has(at)),
    zone,
  );
  const come = byDay(
    after.filter((at) => !old.has(at)),
    zone,
  );
  const moved: { from: Instant; to: Instant }[] = [];
  for (const [day, removed] of gone) {
    const added = come.get(day);
    if (added?.length !== removed.length) continue;
    removed.forEach((from, place) => moved.push({ from, to: added[place] ?? from }));
    gone.delete(day);
    come.delete(day);
  }
  return { added: [...come.values()].flat(), removed: [...gone.values()].flat(), moved };
}

function part(instants: readonly Instant[], zone: string, [one, many]: readonly [string, string]): string[] {
  const [first] = instants;
  if (first === undefined) return [];
  if (instants.length > 1) return [`${instants.length} ${many}`];
  const local = zoneOf(zone).toLocal(first);
  return [`the one on ${dayWords(local)} at ${clockWords(local)} ${one}`];
}

function movedPart(moved: Difference['moved'], zone: string): string[] {
  const place = zoneOf(zone);
  const [first] = moved;
  if (first === undefined) return [];
  const to = place.toLocal(first.to);
  if (moved.length === 1) return [`the one on ${dayWords(place.toLocal(first.from))} moves to ${clockWords(to)}`];
  const same = moved.every((move) => timeOf(place.toLocal(move.to)) === timeOf(to));
  return [`${moved.length} move${same ? ` to ${clockWords(to)}` : ''}`];
}

/** "In the next 30 days, against the schedule in force: 3 vanish, 2 appear, the one on 29 March moves to 03:00." */
export function differenceWords(difference: Difference, zone: string, days: number): string {
  const parts = [
    ...part(difference.removed, zone, ['vanishes', 'vanish']),
    ...part(difference.added, zone, ['appears', 'appear']),
    ...movedPart(difference.moved, zone),
  ];
  const span = `In the next ${counted(days, 'day')}, against the schedule in force`;
  return parts.length === 0 ? `${span}, nothing changes.` : `${span}: ${parts.join(', ')}.`;
}
