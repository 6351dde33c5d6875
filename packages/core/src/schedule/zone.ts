/**
 * Time zones: the only place that touches `Temporal` and `Intl`.
 *
 * A zone is read as a row of segments with one offset each. They are asked for once and kept, so that a conversion is a
 * search in a short array instead of a call into the calendar library.
 */
import { createRequire } from 'node:module';
import type * as Polyfilled from 'temporal-polyfill';
import type { Instant, Millis } from '../model/instant.ts';
import { dayMs, dayOf, localDateTimeText, timeOf, type Local } from './civil.ts';

/** Node 26 brings Temporal; on Node 24 the polyfill serves, which is read there alone. */
const native = (globalThis as { Temporal?: typeof Polyfilled.Temporal }).Temporal;
const { Temporal } =
  native === undefined
    ? (createRequire(import.meta.url)('temporal-polyfill') as typeof Polyfilled)
    : { Temporal: native };

/** Version of the zone data in use, as `2026c`. Stored instants are recomputed when it changes. */
export const tzVersion: string = process.versions['tz'] ?? 'unknown';

/** A stretch of time with one offset: `from` included, `until` not. */
export interface Segment {
  readonly from: Instant;
  readonly until: Instant;
  /** Local minus UTC. */
  readonly offset: Millis;
}

/** Temporal's range ends here; nothing is scheduled beyond it. */
const least = -8.64e15;
const most = 8.64e15;

function readSegment(zone: string, at: Instant): Segment {
  const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const next = here.getTimeZoneTransition('next');
  const before = Temporal.Instant.fromEpochMilliseconds(Math.min(at + 1, most))
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition('previous');
  return {
    from: before?.epochMilliseconds ?? least,
    until: next?.epochMilliseconds ?? most,
    offset: Math.round(here.offsetNanoseconds / 1_000_000),
  };
}

/** One zone with the segments that have been asked for, ascending. */
export class Zone {
  readonly name: string;
  readonly #segments: Segment[] = [];
  /** Found last: whoever walks along asks for the same one again and again. */
  #latest: Segment = { from: 0, until: 0, offset: 0 };

  constructor(name: string) {
    this.name = name;
  }

  /** The segment that holds an instant. */
  segmentAt(at: Instant): Segment {
    const latest = this.#latest;
    if (at >= latest.from && at < latest.until) return latest;
    const segment = this.#search(at);
    this.#latest = segment;
    return segment;
  }

  #search(at: Instant): Segment {
    const known = this.#segments;
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const segment = known[middle];
      if (segment === undefined || segment.from > at) high = middle;
      else if (segment.until <= at) low = middle + 1;
      else return segment;
    }
    const found = readSegment(this.name, at);
    known.splice(low, 0, found);
    return found;
  }

  toLocal(at: Instant): Local {
    return at + this.segmentAt(at).offset;
  }

  /** What a wall-clock reading stands for: its instants (none in a gap, two when shown twice), and the gap it lies in. */
  resolve(local: Local): { readonly instants: readonly Instant[]; readonly gap: Gap | null } {
    const instants: Instant[] = [];
    let gap: Gap | null = null;
    let segment = this.segmentAt(Math.max(local - maxOffset, least + 1));
    for (;;) {
      const at = local - segment.offset;
      if (at >= segment.from && at < segment.until) instants.push(at);
      if (segment.until > local + maxOffset || segment.until >= most) break;
      const next = this.segmentAt(segment.until);
      const gapFrom = segment.until + segment.offset;
      const gapTo = segment.until + next.offset;
      if (local >= gapFrom && local < gapTo)
        gap = { at: segment.until, from: gapFrom, to: gapTo, offsetBefore: segment.offset };
      segment = next;
    }
    return { instants, gap };
  }
}

/** Wall-clock readings that a zone never shows: `from` included, `to` not. */
export interface Gap {
  /** The instant after the gap. */
  readonly at: Instant;
  readonly from: Local;
  readonly to: Local;
  readonly offsetBefore: Millis;
}

/** No zone ever was further from UTC (Manila before 1844: −15:56; Metlakatla: +15:02). */
const maxOffset = 16 * 3_600_000;

/**
 * The instant of a fixed local time: its first showing, or the end of the gap that swallowed it. Null on a date that
 * the zone left out altogether.
 */
export function fixedInstant(zone: Zone, local: Local): Instant | null {
  // Far from any change one reading is one instant.
  const segment = zone.segmentAt(local);
  if (local - maxOffset >= segment.from && local + maxOffset < segment.until) return local - segment.offset;
  const { instants, gap } = zone.resolve(local);
  if (instants[0] !== undefined) return instants[0];
  if (gap === null) return null;
  const midnight = dayOf(local) * dayMs;
  const dateLeftOut = gap.from <= midnight && gap.to >= midnight + dayMs;
  return dateLeftOut ? null : gap.at;
}

/** As calendars read a skipped time (RFC 5545): with the offset before the gap, so 02:30 becomes 03:30. */
export function calendarInstant(zone: Zone, local: Local): Instant | null {
  const { instants, gap } = zone.resolve(local);
  return instants[0] ?? (gap === null ? null : local - gap.offsetBefore);
}

const zones = new Map<string, Zone>();
let listed: readonly string[] | null = null;

/** Every zone name this Node knows by its present name, ascending; `UTC` included. */
export function listZones(): readonly string[] {
  listed ??= [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort();
  return listed;
}

/** Names of the IANA database have letters, digits and these signs; offsets such as `+01:00` are not among them. */
const shape = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;

/** Is it a zone of the IANA data, old names included? Offsets (`+01:00`, `UTC+1`) are none. */
export function isKnownZone(name: string): boolean {
  if (zones.has(name)) return true;
  if (name.length > 64 || !shape.test(name)) return false;
  try {
    // Asked of what computes with it. A formatter of dates would say the same, and reads 7 MB of words for that.
    new Temporal.ZonedDateTime(0n, name);
    return true;
  } catch {
    return false;
  }
}

/** The zone of the machine, as its system or `TZ` sets it. */
export const hostZone = (): string => Temporal.Now.timeZoneId();

/** The zone of a name, kept for the next time. @throws RangeError for an unknown name: check {@link isKnownZone} first */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    if (!isKnownZone(name)) throw new RangeError(`unknown time zone: ${name}`);
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}

/** Edit distance of two texts. */
export function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replace));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name nearest to a mistyped one, or null when none is near. */
export function suggestZone(name: string): string | null {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9/]/g, '');
  const wanted = plain(name.slice(0, 64));
  if (wanted === '') return null;
  let best: { name: string; distance: number } | null = null;
  for (const candidate of listZones()) {
    const known = plain(candidate);
    const city = known.slice(known.lastIndexOf('/') + 1);
    const distance = Math.min(
      distanceBetween(wanted, known),
      wanted.includes('/') ? 99 : distanceBetween(wanted, city),
    );
    if (best === null || distance < best.distance) best = { name: candidate, distance };
  }
  return best !== null && best.distance <= Math.max(2, wanted.length / 4) ? best.name : null;
}

/** `+08:00`, `-03:30`; seconds where a historic offset has them. */
export function offsetText(offset: Millis): string {
  const seconds = Math.abs(Math.round(offset / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = seconds % 60 === 0 ? '' : `:${two(seconds % 60)}`;
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}${rest}`;
}

/** An instant on a zone's wall clock with its offset: `2027-03-28T03:00:00+02:00`. */
export function localText(at: Instant, zoneName: string): string {
  const { offset } = zoneOf(zoneName).segmentAt(at);
  const local = at + offset;
  const millis = timeOf(local) % 1000;
  const fraction = millis === 0 ? '' : `.${String(millis).padStart(3, '0')}`;
  return `${localDateTimeText(local)}${fraction}${offsetText(offset)}`;
}
