import type { Instant, Millis } from '../model/instant.ts';
import { localText } from './zone.ts';

/** `2027-03-28 03:00 (UTC+02:00, Europe/Berlin)`: for a sentence, without the part of the second; fields carry RFC 3339. */
export function spoken(at: Instant, timezone: string): string {
  const local = localText(Math.floor(at / 1000) * 1000, timezone);
  const clock = local.slice(11, 19).replace(/:00$/, '');
  return `${local.slice(0, 10)} ${clock} (UTC${local.slice(19)}, ${timezone})`;
}

const units: readonly (readonly [Millis, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** `2 d 4 h`, `12 min`, `3 s`: the two largest units. */
export function spokenDuration(ms: Millis): string {
  const parts: string[] = [];
  let left = Math.max(0, Math.round(ms / 1000) * 1000);
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${name}`);
    left -= count * size;
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
