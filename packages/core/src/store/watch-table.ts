import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { MissedGroup, Success, WaitingGroup } from '../model/watch.ts';

/** What a watcher needs to know to know that there is nothing to know. */
export interface Pulse {
  readonly now: Instant;
  /** The newest heartbeat of any scheduler, signed off or not; null when there never was one. */
  readonly schedulerBeatAt: Instant | null;
  readonly workerBeatAt: Instant | null;
  /** The earliest instant that nobody has planned. */
  readonly earliestPlan: Instant | null;
  /** Waiting runs that may start since `waitingBefore`. */
  readonly waiting: boolean;
  readonly leases: boolean;
  /** Facts younger than the request's `from`. */
  readonly missed: boolean;
  readonly told: boolean;
  readonly open: boolean;
  /** A secret that is no person's own expires within `expirySoonMs`, or has. */
  readonly expiring: boolean;
}

interface PulseRequest {
  readonly waitingForMs: Millis;
  /** From when on missed instants and facts are news; null is `lookBackMs` ago. */
  readonly from: Instant | null;
  readonly lookBackMs: Millis;
  readonly kinds: readonly string[];
}

/** Facts for alerts. Nothing here reads history, but what is younger than a given instant. */
export interface WatchTable {
  /** One statement. */
  pulse(request: PulseRequest): Promise<Pulse>;
  /** Reads the whole queue. */
  /** Of the `most` that could have started first, of all lines in turn. */
  waiting(forMs: Millis, most: number): Promise<readonly WaitingGroup[]>;
  /**
   * Instants decided at or after `from` that nobody was there for: `misfire` and `clock`, and what was `coalesced` more
   * than the tolerance after it was due. Schedules of the same instant fold into one another on time, and that is no miss.
   */
  missed(from: Instant, toleranceMs: Millis): Promise<readonly MissedGroup[]>;
  /** Of runs created at or after `since` that succeeded. */
  successes(jobIds: readonly Id[], since: Instant): Promise<readonly Success[]>;
}
