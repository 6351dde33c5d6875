import type { Instant } from '../model/instant.ts';
import { localText } from './zone.ts';

/** `2027-03-28 03:00 (UTC+02:00, Europe/Berlin)`: for a sentence, without the part of the second; fields carry RFC 3339. */
export function spoken(at: Instant, timezone: string): string {
  const local = localText(Math.floor(at / 1000) * 1000, timezone);
  const clock = local.slice(11, 19).replace(/:00$/, '');
  return `${local.slice(0, 10)} ${clock} (UTC${local.slice(19)}, ${timezone})`;
}
