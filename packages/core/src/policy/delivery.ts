/** What becomes of a message after a try. Pure: the same facts always give the same decision. */
import type { Instant, Millis } from '../model/instant.ts';
import type { DeliveryState, OffReason } from '../model/webhook.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Rests after the first failure, the second, and so on; the last one repeats. */
const ladder: readonly Millis[] = [5 * second, minute, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, day];
/** So long a message is tried, and so long an endpoint may fail before it is switched off. */
export const patienceMs: Millis = 5 * day;

export interface DeliveryFacts {
  readonly now: Instant;
  readonly ok: boolean;
  /** The receiver wants nothing more. */
  readonly gone: boolean;
  readonly retryAfterMs: Millis | null;
  /** Tries before this one. */
  readonly attempts: number;
  readonly createdAt: Instant;
  /** The endpoint's first failure since its last success. */
  readonly failingSince: Instant | null;
  /** In [0, 1): spreads what failed together. */
  readonly chance: number;
}

export interface DeliveryDecision {
  readonly state: DeliveryState;
  readonly nextAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly off: OffReason | null;
}

export function decideDelivery(facts: DeliveryFacts): DeliveryDecision {
  const { now, ok, gone, retryAfterMs, attempts, createdAt, chance } = facts;
  if (ok) return { state: 'delivered', nextAt: null, failingSince: null, off: null };
  const failingSince = facts.failingSince ?? now;
  if (gone) return { state: 'failed', nextAt: null, failingSince, off: 'gone' };
  const off = now - failingSince >= patienceMs ? 'failing' : null;
  const rest = ladder[Math.min(attempts, ladder.length - 1)] ?? day;
  const nextAt = now + Math.max(Math.round(rest * (1 + chance / 10)), retryAfterMs ?? 0);
  if (nextAt - createdAt >= patienceMs) return { state: 'failed', nextAt: null, failingSince, off };
  return { state: 'waiting', nextAt, failingSince, off };
}
