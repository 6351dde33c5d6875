import type { Instant } from './instant.ts';

/** An instant that a sentence names, and the zone that it was written in. */
export interface SpokenInstant {
  readonly at: Instant;
  readonly timezone: string;
}

/** As `schedule/spoken.ts` writes it; the offset beside the clock makes it one instant, whatever the zone's data say today. */
const written = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2})?) \(UTC([+-]\d{2}:\d{2}), ([A-Za-z0-9_+/-]+)\)/gu;

/** A sentence cut at the instants in it, so that whoever shows it writes them in the reader's zone. */
export function spokenParts(text: string): readonly (string | SpokenInstant)[] {
  const parts: (string | SpokenInstant)[] = [];
  let from = 0;
  for (const found of text.matchAll(written)) {
    const [whole, day, clock, offset, timezone = 'UTC'] = found;
    const at = Date.parse(`${day}T${clock}${offset}`);
    if (Number.isNaN(at)) continue;
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push({ at, timezone });
    from = found.index + whole.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
