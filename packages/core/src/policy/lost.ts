/** What becomes of a run whose attempt was started, or may have been, and whose end nobody knows. */
import type { Instant } from '../model/instant.ts';
import type { LeasePhase } from '../model/run.ts';

export interface LostFacts {
  readonly onLost: 'fail' | 'rerun';
  /** Attempts of the run that were lost, this one included. */
  readonly losses: number;
  /** The most losses before a run with `rerun` ends. */
  readonly maxLost: number;
  readonly now: Instant;
}

/** When the next attempt may start; null ends the run as `lost`. */
export function rerunAt({ onLost, losses, maxLost, now }: LostFacts): Instant | null {
  return onLost === 'rerun' && losses < maxLost ? now : null;
}

/** Between the intent and the first sign of life nobody knows whether a process was started. */
export function lossReason(
  phase: LeasePhase,
  cause: 'worker_died' | 'host_gone',
): 'start_unknown' | 'worker_died' | 'host_gone' {
  return phase === 'running' ? cause : 'start_unknown';
}
