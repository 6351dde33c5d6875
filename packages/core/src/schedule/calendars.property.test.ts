import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HolidayContent } from '../model/calendar.ts';
import { toUuid } from '../model/id.ts';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import * as factories from '../testing/factories.ts';
import { slowInstants } from '../testing/slow-calendar.ts';
import { iterate, nextInstants } from './occurrences.ts';
import { nobody, resolveSpec } from './resolve.ts';

const at = (text: string): number => parseInstant(text) ?? Number.NaN;

const start = at('2026-11-20T00:00:00Z');
const dayOf = fc.integer({ min: 0, max: 70 }).map((days) => formatInstant(start + days * 86_400_000).slice(0, 10));
const holiday = fc.record(
  {
    date: fc.oneof(
      dayOf,
      dayOf.map((date) => date.slice(5)),
    ),
    name: fc.constant('x'),
    closedFrom: fc.constantFrom('08:00', '12:00', '15:30'),
  },
  { requiredKeys: ['date', 'name'] },
);
const content = fc.record(
  {
    kind: fc.constant('holiday' as const),
    holidays: fc.array(holiday, { maxLength: 25 }),
    workingWeekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    closeDaysOff: fc.boolean(),
  },
  { requiredKeys: ['kind', 'holidays'] },
) as fc.Arbitrary<HolidayContent>;
const times = fc.constantFrom(['09:00'], ['02:30'], ['00:00', '12:00', '23:59'], ['08:00', '16:00']);
const day = fc.oneof(
  fc.record({ day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant('last' as const)) }),
  fc.record({ businessDay: fc.constantFrom(-1, 1, 2, 5, 15) }),
  fc.record({ nth: fc.constantFrom(-1, 1, 4), weekday: fc.integer({ min: 1, max: 7 }) }),
);
const rule = fc.oneof(
  fc.record({ kind: fc.constant('daily' as const), times }),
  fc.record({
    kind: fc.constant('weekly' as const),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    times,
  }),
  fc.tuple(fc.record({ kind: fc.constant('monthly' as const), times }), day).map(([a, b]) => ({ ...a, ...b })),
);
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland');
const schedules = fc
  .record({
    rule,
    zone: zones,
    contents: fc.array(content, { maxLength: 2 }),
    policy: fc.constantFrom('skip', 'previous', 'next'),
  })
  .map(({ rule: given, zone, contents, policy }) => {
    const calendars = contents.map((each) => factories.calendar({ content: each }));
    const spec = { ...given, timezone: zone, holidayPolicy: policy, calendars: calendars.map(toUuid) };
    return resolveSpec(spec, calendars, nobody);
  });

test('whatever the calendars, the instants ascend and are those of a slow enumerator', () => {
  fc.assert(
    fc.property(schedules, fc.integer({ min: 0, max: 40 * 86_400 }), (spec, seconds) => {
      const after = start + seconds * 1000;
      const until = after + 60 * 86_400_000;
      const found: number[] = [];
      let last = after;
      for (const { at: instant, dropped } of iterate(spec, after)) {
        if (instant > until) break;
        expect(instant).toBeGreaterThan(last);
        last = instant;
        if (dropped === null) found.push(instant);
      }
      expect(found.map(formatInstant)).toEqual(slowInstants(spec, after, until).map(formatInstant));
      expect(nextInstants(spec, after, 5)).toEqual([...found, ...nextInstants(spec, until, 5)].slice(0, 5));
    }),
    { numRuns: 300 },
  );
});
test('skipping only takes away', () => {
  fc.assert(
    fc.property(schedules, (given) => {
      const spec = { ...given, holidayPolicy: 'skip' } as const;
      if (spec.kind === 'monthly' && 'businessDay' in spec) return;
      const until = start + 90 * 86_400_000;
      const { resolved: _, ...bare } = spec;
      const all = new Set(slowInstants(bare, start, until));
      expect(slowInstants(spec, start, until).every((instant) => all.has(instant))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('an instant costs about the same with a calendar, however dense the rule and long the closed stretch', () => {
  const closed = Array.from({ length: 30 }, (_, count) => ({
    date: formatInstant(at('2027-01-01T00:00:00Z') + count * 86_400_000).slice(0, 10),
    name: 'Works holiday',
  }));
  const dense: ScheduleSpec = {
    kind: 'cron',
    expression: '0-59 0-23 * * *',
    timezone: 'Europe/Berlin',
    holidayPolicy: 'next',
  };
  const calendar = factories.calendar({ content: factories.holidays({ holidays: closed }) });
  const spec = resolveSpec({ ...dense, calendars: [toUuid(calendar)] }, [calendar], nobody);
  const began = performance.now();
  expect(nextInstants(spec, at('2026-12-30T00:00:00Z'), 20_000)).toHaveLength(20_000);
  expect(performance.now() - began).toBeLessThan(3000);
});
