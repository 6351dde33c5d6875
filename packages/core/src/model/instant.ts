/** Whole milliseconds since the epoch, UTC. Never a float, never a local time, never a mutable date object. */
export type Instant = number;

/** A length of time in milliseconds. */
export type Millis = number;

/** RFC 3339 in UTC with `Z`: three decimals, none for a whole second. */
export function formatInstant(at: Instant): string {
  const text = new Date(at).toISOString();
  return at % 1000 === 0 ? `${text.slice(0, 19)}Z` : text;
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
