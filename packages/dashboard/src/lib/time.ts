/** Which zone the first line of every time is in; `auto`: plans in the job's, records in the viewer's. */
export const zoneModes = ['auto', 'mine', 'job', 'utc'] as const;
export type ZoneMode = (typeof zoneModes)[number];

const formats = new Map<string, Intl.DateTimeFormat>();
function formatIn(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone });
    } catch {
      // A zone that this browser does not know is shown in UTC rather than not at all.
      format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' });
    }
    formats.set(key, format);
  }
  return format;
}

/** The zone of this browser. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** `UTC+8`, `UTC-4:30`, `UTC`. */
function offsetText(at: number, zone: string): string {
  const part = formatIn(zone, { timeZoneName: 'shortOffset' })
    .formatToParts(at)
    .find((one) => one.type === 'timeZoneName');
  return (part?.value ?? 'UTC').replace('GMT', 'UTC');
}

const clockOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
/** Not on a whole minute: without its seconds several instants would read the same. */
export const hasSeconds = (at: number): boolean => at % 60_000 !== 0;
export const clockText = (at: number, zone: string, seconds = false): string =>
  formatIn(zone, seconds ? { ...clockOptions, second: '2-digit' } : clockOptions).format(at);
export const dateText = (at: number, zone: string): string =>
  formatIn(zone, { weekday: 'short', day: '2-digit', month: 'short', year: 'numeric' }).format(at);

/** True in the second pass of an hour that the clock shows twice. */
function isSecondPass(at: number, zone: string): boolean {
  const wall = (one: number): string => `${dateText(one, zone)} ${clockText(one, zone, true)}`;
  return [1_800_000, 3_600_000].some((step) => wall(at) === wall(at - step));
}

/** What stands beside a clock time, so that it can be read in a screenshot: `UTC+8`, `UTC-5, second`. */
export const zoneMark = (at: number, zone: string): string =>
  `${offsetText(at, zone)}${isSecondPass(at, zone) ? ', second' : ''}`;

/** `09:00 (UTC+8, Asia/Hong_Kong)`; the second pass of a repeated hour says so. */
export function fullText(at: number, zone: string, seconds = false): string {
  const second = isSecondPass(at, zone) ? ', second' : '';
  const name = zone === 'UTC' ? 'UTC' : `${offsetText(at, zone)}, ${zone}`;
  return `${dateText(at, zone)} ${clockText(at, zone, seconds)} (${name}${second})`;
}

/**
 * `Sun, Mar 08 03:00 (UTC-4)`, where the zone is named beside it; the second pass of a repeated hour says so. The year
 * stands where it is not that of `now`.
 */
export function shortText(at: number, zone: string, now: number = at, seconds: boolean = hasSeconds(at)): string {
  const date = dateText(at, zone);
  const year = /\d{4}$/.exec(dateText(now, zone))?.[0] ?? '';
  const day = year !== '' && date.endsWith(year) ? date.replace(/,? \d{4}$/, '') : date;
  const second = isSecondPass(at, zone) ? ', second' : '';
  const clock = clockText(at, zone, seconds);
  if (zone === 'UTC') return `${day} ${clock}Z`;
  return `${day} ${clock} (${offsetText(at, zone)}${second})`;
}

/** `Thu 15:00` in a column that names its zone; UTC as `Thu 07:00Z`. The second pass of a repeated hour says so. */
export function weekdayText(at: number, zone: string, seconds: boolean = hasSeconds(at)): string {
  const weekday = formatIn(zone, { weekday: 'short' }).format(at);
  const second = isSecondPass(at, zone) ? ', second' : '';
  return `${weekday} ${clockText(at, zone, seconds)}${zone === 'UTC' ? 'Z' : ''}${second}`;
}

/** What the wall clock of a zone shows, as if it were UTC; whole seconds. */
function readingIn(zone: string, at: number): number {
  const parts = formatIn(zone, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
    calendar: 'iso8601',
    numberingSystem: 'latn',
  }).formatToParts(at);
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
    (type) => Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
}

/** `2027-03-28T02:30` on the wall clock of a zone as an instant; NaN when it is no date. A time that clocks skip is the one after. */
export function instantOf(local: string, zone: string): number {
  const wall = Date.parse(`${local}${local.length === 16 ? ':00' : ''}Z`);
  if (Number.isNaN(wall)) return Number.NaN;
  // Two steps settle it on either side of a clock change.
  const first = wall - (readingIn(zone, wall) - wall);
  return first - (readingIn(zone, first) - wall);
}

/** An instant as the wall clock of a zone shows it, for a field: `2027-03-28T02:30:00`. */
export function localText(at: number, zone: string): string {
  return new Date(readingIn(zone, at)).toISOString().slice(0, 19);
}

/** `840 ms`, `14 s`, `2 m 14 s`, `3 h 05 m`, `2 d 03 h`. */
export function durationText(seconds: number): string {
  const total = Math.max(0, seconds);
  if (total < 1) return `${Math.round(total * 1000)} ms`;
  if (total < 10) return `${Math.round(total * 10) / 10} s`;
  if (total < 60) return `${Math.floor(total)} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  if (total < 3600) return `${Math.floor(total / 60)} m ${two(Math.floor(total % 60))} s`;
  if (total < 86_400) return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} m`;
  return `${Math.floor(total / 86_400)} d ${two(Math.floor((total % 86_400) / 3600))} h`;
}

/** `in 12 min`, `40 s ago`, `now`. */
export function relativeText(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 1) return 'now';
  const words =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.floor(size / 60)} min`
        : size < 86_400
          ? `${Math.floor(size / 3600)} h ${Math.floor((size % 3600) / 60)} min`
          : `${Math.floor(size / 86_400)} d`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

/** A schedule's instant is passed by when it is planned: until then, and for as long as planning may take, it is due. */
const dueNowMs = 30_000;

/** How far off what is to come is: `in 12 min`; once its instant has passed `due now`, then `due 3 min ago`. */
export function aheadText(at: number, now: number): string {
  if (at > now) return relativeText(at, now);
  return now - at <= dueNowMs ? 'due now' : `due ${relativeText(at, now)}`;
}

/** Close instants lead with the distance, far ones with the date. */
export function whenText(
  at: number,
  now: number,
  zone: string,
  {
    seconds = false,
    distance = relativeText,
  }: { readonly seconds?: boolean; readonly distance?: typeof relativeText } = {},
): string {
  const clock = clockText(at, zone, seconds);
  const near = Math.abs(at - now) < 86_400_000;
  return near ? `${distance(at, now)} · ${clock}` : `${dateText(at, zone)} ${clock}`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? 'TB'}`;
}
