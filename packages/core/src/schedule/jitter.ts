import { createHash } from 'node:crypto';
import type { Millis } from '../model/instant.ts';

/** Delay of 0 to `seconds` for an occurrence: a hash of its key, so that asking twice gives the same answer. */
export function jitterOf(key: string, seconds: number): Millis {
  if (seconds <= 0) return 0;
  const share = createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(share * (seconds * 1000 + 1));
}
