import { describe, expect, test } from 'vitest';
import { parseInstant } from '../model/instant.ts';
import { readCalendarFile } from './calendar-file.ts';
import { nationalHolidays } from './national-holidays.ts';

const now = parseInstant('2026-11-25T12:00:00Z') ?? 0;
const file = (...events: readonly (readonly string[])[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    'X-WR-CALNAME:Works calendar',
    ...events.flatMap((lines, at) => [
      'BEGIN:VEVENT',
      `UID:${at}@test`,
      'DTSTAMP:20260101T000000Z',
      ...lines,
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ].join('\r\n');
const read = (text: string, kind: 'holiday' | 'blackout' = 'holiday', timezone = 'Europe/Berlin') =>
  readCalendarFile({ text, kind, timezone, now, mono: () => 0 });

describe('a calendar file', () => {
  test('gives its whole days as holidays, each day of a longer event', async () => {
    const text = file(
      ['SUMMARY:New Year', 'DTSTART;VALUE=DATE:20270101', 'DTEND;VALUE=DATE:20270102'],
      ['SUMMARY:Works holiday', 'DTSTART;VALUE=DATE:20270802', 'DTEND;VALUE=DATE:20270805'],
    );
    expect(await read(text)).toEqual({
      name: 'Works calendar',
      holidays: [
        { date: '2027-01-01', name: 'New Year' },
        { date: '2027-08-02', name: 'Works holiday' },
        { date: '2027-08-03', name: 'Works holiday' },
        { date: '2027-08-04', name: 'Works holiday' },
      ],
      ranges: [],
      notes: [],
    });
  });
  test('follows what recurs for a bounded number of years, exceptions left out', async () => {
    const yearly = file([
      'SUMMARY:Founding day',
      'DTSTART;VALUE=DATE:20200315',
      'DTEND;VALUE=DATE:20200316',
      'RRULE:FREQ=YEARLY',
      'EXDATE;VALUE=DATE:20270315',
    ]);
    const { holidays } = await read(yearly);
    expect(holidays.map(({ date }) => date)).toEqual(
      [2025, 2026, 2028, 2029, 2030, 2031, 2032, 2033, 2034, 2035, 2036].map((year) => `${year}-03-15`),
    );
  });
  test('takes the rest of a day as half a day, and says what it left out', async () => {
    const text = file(
      ['SUMMARY:Christmas Eve', 'DTSTART:20261224T130000Z', 'DTEND:20261224T230000Z'],
      ['SUMMARY:Lunch', 'DTSTART:20261223T110000Z', 'DTEND:20261223T120000Z'],
      ['SUMMARY:Beat', 'DTSTART:20261223T110000Z', 'DTEND:20261223T120000Z', 'RRULE:FREQ=MINUTELY'],
    );
    expect(await read(text)).toMatchObject({
      holidays: [{ date: '2026-12-24', name: 'Christmas Eve', closedFrom: '14:00' }],
      notes: [
        'Lunch: left out, as it closes neither whole days nor the rest of one',
        'Beat: left out, as it recurs more often than daily',
      ],
    });
  });
  test('gives ranges for a blackout: whole days begin at midnight of the zone', async () => {
    const text = file(
      ['SUMMARY:Freeze', 'DTSTART;VALUE=DATE:20270330', 'DTEND;VALUE=DATE:20270401'],
      ['SUMMARY:Release', 'DTSTART:20270301T090000Z', 'DTEND:20270301T100000Z'],
    );
    const { ranges } = await read(text, 'blackout');
    expect(ranges).toEqual([
      { name: 'Release', from: parseInstant('2027-03-01T09:00:00Z'), to: parseInstant('2027-03-01T10:00:00Z') },
      { name: 'Freeze', from: parseInstant('2027-03-29T22:00:00Z'), to: parseInstant('2027-03-31T22:00:00Z') },
    ]);
  });
  test('is refused when it is none, too large, or takes too long', async () => {
    await expect(read('{}')).rejects.toMatchObject({ code: 'invalid' });
    await expect(read(`BEGIN:VCALENDAR${'x'.repeat(1_000_001)}`)).rejects.toMatchObject({ code: 'too_large' });
    let time = 0;
    const slow = readCalendarFile({
      text: file(['SUMMARY:A', 'DTSTART;VALUE=DATE:20270101']),
      kind: 'holiday',
      timezone: 'UTC',
      now,
      mono: () => (time += 6000),
    });
    await expect(slow).rejects.toThrow('takes too long');
  });
});

describe('national holidays', () => {
  test('know countries, regions and the dates of years', async () => {
    const { countries, regions, holidays } = await nationalHolidays({
      country: 'de',
      region: 'by',
      fromYear: 2027,
      toYear: 2028,
    });
    expect(countries.length).toBeGreaterThan(100);
    expect(regions).toContainEqual({ code: 'BY', name: 'Bayern' });
    const dates = holidays.map(({ date }) => date);
    expect(dates).toEqual(expect.arrayContaining(['2027-01-06', '2027-12-25', '2028-10-03']));
    expect(holidays.find(({ date }) => date === '2027-12-25')?.name).toBe('Christmas Day');
    expect(dates.every((date) => /^202[78]-\d\d-\d\d$/.test(date))).toBe(true);
  });
  test('refuse unknown places and too many years', async () => {
    const years = { fromYear: 2027, toYear: 2027 };
    await expect(nationalHolidays({ country: 'XX', ...years })).rejects.toMatchObject({ code: 'invalid' });
    await expect(nationalHolidays({ country: 'DE', region: 'ZZ', ...years })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(nationalHolidays({ country: 'DE', fromYear: 2000, toYear: 2060 })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});
