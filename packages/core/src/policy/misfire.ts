/** What becomes of instants that were noticed late. */
import type { Instant, Millis } from '../model/instant.ts';
import type { CatchUp } from '../model/job.ts';

export interface MisfireFacts {
  readonly dueAt: Instant;
  readonly now: Instant;
  /** Up to so late a start is late; beyond it the instant was missed. */
  readonly toleranceMs: Millis;
  readonly catchUp: CatchUp;
  /** Place among the missed instants of its schedule that lie inside the window and pass its filters; 0 is the oldest. */
  readonly nth: number;
  /** No younger one of them was missed. */
  readonly newest: boolean;
}

export type MisfireDecision =
  | { readonly kind: 'dispatch'; readonly trigger: 'schedule' | 'catch_up' }
  | { readonly kind: 'skip'; readonly reason: 'misfire' | 'coalesced' };

export function isMissed(facts: Pick<MisfireFacts, 'dueAt' | 'now' | 'toleranceMs'>): boolean {
  return facts.now - facts.dueAt > facts.toleranceMs;
}

/**
 * On time: dispatched. Missed: the policy chooses, and only inside its window. Of `last` the others inside the window
 * are folded into the newest, provided that it runs; everything else is `misfire`.
 */
export function decideMisfire(facts: MisfireFacts): MisfireDecision {
  const { dueAt, now, catchUp, nth, newest } = facts;
  if (!isMissed(facts)) return { kind: 'dispatch', trigger: 'schedule' };
  const inWindow = now - dueAt <= catchUp.windowSeconds * 1000;
  const chosen = { last: newest, none: false, all: nth < catchUp.max, first: nth === 0, manual: false }[catchUp.policy];
  if (chosen && inWindow) return { kind: 'dispatch', trigger: 'catch_up' };
  return { kind: 'skip', reason: catchUp.policy === 'last' && inWindow ? 'coalesced' : 'misfire' };
}
