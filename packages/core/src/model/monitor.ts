/** Jobs that run elsewhere and report here: a ping that does not come is noticed. */
import type { Id } from './id.ts';
import type { Instant, Millis } from './instant.ts';
import type { ScheduleSpec } from './schedule.ts';

/** `new`: no ping yet. `late`: the ping is due and its grace is not over. */
export const monitorStates = ['new', 'up', 'late', 'down', 'paused'] as const;
export type MonitorState = (typeof monitorStates)[number];

export const pingKinds = ['success', 'start', 'fail'] as const;
export type PingKind = (typeof pingKinds)[number];

/** When pings are expected: at the instants of a schedule, or so long after the one before. */
export type Expectation =
  | { readonly spec: ScheduleSpec; readonly periodMs: null }
  | { readonly spec: null; readonly periodMs: Millis };

export interface Monitor {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Unique among its owner's, whatever the case. */
  readonly name: string;
  /** SHA-256 of the token. */
  readonly hash: string;
  /** The token, sealed. */
  readonly token: string;
  readonly expects: Expectation;
  readonly graceMs: Millis;
  readonly state: MonitorState;
  readonly stateSince: Instant;
  /** When the next ping is due; null while new or paused, and when the schedule has ended. */
  readonly expectedAt: Instant | null;
  /** When the loop has to look again; null when nothing can change by itself. */
  readonly checkAt: Instant | null;
  /** The last success or failure. */
  readonly lastPingAt: Instant | null;
  /** A start that nothing has followed yet. */
  readonly startedAt: Instant | null;
  /** The body of the last ping that had one, at most 10 kB. */
  readonly lastOutput: string | null;
  /** Whose it is: they and administrators see it. Null: administrators alone. */
  readonly ownerId: Id | null;
}

export interface Ping {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly monitorId: Id;
  readonly kind: PingKind;
  readonly exitCode: number | null;
  readonly address: string | null;
  readonly userAgent: string | null;
}
