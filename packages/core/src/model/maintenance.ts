/** Stretches of time in which nothing is dispatched by itself, set by people. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** What becomes of the instants of a window once it is over: nothing, one run a job, or all in order. */
export const maintenanceEnds = ['skip', 'one', 'all'] as const;
export type MaintenanceEnd = (typeof maintenanceEnds)[number];

export type MaintenanceScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'jobs'; readonly jobs: readonly Id[] };

/** A window as it is stored. Kept when it is over. */
export interface MaintenanceWindow {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly scope: MaintenanceScope;
  /** Included. */
  readonly from: Instant;
  /** Not included. Null until a person ends it. */
  readonly until: Instant | null;
  readonly reason: string | null;
  readonly resume: MaintenanceEnd;
  /** Who set it. */
  readonly by: string | null;
  /** When a person ended it; before `from` it was called off. Null when its time did, or nothing yet. */
  readonly endedAt: Instant | null;
  readonly endedBy: string | null;
  /** From here on no schedule has an instant in it that is not in the ledger: nobody needs to look at it any more. */
  readonly settledAt: Instant | null;
}

export type MaintenanceState = 'upcoming' | 'active' | 'ended' | 'called_off';

/** Stands for a time that nobody has set yet: the last instant that can be written down. */
export const farthest: Instant = 8_640_000_000_000_000;

/** When it is over, or would be: what a person did goes before what was planned. */
export function endOfWindow({ until, endedAt }: Pick<MaintenanceWindow, 'until' | 'endedAt'>): Instant {
  return Math.min(until ?? farthest, endedAt ?? farthest);
}

export function maintenanceState(window: MaintenanceWindow, now: Instant): MaintenanceState {
  const end = endOfWindow(window);
  if (end <= window.from) return 'called_off';
  if (now >= end) return 'ended';
  return now < window.from ? 'upcoming' : 'active';
}
