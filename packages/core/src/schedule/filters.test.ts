import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { iterate, nextInstants } from './occurrences.ts';

const at = (text: string): number => parseInstant(text) ?? Number.NaN;
const next = (spec: ScheduleSpec, from: string, count = 2): string[] =>
  nextInstants(spec, at(from), count).map(formatInstant);

describe('a clock that goes back', () => {
  test('opens active hours again that had just closed', () => {
    const spec: ScheduleSpec = {
      kind: 'interval',
      every: 10,
      unit: 'minutes',
      anchor: '01:00',
      timezone: 'Antarctica/Troll',
      activeHours: [{ from: '15:30', to: '01:15' }],
    };
    // 03:00 becomes 01:00 there; at 02:10 the hours are over, and at 01:00 they are not.
    expect(next(spec, '2023-10-29T00:00:00Z', 3)).toEqual([
      '2023-10-29T01:00:00Z',
      '2023-10-29T01:10:00Z',
      '2023-10-29T15:30:00Z',
    ]);
  });

  test('leads out of a holiday into the evening before it', () => {
    const spec: ScheduleSpec = {
      kind: 'hourly',
      minute: 30,
      timezone: 'America/St_Johns',
      holidays: ['2010-11-07'],
    };
    // 00:01 on the holiday became 23:01 of the day before.
    expect(next(spec, '2010-11-07T02:29:00Z')).toEqual(['2010-11-07T03:00:00Z', '2010-11-08T04:00:00Z']);
  });
});

test('leaping over closed stretches finds what walking finds, around every kind of clock change', () => {
  const changes = [
    ['America/New_York', '2025-03-09T07:00:00Z'],
    ['America/New_York', '2025-11-02T06:00:00Z'],
    ['America/St_Johns', '2010-11-07T02:31:00Z'],
    ['Antarctica/Troll', '2023-10-29T01:00:00Z'],
    ['Australia/Lord_Howe', '2025-04-05T15:00:00Z'],
    ['America/Havana', '2024-11-03T05:00:00Z'],
    ['Africa/Cairo', '2023-10-26T21:00:00Z'],
  ] as const;
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 45))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const window = fc.record({ from: time, to: time });
  fc.assert(
    fc.property(
      fc.constantFrom(...changes),
      fc.array(window, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.integer({ min: -40, max: 8 }),
      ([timezone, change], activeHours, hasHoliday, hours) => {
        const holidays = hasHoliday ? [change.slice(0, 10)] : [];
        const spec: ScheduleSpec = { kind: 'cron', expression: '*/15 * * * *', timezone, activeHours, holidays };
        const after = at(change) + hours * 3_600_000;
        const walked: number[] = [];
        for (const due of iterate(spec, after)) {
          if (due.at > after + 4 * 86_400_000) break;
          if (due.dropped === null) walked.push(due.at);
        }
        expect(nextInstants(spec, after, walked.length)).toEqual(walked);
      },
    ),
    { numRuns: 200 },
  );
});
