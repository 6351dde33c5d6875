/** The stretches in which maintenance holds a schedule: its windows, those that overlap as one. Pure. */
import type { Instant } from '../model/instant.ts';
import { endOfWindow, farthest, type MaintenanceWindow } from '../model/maintenance.ts';
import type { ScheduleSpec } from '../model/schedule.ts';

/** Half-open. */
export interface Held {
  readonly from: Instant;
  /** {@link farthest} while nobody knows. */
  readonly to: Instant;
  /** The window that decides what becomes of its instants: of several the one that ends last. */
  readonly window: MaintenanceWindow;
}

function mergedOf(windows: readonly MaintenanceWindow[]): readonly Held[] {
  const merged: Held[] = [];
  const held = windows.map((window): Held => ({ from: window.from, to: endOfWindow(window), window }));
  for (const next of held.toSorted((a, b) => a.from - b.from || a.window.id - b.window.id)) {
    const last = merged.at(-1);
    if (next.to <= next.from) continue;
    if (last === undefined || next.from >= last.to) merged.push(next);
    else if (next.to >= last.to) merged.splice(-1, 1, { ...next, from: last.from });
  }
  return merged;
}

const none: readonly Held[] = [];
const kept = new WeakMap<readonly MaintenanceWindow[], readonly Held[]>();

/** Ascending; they do not overlap. */
export function heldStretches({ maintenance }: Pick<ScheduleSpec, 'maintenance'>): readonly Held[] {
  if (maintenance === undefined) return none;
  let merged = kept.get(maintenance);
  if (merged === undefined) kept.set(maintenance, (merged = mergedOf(maintenance)));
  return merged;
}

/** The stretch that holds an instant; null when none does. */
export function heldAt(spec: Pick<ScheduleSpec, 'maintenance'>, at: Instant): Held | null {
  return heldStretches(spec).find(({ from, to }) => from <= at && at < to) ?? null;
}

/** The first instant from `at` on that no window holds; null while nobody knows. */
export function heldUntil(spec: Pick<ScheduleSpec, 'maintenance'>, at: Instant): Instant | null {
  let end = at;
  for (let here = heldAt(spec, end); here !== null; here = heldAt(spec, end)) {
    if (here.to === farthest) return null;
    end = here.to;
  }
  return end;
}

const bare = new WeakMap<ScheduleSpec, ScheduleSpec>();

/** The schedule as it would be without maintenance. The same object for the same schedule, so that what was made of it is kept. */
export function withoutMaintenance(spec: ScheduleSpec): ScheduleSpec {
  if (spec.maintenance === undefined) return spec;
  let found = bare.get(spec);
  if (found === undefined) {
    const { maintenance: _, ...rest } = spec;
    bare.set(spec, (found = rest));
  }
  return found;
}
