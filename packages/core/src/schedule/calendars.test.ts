import { describe as group, expect, test } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import type { BlackoutContent, HolidayContent } from '../model/calendar.ts';
import { toUuid } from '../model/id.ts';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import * as factories from '../testing/factories.ts';
import { describe } from './describe.ts';
import { iterate, nextInstants } from './occurrences.ts';
import { previewSchedule } from './preview.ts';
import { nobody, reaches, resolveSpec, writtenSpec } from './resolve.ts';
import { checkSchedule, validateSchedule } from './validate.ts';

const at = (text: string): number => parseInstant(text) ?? Number.NaN;

/** A schedule with one calendar attached. */
function attached(spec: ScheduleSpec, content: HolidayContent | BlackoutContent, name = 'Office'): ScheduleSpec {
  const calendar = factories.calendar({ name, content });
  return resolveSpec({ ...spec, calendars: [toUuid(calendar)] }, [calendar], nobody);
}

const next = (spec: ScheduleSpec, from: string, count: number): string[] =>
  nextInstants(spec, at(from), count).map(formatInstant);
const dates = (spec: ScheduleSpec, from: string, count: number): string[] =>
  next(spec, from, count).map((text) => text.slice(0, 10));

const christmas = factories.holidays({ holidays: [{ date: '2027-12-25', name: 'Christmas Day' }] });
const daily: ScheduleSpec = { kind: 'daily', times: ['09:00'], timezone: 'UTC' };

group('holidays (R-028)', () => {
  test('a listed 25 December is skipped by a daily schedule', () => {
    expect(dates(attached(daily, christmas), '2027-12-23T12:00:00Z', 3)).toEqual([
      '2027-12-24',
      '2027-12-26',
      '2027-12-27',
    ]);
  });
  test('rolled to the next working day it meets Monday 27 December 2027, and the two are one', () => {
    const weekly: ScheduleSpec = { kind: 'weekly', weekdays: [6], times: ['09:00'], timezone: 'UTC' };
    const rolled = attached({ ...weekly, holidayPolicy: 'next' }, christmas);
    expect(next(rolled, '2027-12-20T00:00:00Z', 2)).toEqual(['2027-12-27T09:00:00Z', '2028-01-01T09:00:00Z']);
    expect(dates(attached({ ...daily, holidayPolicy: 'next' }, christmas), '2027-12-24T12:00:00Z', 3)).toEqual([
      '2027-12-26',
      '2027-12-27',
      '2027-12-28',
    ]);
  });
  test('rolled to the working day before it meets Friday 24 December', () => {
    const monthly: ScheduleSpec = {
      kind: 'monthly',
      day: 25,
      times: ['09:00'],
      timezone: 'UTC',
      holidayPolicy: 'previous',
    };
    expect(dates(attached(monthly, christmas), '2027-11-26T00:00:00Z', 2)).toEqual(['2027-12-24', '2028-01-25']);
  });
  test('dates of the schedule itself roll like those of a calendar', () => {
    const spec: ScheduleSpec = {
      kind: 'monthly',
      day: 25,
      times: ['09:00'],
      timezone: 'UTC',
      holidays: ['2027-12-25'],
      holidayPolicy: 'next',
    };
    expect(dates(spec, '2027-12-01T00:00:00Z', 1)).toEqual(['2027-12-27']);
  });
  test('days off are closed too where the calendar says so, and month ends roll back into their month', () => {
    const office = factories.holidays({ workingWeekdays: [1, 2, 3, 4, 5], closeDaysOff: true });
    const monthEnd: ScheduleSpec = {
      kind: 'monthly',
      day: 'last',
      times: ['18:00'],
      timezone: 'UTC',
      holidayPolicy: 'previous',
    };
    // 31 January, 31 July and 31 October 2027 fall on weekends, as does 28 February.
    expect(dates(attached(monthEnd, office), '2027-01-01T00:00:00Z', 12)).toEqual([
      '2027-01-29',
      '2027-02-26',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-30',
      '2027-08-31',
      '2027-09-30',
      '2027-10-29',
      '2027-11-30',
      '2027-12-31',
    ]);
  });
  test('a date without a year counts every year', () => {
    const calendar = factories.holidays({ holidays: [{ date: '05-01', name: 'Labour Day' }] });
    const spec: ScheduleSpec = {
      kind: 'yearly',
      month: 5,
      day: 1,
      times: ['08:00'],
      timezone: 'UTC',
      holidayPolicy: 'next',
    };
    expect(dates(attached(spec, calendar), '2026-01-01T00:00:00Z', 3)).toEqual([
      '2026-05-04',
      '2027-05-03',
      '2028-05-02',
    ]);
  });
  test('half a day is open until it closes, and rolls only what comes later', () => {
    const calendar = factories.holidays({
      holidays: [{ date: '2026-12-24', name: 'Christmas Eve', closedFrom: '12:00' }],
    });
    const spec: ScheduleSpec = { kind: 'daily', times: ['09:00', '15:00'], timezone: 'Europe/Berlin' };
    expect(next(attached(spec, calendar), '2026-12-24T00:00:00Z', 2)).toEqual([
      '2026-12-24T08:00:00Z',
      '2026-12-25T08:00:00Z',
    ]);
    const rolled = attached({ ...spec, kind: 'monthly', day: 24, holidayPolicy: 'previous' }, calendar);
    expect(next(rolled, '2026-12-01T00:00:00Z', 2)).toEqual(['2026-12-23T14:00:00Z', '2026-12-24T08:00:00Z']);
  });
  test('a one-off, a cron expression, an interval of days and a calendar rule roll as well', () => {
    const roll = { timezone: 'UTC', holidayPolicy: 'next' } as const;
    const specs: readonly ScheduleSpec[] = [
      { kind: 'once', at: '2027-12-25T09:00:00', ...roll },
      { kind: 'cron', expression: '0 9 25 * *', ...roll },
      { kind: 'interval', every: 100, unit: 'days', start: at('2027-12-25T09:00:00Z'), ...roll },
      { kind: 'rrule', rrule: 'FREQ=MONTHLY', dtstart: '2027-12-25T09:00:00', ...roll },
    ];
    for (const spec of specs)
      expect(next(attached(spec, christmas), '2027-12-20T00:00:00Z', 1)).toEqual(['2027-12-27T09:00:00Z']);
  });
  test('the preview says whose holiday it was', () => {
    const skipping = previewSchedule(attached(daily, christmas, 'Germany'), {
      from: at('2027-12-24T12:00:00Z'),
      count: 2,
    });
    expect(skipping.skipped).toMatchObject([
      { count: 1, reason: 'holiday', sentence: 'On the holiday “Christmas Day” (Germany), 2027-12-25.' },
    ]);
    const rolling = previewSchedule(attached({ ...daily, holidayPolicy: 'next' }, christmas, 'Germany'), {
      from: at('2027-12-26T12:00:00Z'),
      count: 1,
    });
    expect(rolling.items[0]?.notes).toEqual([
      { code: 'rolled', sentence: 'Moved from 2027-12-25: holiday “Christmas Day” (Germany).' },
    ]);
    expect(rolling.description).toBe('Daily at 09:00, on holidays moved to the next working day (Germany) (UTC)');
  });
});

group('working days (R-336)', () => {
  const calendar = factories.holidays({
    holidays: [
      { date: '2027-05-31', name: 'Spring holiday' },
      { date: '2027-12-31', name: 'Stocktaking' },
      { date: '2027-12-30', name: 'Stocktaking', closedFrom: '12:00' },
    ],
  });
  test('the last working day of each month of 2027 with a given calendar', () => {
    const spec: ScheduleSpec = { kind: 'monthly', businessDay: -1, times: ['08:00'], timezone: 'Europe/Berlin' };
    expect(dates(attached(spec, calendar), '2027-01-01T00:00:00Z', 12)).toEqual([
      '2027-01-29',
      '2027-02-26',
      '2027-03-31',
      '2027-04-30',
      '2027-05-28',
      '2027-06-30',
      '2027-07-30',
      '2027-08-31',
      '2027-09-30',
      '2027-10-29',
      '2027-11-30',
      '2027-12-30',
    ]);
    expect(describe(spec)).toBe('Monthly on the last working day at 08:00 (Europe/Berlin)');
  });
  test('without a calendar Monday to Friday work; with weekdays of its own, those', () => {
    const first: ScheduleSpec = { kind: 'monthly', businessDay: 1, times: ['08:00'], timezone: 'UTC' };
    expect(dates(first, '2027-05-02T00:00:00Z', 3)).toEqual(['2027-05-03', '2027-06-01', '2027-07-01']);
    expect(dates({ ...first, workingWeekdays: [7, 1, 2, 3, 4] }, '2027-04-30T00:00:00Z', 2)).toEqual([
      '2027-05-02',
      '2027-06-01',
    ]);
  });
  test('a month with fewer working days is passed over', () => {
    const spec: ScheduleSpec = { kind: 'monthly', businessDay: 23, times: ['08:00'], timezone: 'UTC' };
    expect(dates(spec, '2027-01-01T00:00:00Z', 1)).toEqual(['2027-03-31']);
  });
});

test.each(['skip', 'previous', 'next'] as const)(
  'calendars that leave no working day are refused under %s',
  (policy) => {
    const contents = [1, 2].map((day) => factories.holidays({ workingWeekdays: [day], closeDaysOff: true }));
    const calendars = contents.map((content) => factories.calendar({ content }));
    for (const rule of [daily, { kind: 'monthly', businessDay: -1, times: ['09:00'], timezone: 'UTC' } as const]) {
      const spec = { ...rule, holidayPolicy: policy, calendars: calendars.map(toUuid) };
      const validate = () =>
        validateSchedule(resolveSpec(spec, calendars, nobody), { now: at('2026-01-01T00:00:00Z') });
      expect(validate).toThrow(expect.objectContaining({ code: 'schedule_never_due' }));
    }
  },
);

group('blackouts (R-027)', () => {
  const halfHours: ScheduleSpec = { kind: 'interval', every: 30, unit: 'minutes', anchor: '00:00', timezone: 'UTC' };
  const window = (content: Partial<BlackoutContent>) => factories.blackout({ ...content });
  const nineToTen = { name: 'Release', from: at('2026-03-02T09:00:00Z'), to: at('2026-03-02T10:00:00Z') };

  test('a range drops what lies in it: its start belongs to it, its end does not', () => {
    const spec = attached(halfHours, window({ ranges: [nineToTen] }));
    expect(next(spec, '2026-03-02T08:00:00Z', 2)).toEqual(['2026-03-02T08:30:00Z', '2026-03-02T10:00:00Z']);
    expect(previewSchedule(spec, { from: at('2026-03-02T08:00:00Z'), count: 2 }).skipped).toMatchObject([
      {
        count: 2,
        reason: 'blackout',
        sentence: 'In blackout “Release” (Office), until 2026-03-02 10:00 (UTC+00:00, UTC).',
      },
    ]);
  });
  test('deferred instants stay where they are and say when they start', () => {
    const spec = attached(halfHours, window({ policy: 'defer', ranges: [nineToTen] }));
    const dues = [...iterateUntil(spec, '2026-03-02T08:30:00Z', '2026-03-02T10:00:00Z')];
    expect(dues).toEqual([
      { at: at('2026-03-02T09:00:00Z'), dropped: null, deferredTo: nineToTen.to },
      { at: at('2026-03-02T09:30:00Z'), dropped: null, deferredTo: nineToTen.to },
      { at: at('2026-03-02T10:00:00Z'), dropped: null, deferredTo: null },
    ]);
    expect(previewSchedule(spec, { from: at('2026-03-02T09:00:00Z'), count: 1 }).items[0]?.notes).toEqual([
      { code: 'deferred', sentence: 'Starts at 2026-03-02 10:00 (UTC+00:00, UTC): blackout “Release” (Office).' },
    ]);
  });
  test('windows that follow each other are waited out together, and the schedule may choose otherwise than the calendar', () => {
    const following = { name: 'Check', from: nineToTen.to, to: at('2026-03-02T10:20:00Z') };
    const content = window({ policy: 'defer', ranges: [nineToTen, following] });
    expect([
      ...iterateUntil(attached(halfHours, content), '2026-03-02T09:00:00Z', '2026-03-02T09:30:00Z'),
    ]).toMatchObject([{ deferredTo: following.to }]);
    expect(next(attached({ ...halfHours, blackoutPolicy: 'skip' }, content), '2026-03-02T08:30:00Z', 1)).toEqual([
      '2026-03-02T10:30:00Z',
    ]);
  });
  test('a weekly window reads its own zone and crosses midnight', () => {
    const content = window({
      timezone: 'America/New_York',
      weekly: [{ name: 'Maintenance', weekdays: [7], from: '22:00', to: '02:00' }],
    });
    const hourly: ScheduleSpec = { kind: 'hourly', minute: 0, timezone: 'UTC' };
    // Sunday 1 March 2026, 22:00 in New York is 03:00Z on Monday.
    expect(next(attached(hourly, content), '2026-03-02T01:00:00Z', 2)).toEqual([
      '2026-03-02T02:00:00Z',
      '2026-03-02T07:00:00Z',
    ]);
  });
  test('a yearly window crosses the turn of the year', () => {
    const content = window({ yearly: [{ name: 'Year end', from: '12-24T12:00', to: '01-02T06:00' }] });
    expect(dates(attached(daily, content), '2026-12-23T12:00:00Z', 2)).toEqual(['2026-12-24', '2027-01-02']);
  });
  test('a window that never ends drops instead of deferring for ever', () => {
    const content = window({
      policy: 'defer',
      weekly: [{ name: 'Always', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }],
    });
    expect(() => validateSchedule(attached(daily, content), { now: at('2026-01-01T00:00:00Z') })).toThrow(
      JobTriggerError,
    );
  });
  test('counts for all jobs, for a tag or for a job', () => {
    const calendar = (scope: BlackoutContent['scope']) => factories.calendar({ content: window({ scope }) });
    const holder = { jobId: 7, tags: ['db'] };
    expect(reaches(calendar({ kind: 'all' }), holder)).toBe(true);
    expect(reaches(calendar({ kind: 'attached' }), holder)).toBe(false);
    expect(reaches(calendar({ kind: 'tags', tags: ['db', 'web'] }), holder)).toBe(true);
    expect(reaches(calendar({ kind: 'tags', tags: ['web'] }), holder)).toBe(false);
    expect(reaches(calendar({ kind: 'jobs', jobs: [7] }), holder)).toBe(true);
    expect(reaches(calendar({ kind: 'jobs', jobs: [8] }), holder)).toBe(false);
    const spec = resolveSpec(daily, [calendar({ kind: 'all' })], holder);
    expect(spec.resolved).toHaveLength(1);
    expect(writtenSpec(spec)).toEqual(daily);
  });
});

function* iterateUntil(spec: ScheduleSpec, after: string, until: string) {
  for (const due of iterate(spec, at(after))) {
    if (due.at > at(until)) return;
    yield due;
  }
}

group('clock changes (R-016)', () => {
  const berlin: ScheduleSpec = { kind: 'daily', times: ['02:30'], timezone: 'Europe/Berlin', dstGap: 'skip' };
  test('a skipped local time is no run where the schedule says so, and has its reason', () => {
    expect(next(berlin, '2025-03-29T12:00:00Z', 1)).toEqual(['2025-03-31T00:30:00Z']);
    expect([...iterateUntil(berlin, '2025-03-29T12:00:00Z', '2025-03-30T12:00:00Z')]).toMatchObject([
      { at: at('2025-03-30T01:00:00Z'), dropped: 'dst_gap' },
    ]);
  });
  test('a time that falls exactly on the end of the gap is real', () => {
    expect(next({ ...berlin, times: ['02:30', '03:00'] }, '2025-03-29T12:00:00Z', 1)).toEqual(['2025-03-30T01:00:00Z']);
  });
  test('a time that was rolled into the gap runs at its end', () => {
    const calendar = factories.holidays({
      workingWeekdays: [1, 2, 3, 4, 5, 6, 7],
      holidays: [{ date: '2025-03-29', name: 'Fair' }],
    });
    const spec: ScheduleSpec = {
      kind: 'weekly',
      weekdays: [6],
      times: ['02:30'],
      timezone: 'Europe/Berlin',
      holidayPolicy: 'next',
    };
    expect(next(attached(spec, calendar), '2025-03-28T12:00:00Z', 1)).toEqual(['2025-03-30T01:00:00Z']);
  });
});

group('what is refused', () => {
  const refusal = (spec: object): readonly { path: string }[] => {
    try {
      checkSchedule({ timezone: 'UTC', ...spec } as ScheduleSpec);
    } catch (error) {
      if (error instanceof JobTriggerError) return error.fields;
    }
    return [];
  };
  test.each([
    [{ kind: 'hourly', minute: 0, holidayPolicy: 'next' }, 'holiday_policy'],
    [{ kind: 'cron', expression: '*/5 * * * *', holidayPolicy: 'previous' }, 'holiday_policy'],
    [{ ...daily, holidayPolicy: 'later' }, 'holiday_policy'],
    [{ ...daily, blackoutPolicy: 'wait' }, 'blackout_policy'],
    [{ ...daily, dstGap: 'maybe' }, 'dst_gap'],
    [{ ...daily, calendars: ['Germany'] }, 'calendars.0'],
    [{ ...daily, workingWeekdays: [] }, 'working_weekdays'],
    [{ kind: 'monthly', businessDay: 0, times: ['09:00'] }, 'business_day'],
    [{ kind: 'monthly', businessDay: 24, times: ['09:00'] }, 'business_day'],
    [{ kind: 'monthly', businessDay: 1, day: 3, times: ['09:00'] }, 'business_day'],
  ])('%j, at the field %s', (spec, path) => {
    expect(refusal(spec)[0]?.path).toBe(path);
  });
});
