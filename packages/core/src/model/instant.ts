/** Whole milliseconds since the epoch, UTC. Never a float, never a local time, never a mutable date object. */
export type Instant = number;

/** A length of time in milliseconds. */
export type Millis = number;

const dayMs: Millis = 86_400_000;
/** No date is farther from the epoch (ECMA-262). */
const farthest: Millis = 8_640_000_000_000_000;
const upTo100 = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
/** The last day that was written: those of a list are of few days, and a calendar is most of what a text costs. */
let lastDay = { at: Number.NaN, text: '' };

function dayOf(at: Instant): string {
  if (lastDay.at === at) return lastDay.text;
  const text = new Date(at).toISOString();
  lastDay = { at, text: text.slice(0, text.indexOf('T') + 1) };
  return lastDay.text;
}

/** RFC 3339 in UTC with `Z`: three decimals, none for a whole second. @throws RangeError for what no date can be */
export function formatInstant(at: Instant): string {
  if (!(Math.abs(at) <= farthest)) throw new RangeError(`not an instant: ${at}`);
  const day = Math.floor(at / dayMs) * dayMs;
  const [ms, seconds] = [at - day, Math.floor((at - day) / 1000)];
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const clock = `${dayOf(day)}${upTo100[hour]}:${upTo100[minute]}:${upTo100[seconds % 60]}`;
  return ms % 1000 === 0 ? `${clock}Z` : `${clock}.${String(ms % 1000).padStart(3, '0')}Z`;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Reads an RFC 3339 instant with `Z` or an offset; null when `text` is not one or names a day that does not exist. */
export function parseInstant(text: string): Instant | null {
  if (!rfc3339.test(text)) return null;
  const at = Date.parse(text.replace(' ', 'T').toUpperCase());
  if (!Number.isFinite(at)) return null;
  const day = Number(text.slice(8, 10));
  const lastOfMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day > lastOfMonth ? null : Math.trunc(at);
}
