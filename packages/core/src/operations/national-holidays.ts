/** Public holidays of countries and their regions, from the data of date-holidays. */
import { JobTriggerError } from '../errors.ts';
import type { Holiday } from '../model/calendar.ts';

interface Place {
  readonly code: string;
  readonly name: string;
}

export interface NationalHolidays {
  readonly countries: readonly Place[];
  /** Of the country asked for. */
  readonly regions: readonly Place[];
  readonly holidays: readonly Holiday[];
}

export interface NationalHolidayRequest {
  /** ISO 3166 code; without one only the countries come back. */
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly fromYear: number;
  readonly toYear: number;
}

/** Years that are taken over at once. */
const mostYears = 20;

function placesOf(names: Readonly<Record<string, string>> | undefined): readonly Place[] {
  return Object.entries(names ?? {})
    .map(([code, name]) => ({ code, name }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function unknown(path: string, message: string): JobTriggerError {
  return new JobTriggerError('invalid', `${path}: ${message}`, { fields: [{ path, message }] });
}

/** Loads its 12 MB of data only when somebody asks. Half days keep the hour from which they are closed. @throws `invalid` */
export async function nationalHolidays(request: NationalHolidayRequest): Promise<NationalHolidays> {
  const { country } = request;
  const { default: Holidays } = await import('date-holidays');
  const data = new Holidays();
  const countries = placesOf(data.getCountries('en'));
  if (country === undefined) return { countries, regions: [], holidays: [] };
  const code = country.toUpperCase();
  if (!countries.some((each) => each.code === code)) throw unknown('country', `'${country}' has no holidays here`);
  const regions = placesOf(data.getStates(code, 'en'));
  const region = regionOf(request, code, regions);
  const years = yearsOf(request);
  const place = region === null ? new Holidays(code) : new Holidays(code, region);
  place.setLanguages(['en', ...place.getLanguages()]);
  const holidays = years
    .flatMap((year) => place.getHolidays(year))
    .filter(({ type }) => type === 'public')
    .flatMap(daysOf);
  return { countries, regions, holidays: holidays.sort((a, b) => a.date.localeCompare(b.date)) };
}

/** The region's code as the data spells it; null for the whole country. */
function regionOf({ region }: NationalHolidayRequest, country: string, regions: readonly Place[]): string | null {
  if (region === undefined) return null;
  const found = regions.find(({ code }) => code.toUpperCase() === region.toUpperCase());
  if (found === undefined) throw unknown('region', `'${region}' is no region of ${country}`);
  return found.code;
}

function yearsOf({ fromYear, toYear }: NationalHolidayRequest): readonly number[] {
  if (toYear < fromYear || toYear - fromYear >= mostYears)
    throw unknown('to_year', `must be from ${fromYear} to ${fromYear + mostYears - 1}`);
  return Array.from({ length: toYear - fromYear + 1 }, (_, at) => fromYear + at);
}

/** `2027-12-24 14:00:00`: the day, and where it does not begin at midnight, the hour from which it is closed. */
function daysOf(found: {
  readonly date: string;
  readonly name: string;
  readonly start: Date;
  readonly end: Date;
}): Holiday[] {
  const [date = '', time = '00:00:00'] = found.date.split(' ');
  const first = { date, name: found.name, ...(time === '00:00:00' ? {} : { closedFrom: time.slice(0, 5) }) };
  const days = Math.min(31, Math.round((found.end.getTime() - found.start.getTime()) / 86_400_000));
  const more = Array.from({ length: Math.max(0, days - 1) }, (_, at) => ({
    date: new Date(Date.parse(`${date}T00:00:00Z`) + (at + 1) * 86_400_000).toISOString().slice(0, 10),
    name: found.name,
  }));
  return [first, ...more];
}
