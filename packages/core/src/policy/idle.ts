/** How long an idle worker rests. */
import type { Millis } from '../model/instant.ts';

const growth = 1.5;

/** 5 s, 7.5, 11.25 … up to the longest; the first again after work. `previous` is null after work and at the start. */
export function nextRest(
  previous: Millis | null,
  { firstMs, longestMs }: { readonly firstMs: Millis; readonly longestMs: Millis },
): Millis {
  return previous === null ? firstMs : Math.min(longestMs, previous * growth);
}
