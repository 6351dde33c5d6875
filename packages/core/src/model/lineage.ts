/** The line of history that a database is on. A failover, or a restore to a point in time, begins another one. */
import type { Instant } from './instant.ts';

export interface Lineage {
  /** From 1, one higher at each change. */
  readonly number: number;
  /** System identifier and timeline of the server, as `7301…/00000002`; empty where nobody can tell. */
  readonly line: string;
  readonly noticedAt: Instant;
  /** When planning went on; null while workers compare what they know with it. */
  readonly settledAt: Instant | null;
}

/** Which copies follow a server. */
export interface Standbys {
  /** False where the right to see them is missing. */
  readonly visible: boolean;
  readonly synchronous: number;
  readonly asynchronous: number;
  /** The setting `synchronous_commit` of our sessions. */
  readonly commits: string;
}

/** `timeline 2`; of a server that does not say it, nothing. */
export function timelineName(line: string): string | null {
  const [, timeline] = line.split('/');
  return timeline === undefined ? null : `timeline ${Number.parseInt(timeline, 16)}`;
}
