/** What to do with a new run while runs of the same job wait or live. */
import type { Reference } from '../model/id.ts';
import type { JobDefinition, OverlapPolicy } from '../model/job.ts';
import type { Trigger } from '../model/run.ts';

/** A run that stands in the way; a suspect one counts as alive. */
export interface Blocker extends Reference {
  readonly state: 'queued' | 'starting' | 'running';
}

export interface OverlapFacts {
  readonly overlap: OverlapPolicy;
  /** How many may live at once; null is no limit. */
  readonly maxConcurrent: number | null;
  /** Waiting and live runs of the job, oldest first. */
  readonly blockers: readonly Blocker[];
}

export type OverlapDecision =
  | { readonly kind: 'dispatch' }
  /** Dispatched; it waits behind `cause`. */
  | { readonly kind: 'wait'; readonly cause: Reference }
  | { readonly kind: 'skip'; readonly cause: Reference }
  /** Dispatched; these waiting runs end `cancelled`, `superseded`. */
  | { readonly kind: 'supersede'; readonly older: readonly Blocker[]; readonly cause: Reference }
  /** Dispatched; these end `cancelled`, `replaced`, and it is claimable once they are gone. */
  | { readonly kind: 'replace'; readonly blockers: readonly Blocker[]; readonly cause: Reference };

/**
 * Does a run count for overlap? A backfill gives way: those of its runs that only wait hold nothing up, and are not
 * displaced.
 */
export function standsInTheWay({ state, trigger }: Pick<Blocker, 'state'> & { readonly trigger: Trigger }): boolean {
  return state !== 'queued' || trigger !== 'backfill';
}

/** The most runs of one job that wait under `queue_all`, and under `allow` behind its limit. */
export const longestWait = 100;

/** How many runs of a job may live at once: what its runs carry into the queue. Null is no limit. */
export function slotsOf({ overlap, maxConcurrent }: Pick<JobDefinition, 'overlap' | 'maxConcurrent'>): number | null {
  return overlap === 'allow' ? maxConcurrent : (maxConcurrent ?? 1);
}

export function decideOverlap({ overlap, maxConcurrent, blockers }: OverlapFacts): OverlapDecision {
  const limit = slotsOf({ overlap, maxConcurrent });
  const [first] = blockers;
  if (first === undefined || limit === null || blockers.length < limit) return { kind: 'dispatch' };
  return decideByPolicy(overlap, blockers, first);
}

/** There is no room: what the policy makes of it. @param first the oldest of the blockers */
function decideByPolicy(overlap: OverlapPolicy, blockers: readonly Blocker[], first: Blocker): OverlapDecision {
  const waiting = blockers.filter(({ state }) => state === 'queued');
  const cause = blockers.find(({ state }) => state !== 'queued') ?? first;
  switch (overlap) {
    case 'skip':
      return { kind: 'skip', cause };
    case 'queue_one':
      return waiting.length === 0 ? { kind: 'wait', cause } : { kind: 'supersede', older: waiting, cause };
    case 'queue_all':
    case 'allow':
      return waiting.length < longestWait ? { kind: 'wait', cause } : { kind: 'skip', cause };
    case 'replace':
      return { kind: 'replace', blockers, cause };
  }
}
