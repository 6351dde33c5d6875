import type { Instant } from './instant.ts';

/** A time in which the disk was full, as one process saw it. */
export interface FullDisk {
  readonly fullAt: Instant;
  /** When there was room again; null while there is none. */
  readonly roomAt: Instant | null;
}
