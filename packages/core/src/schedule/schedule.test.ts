import { Cron } from 'croner';
import fc from 'fast-check';
import { describe as group, expect, test, vi } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { describe } from './describe.ts';
import { scheduleFromJson, scheduleToJson } from './from-json.ts';
import { jitterOf } from './jitter.ts';
import { countOf, iterate, nextInstants, nextOf } from './occurrences.ts';
import { validateSchedule } from './validate.ts';
import { isKnownZone, zoneOf } from './zone.ts';

const at = (text: string): number => parseInstant(text) ?? Number.NaN;
const cron = (expression: string, timezone = 'UTC'): ScheduleSpec => ({ kind: 'cron', expression, timezone });
const next = (spec: ScheduleSpec, from: string, count = 1): string[] =>
  nextInstants(spec, at(from), count).map(formatInstant);

function refusal(spec: unknown, now = at('2026-06-01T00:00:00Z')): JobTriggerError {
  try {
    validateSchedule(scheduleFromJson(spec, { timezone: 'UTC' }), { now });
  } catch (error) {
    if (error instanceof JobTriggerError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(spec)}`);
}

group('requirements of the founding documents', () => {
  test('hourly: the next instant is strictly in the future (R-003)', () => {
    expect(next({ kind: 'hourly', minute: 5, timezone: 'UTC' }, '2026-01-01T10:05:00Z')).toEqual([
      '2026-01-01T11:05:00Z',
    ]);
    expect(next({ kind: 'hourly', minute: 6, timezone: 'UTC' }, '2026-01-01T10:05:00Z')).toEqual([
      '2026-01-01T10:06:00Z',
    ]);
  });
  test('daily at 09:00 asked at 09:00:00 is tomorrow (R-004)', () => {
    const spec: ScheduleSpec = { kind: 'daily', times: ['09:00'], timezone: 'UTC' };
    expect(next(spec, '2026-01-01T08:59:00Z')).toEqual(['2026-01-01T09:00:00Z']);
    expect(next(spec, '2026-01-01T09:00:00Z')).toEqual(['2026-01-02T09:00:00Z']);
  });
  test('weekly on Monday and Friday asked on a Wednesday gives Friday first (R-005)', () => {
    expect(
      next({ kind: 'weekly', weekdays: [1, 5], times: ['08:00'], timezone: 'UTC' }, '2026-11-25T12:00:00Z', 2),
    ).toEqual(['2026-11-27T08:00:00Z', '2026-11-30T08:00:00Z']);
  });
  test('day 31 is the last day of shorter months, or passes them over (R-006)', () => {
    const spec: ScheduleSpec = { kind: 'monthly', day: 31, times: ['00:00'], timezone: 'UTC' };
    expect(next(spec, '2025-01-01T00:00:00Z', 4).map((text) => text.slice(5, 10))).toEqual([
      '01-31',
      '02-28',
      '03-31',
      '04-30',
    ]);
    expect(next({ ...spec, shortMonths: 'skip' }, '2025-01-01T00:00:00Z', 3).map((text) => text.slice(5, 10))).toEqual([
      '01-31',
      '03-31',
      '05-31',
    ]);
  });
  test('29 February after 2096 is 2104 (R-008, SEC-C3)', () => {
    expect(next(cron('0 0 29 2 *'), '2096-02-29T00:00:00Z')).toEqual(['2104-02-29T00:00:00Z']);
  });
  test('calendar units count from the start, so that a short month leaves no trace (R-011)', () => {
    const monthly: ScheduleSpec = {
      kind: 'interval',
      every: 1,
      unit: 'months',
      start: at('2025-01-31T09:00:00Z'),
      timezone: 'UTC',
    };
    expect(next(monthly, '2025-02-01T00:00:00Z', 3).map((text) => text.slice(5, 10))).toEqual([
      '02-28',
      '03-31',
      '04-30',
    ]);
    const fortnight: ScheduleSpec = {
      kind: 'interval',
      every: 2,
      unit: 'weeks',
      start: at('2025-03-17T08:00:00Z'),
      timezone: 'Europe/Berlin',
    };
    expect(next(fortnight, '2025-03-17T08:00:00Z', 2)).toEqual(['2025-03-31T07:00:00Z', '2025-04-14T07:00:00Z']);
  });
  test('a skipped time runs at the end of the gap, a repeated one at its first showing (R-016, R-017)', () => {
    const spec: ScheduleSpec = { kind: 'daily', times: ['02:30'], timezone: 'Europe/Berlin' };
    expect(next(spec, '2025-03-29T12:00:00Z', 2)).toEqual(['2025-03-30T01:00:00Z', '2025-03-31T00:30:00Z']);
    expect(next(spec, '2025-10-25T12:00:00Z', 2)).toEqual(['2025-10-26T00:30:00Z', '2025-10-27T01:30:00Z']);
    const day = [...nextInstants(cron('30 * * * *', 'Europe/Berlin'), at('2025-10-25T22:00:00Z') - 1, 30)].filter(
      (instant) => instant < at('2025-10-26T23:00:00Z'),
    );
    expect(day).toHaveLength(25);
  });
  test('active hours: from is included, to is not, across midnight too (R-022 to R-024)', () => {
    const spec: ScheduleSpec = {
      kind: 'interval',
      every: 60,
      unit: 'minutes',
      anchor: '00:30',
      timezone: 'UTC',
      activeHours: [{ from: '06:00', to: '22:00' }],
    };
    expect(next(spec, '2026-01-01T22:10:00Z')).toEqual(['2026-01-02T06:30:00Z']);
    const night: ScheduleSpec = {
      kind: 'interval',
      every: 1,
      unit: 'minutes',
      start: 0,
      timezone: 'UTC',
      activeHours: [{ from: '22:00', to: '06:00' }],
    };
    expect(next(night, '2026-01-01T05:58:00Z', 2)).toEqual(['2026-01-01T05:59:00Z', '2026-01-01T22:00:00Z']);
  });
  test('words (R-032)', () => {
    const words = (json: object): string => describe(scheduleFromJson(json, { timezone: 'Asia/Hong_Kong' }));
    expect(words({ kind: 'interval', every: 7200, unit: 'seconds' })).toBe('Every 2 hours');
    expect(words({ kind: 'hourly', minute: 5 })).toBe('Every hour at :05');
    expect(words({ kind: 'daily', times: ['09:00'] })).toBe('Daily at 09:00 (Asia/Hong_Kong)');
    expect(words({ kind: 'weekly', weekdays: [7], times: ['02:00'] })).toBe('Every Sunday at 02:00 (Asia/Hong_Kong)');
    expect(words({ kind: 'monthly', day: 15, times: ['01:00'] })).toBe('Monthly on day 15 at 01:00 (Asia/Hong_Kong)');
    expect(words({ kind: 'cron', expression: '0 9 * * 1-5' })).toMatch(/09:00.*Monday through Friday/);
  });
});

group('what is refused', () => {
  test.each([
    '60 * * * *',
    '*/0 * * * *',
    '5-1 * * * *',
    '-1 * * * *',
    '1,,2 * * * *',
    '5/15 * * * *',
    '* * * * * * * *',
    '',
    '😀',
    'TZ= * * * * *',
    '@every 0s',
    '@reboot',
    '* * * * 1#0',
    '* * * * 1#6',
    '* * 1W-5 * *',
    '* ? * * *',
    `${'1,'.repeat(5000)}1 * * * *`,
  ])('the cron expression %j, naming the field, at once (SEC-C1)', (expression) => {
    const began = performance.now();
    const error = refusal({ kind: 'cron', expression });
    expect(performance.now() - began).toBeLessThan(50);
    expect(error.code).toBe('schedule_invalid');
    expect(error.fields[0]?.path).toBe('expression');
  });
  test.each(['0 0 30 2 *', '0 0 31 4 *', '0 0 31 2,4,6 *', '0 0 31W 2 *'])(
    'the expression %j, which never comes due (SEC-C2)',
    (expression) => {
      expect(refusal({ kind: 'cron', expression }).code).toBe('schedule_never_due');
    },
  );
  test.each([
    [{ kind: 'daily', times: ['25:99'] }, 'times.0'],
    [{ kind: 'daily', times: [] }, 'times'],
    [{ kind: 'monthly', day: 0, times: ['00:00'] }, 'day'],
    [{ kind: 'monthly', day: 32, times: ['00:00'] }, 'day'],
    [{ kind: 'monthly', day: 1, short_months: 'first', times: ['00:00'] }, 'short_months'],
    [{ kind: 'yearly', month: 2, day: 30, short_months: 'skip', times: ['00:00'] }, 'day'],
    [{ kind: 'weekly', weekdays: [0], times: ['00:00'] }, 'weekdays.0'],
    [{ kind: 'weekly', weekdays: [8], times: ['00:00'] }, 'weekdays.0'],
    [{ kind: 'interval', every: 0, unit: 'seconds' }, 'every'],
    [{ kind: 'interval', every: 0.001, unit: 'seconds' }, 'every'],
    [{ kind: 'interval', every: 100, unit: 'years' }, 'unit'],
    [{ kind: 'interval', every: 7, unit: 'hours', anchor: '00:30' }, 'every'],
    [{ kind: 'sometimes' }, 'kind'],
    [{ kind: 'rrule', rrule: 'FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z', dtstart: '2026-01-01T00:00:00' }, 'rrule'],
    [{ kind: 'once', at: '2027-02-30T00:00:00' }, 'at'],
  ])('%j, at the field %s (R-031)', (spec, path) => {
    expect(refusal(spec).fields[0]?.path).toBe(path);
  });
  test('a one-off in the past, unless that is allowed (R-010)', () => {
    expect(refusal({ kind: 'once', at: '2020-01-01T00:00:00' }).code).toBe('past_scheduling_not_allowed');
    const spec = scheduleFromJson({ kind: 'once', at: '2020-01-01T00:00:00', timezone: 'UTC' });
    expect(() => validateSchedule(spec, { now: at('2026-01-01T00:00:00Z'), allowPast: true })).not.toThrow();
  });
  test.each(['Mars/X', '../../etc/passwd', '', 'UTC+1', '+01:00', 'x'.repeat(200), 'Asia/HongKong'])(
    'the zone %j (SEC-C4)',
    (timezone) => {
      expect(refusal({ kind: 'hourly', minute: 0, timezone }).code).toBe('timezone_unknown');
    },
  );
  test('a mistyped zone, with a suggestion (R-018)', () => {
    expect(refusal({ kind: 'hourly', minute: 0, timezone: 'Asia/HongKong' }).message).toContain('Asia/Hong_Kong');
  });
  test('a name that stands for a zone in formatting only: what is accepted can be computed with', () => {
    for (const timezone of ['PST', 'JST', 'ACT', 'SystemV/AST4', 'US/Pacific-New'].filter(isKnownZone))
      expect(Number.isFinite(zoneOf(timezone).segmentAt(at('2026-07-01T00:00:00Z')).offset)).toBe(true);
  });
  test('not the old names of the zone data, which stay as written (SEC-C4)', () => {
    for (const timezone of ['EST5EDT', 'Asia/Calcutta'])
      expect(scheduleToJson(scheduleFromJson({ kind: 'hourly', minute: 0, timezone }))['timezone']).toBe(timezone);
  });
});

group('properties', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Antarctica/Troll',
    'Pacific/Apia',
    'America/St_Johns',
  );
  const instants = fc
    .integer({ min: at('1995-01-01T00:00:00Z') / 1000, max: at('2037-01-01T00:00:00Z') / 1000 })
    .map((seconds) => seconds * 1000);
  const field = (least: number, most: number): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: least, max: most }).map(String),
      fc
        .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      // croner refuses steps beyond the field's largest value
      fc.integer({ min: 2, max: Math.min(20, most) }).map((step) => `*/${step}`),
      fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 3 }).map((list) => list.join()),
    );

  test('cron agrees with croner in UTC, where clocks never change', () => {
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        field(1, 28),
        field(1, 12),
        field(0, 6),
        instants,
        (minute, hour, day, month, weekday, from) => {
          const expression = [minute, hour, day, month, weekday].join(' ');
          const both = day.startsWith('*') || weekday.startsWith('*');
          const second = new Cron(expression, { timezone: 'UTC', paused: true, domAndDow: both })
            .nextRuns(5, new Date(from))
            .map((date) => date.getTime());
          expect(nextInstants(cron(expression), from, 5)).toEqual(second);
        },
      ),
      { numRuns: 300 },
    );
  });
  test('instants rise, are whole seconds, and asking from any of them continues the row', () => {
    fc.assert(
      fc.property(field(0, 59), field(0, 23), zones, instants, (minute, hour, timezone, from) => {
        const spec = cron(`${minute} ${hour} * * *`, timezone);
        const found = nextInstants(spec, from, 8);
        expect(found.every((instant, index) => instant % 1000 === 0 && instant > (found[index - 1] ?? from))).toBe(
          true,
        );
        for (const [index, instant] of found.slice(0, -1).entries())
          expect(nextOf(spec, instant)).toBe(found[index + 1]);
      }),
      { numRuns: 300 },
    );
  });
  test('a daily time comes once on every date of every zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        zones,
        instants,
        (hour, minute, timezone, from) => {
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const found = nextInstants({ kind: 'daily', times: [time], timezone }, from, 10);
          const days = found.map((instant) => new Intl.DateTimeFormat('sv', { timeZone: timezone }).format(instant));
          expect(new Set(days).size).toBe(10);
        },
      ),
      { numRuns: 300 },
    );
  });
  test('plain intervals form an exact grid, and counting by arithmetic agrees with walking', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        instants,
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (every, start, ahead, span) => {
          const spec: ScheduleSpec = { kind: 'interval', every, unit: 'seconds', start, timezone: 'UTC' };
          const after = start + ahead * 1000 - 50_000_000;
          const until = after + span * 1000;
          let walked = 0;
          for (const due of iterate(spec, after)) {
            if (due.at > until || walked > 2000) break;
            expect((due.at - start) % (every * 1000)).toBe(0);
            walked += 1;
          }
          if (walked <= 2000) expect(countOf(spec, { after, until })).toBe(walked);
        },
      ),
      { numRuns: 200 },
    );
  });
  test('a rule is made ready without a list of all that a day has', () => {
    // Stored rules are read anew each time they are due: written out, this one has 86,400 times a day.
    const push = vi.spyOn(Array.prototype, 'push');
    const next = nextOf({ kind: 'cron', expression: '* * * * * *', timezone: 'UTC' }, 0);
    const { length } = push.mock.calls;
    push.mockRestore();
    expect(next).toBe(1000);
    expect(length).toBeLessThan(5000);
  });
  test('jitter is the same each time, and inside its bound', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 86_400 }), (key, seconds) => {
        const delay = jitterOf(key, seconds);
        expect(delay).toBe(jitterOf(key, seconds));
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(seconds * 1000);
      }),
    );
  });
});
