/** Entries from elsewhere, on their way into a calendar that is being written. */
import type { CalendarImported, NationalHolidays } from 'job-trigger-contract';
import { withHolidays, type CalendarDraft } from './calendar-draft.ts';

/** JSON begins with a bracket; anything else is read as iCalendar. */
export const formatOf = (text: string): 'ics' | 'json' => (/^\s*[[{]/.test(text) ? 'json' : 'ics');

export const entriesIn = ({ holidays, ranges }: Pick<CalendarImported, 'holidays' | 'ranges'>): number =>
  holidays.length + ranges.length;

/** `3 entries found in Team.` */
export function foundText(found: Pick<CalendarImported, 'holidays' | 'ranges' | 'name'>): string {
  const count = entriesIn(found);
  return `${count} ${count === 1 ? 'entry' : 'entries'} found${found.name === null ? '' : ` in ${found.name}`}.`;
}

/** The draft with the entries of a file. It has one source as long as nothing else is in it. */
export function withFile(
  draft: CalendarDraft,
  file: Pick<CalendarImported, 'holidays' | 'ranges' | 'name'>,
  format: 'ics' | 'json',
): Partial<CalendarDraft> {
  return {
    name: draft.name === '' ? (file.name ?? '') : draft.name,
    holidays: withHolidays(draft.holidays, file.holidays),
    ranges: [...draft.ranges, ...file.ranges],
    source: draft.holidays.length + draft.ranges.length === 0 ? { kind: format } : null,
  };
}

type Places = Pick<NationalHolidays, 'countries' | 'regions'>;

/** `Germany, Bavaria`; a code where its name is not known. */
export function placeName({ countries, regions }: Places, country: string, region: string | null): string {
  const land = countries.find(({ code }) => code === country)?.name ?? country;
  const part = regions.find(({ code }) => code === region)?.name;
  return part === undefined ? land : `${land}, ${part}`;
}

/** What would be taken over: how much, and the days of the first year. */
export function daysText(
  { items }: Pick<NationalHolidays, 'items'>,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const days = items
    .filter(({ date }) => date.startsWith(String(from)))
    .map(({ date, name, closed_from: hour }) => `${date.slice(5)} ${name}${hour ? ` from ${hour}` : ''}`);
  return `${items.length} days from ${from} to ${to}. In ${from}: ${days.join(', ')}`;
}
