/** How long the disk lasts, from what was free before. */
import type { Instant, Millis } from '../model/instant.ts';

/** Where the samples stand among the installation's settings. */
export const diskSamplesKey = 'disk_samples';

export interface DiskSample {
  readonly at: Instant;
  readonly freeBytes: number;
}

/** The samples that a stored value holds; none for anything else. */
export function readSamples(value: unknown): readonly DiskSample[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (one): one is DiskSample =>
      typeof one === 'object' && one !== null && typeof one.at === 'number' && typeof one.freeBytes === 'number',
  );
}

const leastSpanMs: Millis = 6 * 3_600_000;

/**
 * When the disk is full if it goes on like this. Pure. Null while it does not shrink, and before six hours of samples: a
 * line through less says nothing.
 */
export function fullAt(samples: readonly DiskSample[], now: DiskSample): Instant | null {
  const [oldest] = samples.toSorted((a, b) => a.at - b.at);
  if (oldest === undefined || now.at - oldest.at < leastSpanMs) return null;
  const lost = oldest.freeBytes - now.freeBytes;
  if (lost <= 0) return null;
  return Math.round(now.at + (now.freeBytes / lost) * (now.at - oldest.at));
}
