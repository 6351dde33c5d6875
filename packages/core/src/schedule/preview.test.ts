import { describe as group, expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { clockChanges } from './clock-changes.ts';
import { differenceBetween, differenceWords } from './difference.ts';
import { nextInstants } from './occurrences.ts';
import { previewSchedule } from './preview.ts';
import { loadWarning, overlapWarning } from './warnings.ts';

const at = (text: string): number => parseInstant(text) ?? Number.NaN;
const cron = (expression: string, timezone = 'UTC'): ScheduleSpec => ({ kind: 'cron', expression, timezone });
const notesOf = (spec: ScheduleSpec, from: string, count = 10): string[] =>
  previewSchedule(spec, { from: at(from), count }).items.flatMap((item) =>
    item.notes.map((note) => `${item.local.slice(0, 16)} ${note.code}: ${note.sentence}`),
  );

group('preview', () => {
  test('notes a moved time, and the next clock change', () => {
    const preview = previewSchedule(
      { kind: 'daily', times: ['02:30'], timezone: 'America/New_York' },
      { from: at('2026-03-07T00:00:00Z'), count: 3 },
    );
    expect(preview.items.map((item) => item.local)).toEqual([
      '2026-03-07T02:30:00-05:00',
      '2026-03-08T03:00:00-04:00',
      '2026-03-09T02:30:00-04:00',
    ]);
    expect(preview.items[1]?.notes[0]).toMatchObject({ code: 'moved' });
    expect(preview.warnings.map((warning) => warning.code)).toContain('clock_change');
  });
  test('counts what filters drop, one span a stretch', () => {
    const preview = previewSchedule(
      {
        kind: 'hourly',
        minute: 0,
        timezone: 'UTC',
        blackouts: [{ from: at('2026-01-01T02:00:00Z'), to: at('2026-01-01T05:00:00Z') }],
      },
      { from: at('2026-01-01T00:30:00Z'), count: 3 },
    );
    expect(preview.items.map((item) => formatInstant(item.at).slice(11, 13))).toEqual(['01', '05', '06']);
    expect(preview.skipped).toEqual([
      {
        from: at('2026-01-01T02:00:00Z'),
        to: at('2026-01-01T04:00:00Z'),
        count: 3,
        reason: 'blackout',
        sentence: 'In a blackout until 2026-01-01 05:00 (UTC+00:00, UTC).',
      },
    ]);
  });
  test('says that either day field is enough', () => {
    expect(previewSchedule(cron('0 0 13 * 5'), { from: at('2026-01-01T00:00:00Z') }).warnings[0]).toMatchObject({
      code: 'either_day',
    });
  });

  test('every class says what it does with a time that clocks skip', () => {
    expect(
      notesOf({ kind: 'daily', times: ['02:30'], timezone: 'America/New_York' }, '2026-03-07T12:00:00Z', 2),
    ).toEqual([
      '2026-03-08T03:00 moved: 02:30 does not exist on this day: clocks go forward. A fixed time runs at the end of the gap, 03:00.',
    ]);
    expect(notesOf(cron('*/15 2 * * *', 'America/New_York'), '2026-03-08T05:00:00Z', 2)).toEqual([
      '2026-03-09T02:00 gap: 02:00 to 03:00 does not exist on 8 March: clocks go forward. A rhythm does not make up for the 4 marks in it.',
    ]);
    const rrule: ScheduleSpec = {
      kind: 'rrule',
      rrule: 'FREQ=DAILY',
      dtstart: '2026-03-01T02:30:00',
      timezone: 'America/New_York',
    };
    expect(notesOf(rrule, '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T03:30 moved: 02:30 does not exist on this day: clocks go forward. A calendar rule reads it with the offset before the gap: it runs at 03:30.',
    ]);
  });
  test('every class says what it does with a time that is shown twice', () => {
    const codes = (spec: ScheduleSpec, count: number): string[] =>
      notesOf(spec, '2026-11-01T04:59:00Z', count).map((note) => note.slice(11).split(':').slice(0, 2).join(':'));
    expect(codes({ kind: 'daily', times: ['01:30'], timezone: 'America/New_York' }, 1)).toEqual(['01:30 first_of_two']);
    expect(codes(cron('*/30 1 * * *', 'America/New_York'), 4)).toEqual([
      '01:00 repeated',
      '01:30 repeated',
      '01:00 repeated',
      '01:30 repeated',
    ]);
    const hours: ScheduleSpec = { kind: 'interval', every: 1, unit: 'hours', start: 0, timezone: 'America/New_York' };
    expect(codes(hours, 3)).toEqual(['01:00 repeated', '01:00 repeated']);
  });
  test('short months, the end of a window and the end of the schedule are told', () => {
    expect(notesOf({ kind: 'monthly', day: 31, times: ['05:00'], timezone: 'UTC' }, '2026-04-01T00:00:00Z', 1)).toEqual(
      ['2026-04-30T05:00 short_month: This month has no day 31: it runs on the last day.'],
    );
    const hours: ScheduleSpec = {
      kind: 'hourly',
      minute: 0,
      timezone: 'UTC',
      activeHours: [{ from: '06:00', to: '08:00' }],
    };
    expect(notesOf(hours, '2026-01-01T05:00:00Z', 2)).toEqual([
      '2026-01-01T07:00 window_end: The last run before the active hours end.',
    ]);
    const ends: ScheduleSpec = { ...hours, activeHours: null, notAfter: at('2026-01-01T02:00:00Z') };
    expect(notesOf(ends, '2026-01-01T00:30:00Z')).toEqual([
      '2026-01-01T02:00 end: The last run of this schedule before the end that was set for it.',
    ]);
    const thrice: ScheduleSpec = {
      kind: 'rrule',
      rrule: 'FREQ=DAILY;COUNT=3',
      dtstart: '2026-01-01T00:00:00',
      timezone: 'UTC',
    };
    expect(notesOf(thrice, '2025-12-31T00:00:00Z')).toHaveLength(1);
    expect(notesOf(thrice, '2025-12-31T00:00:00Z', 2)).toEqual([]);
  });
  test('warns of rhythms that are very fast, and tells how both day fields go together', () => {
    const codes = (spec: ScheduleSpec): string[] =>
      previewSchedule(spec, { from: at('2026-01-01T00:00:00Z') }).warnings.map(({ code }) => code);
    expect(codes(cron('* * * * * *'))).toEqual(['every_second']);
    expect(codes(cron('*/10 * * * * *'))).toEqual(['very_often']);
    expect(codes(cron('* * * * *'))).toEqual(['every_minute']);
    expect(codes(cron('0 0 */2 * 1'))).toEqual(['both_days']);
    expect(codes(cron('0 0 * * 1'))).toEqual([]);
  });
  test('warns of overlap and of load', () => {
    const hourly = nextInstants({ kind: 'hourly', minute: 0, timezone: 'UTC' }, 0, 3);
    expect(overlapWarning(hourly, 45 * 60_000)).toBeNull();
    expect(overlapWarning(hourly, 80 * 60_000)?.sentence).toBe(
      'A run usually takes 1 h 20 min, and runs come 1 h apart: they will overlap.',
    );
    expect(loadWarning(at('2026-01-01T03:00:30Z'), 13, 'UTC')?.sentence).toBe(
      '13 other schedules start in the same minute, 03:00.',
    );
  });
  test('counts the week that has passed', () => {
    const preview = previewSchedule(
      { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], times: ['09:00'], timezone: 'UTC' },
      { from: at('2026-11-25T12:00:00Z') },
    );
    expect(preview.past).toMatchObject({ count: 5, sentence: 'In the last 7 days this would have run 5 times.' });
  });
  test('looks ahead to the clock changes of a year', () => {
    const changes = clockChanges(
      { kind: 'daily', times: ['02:15'], timezone: 'Australia/Lord_Howe' },
      at('2026-01-01T00:00:00Z'),
    );
    expect(changes.map(({ sentence, effect }) => `${sentence} ${effect}`)).toEqual([
      'Clocks go back by 30 min on 5 April 2026 at 02:00, from +11:00 to +10:30. No run of this schedule is touched.',
      'Clocks go forward by 30 min on 4 October 2026 at 02:00, from +10:30 to +11:00. 02:15 does not exist on this day: clocks go forward. A fixed time runs at the end of the gap, 02:30.',
    ]);
    expect(clockChanges(cron('*/10 * * * *', 'Europe/Dublin'), at('2026-08-01T00:00:00Z'))[0]?.effect).toBe(
      '12 runs fall into the time that is shown twice; each is a run of its own.',
    );
    expect(clockChanges({ kind: 'hourly', minute: 0, timezone: 'Asia/Tokyo' }, at('2026-01-01T00:00:00Z'))).toEqual([]);
  });
});

group('a schedule that leaves out what the clocks skip', () => {
  const spec: ScheduleSpec = { kind: 'daily', times: ['02:30'], timezone: 'America/New_York', dstGap: 'skip' };
  const from = at('2027-03-12T00:00:00Z');
  test('the clock change tells of the run that is skipped', () => {
    const preview = previewSchedule(spec, { from });
    expect(preview.skipped).toMatchObject([{ reason: 'dst_gap', from: at('2027-03-14T07:00:00Z') }]);
    expect(preview.clockChanges[0]?.effect).toBe(
      '02:30 does not exist on this day: clocks go forward. The run is skipped, as the schedule asks.',
    );
  });
  test('a change that skips none of its times touches no run', () => {
    const effects = [
      clockChanges({ ...spec, times: ['03:00'] }, from),
      clockChanges({ ...spec, notBefore: at('2027-03-15T00:00:00Z') }, from),
    ].map(([change]) => change?.effect);
    expect(effects).toEqual(['No run of this schedule is touched.', 'No run of this schedule is touched.']);
  });
});

group('difference', () => {
  const daily = (time: string, until: string): number[] =>
    nextInstants({ kind: 'daily', times: [time], timezone: 'Europe/Berlin' }, at('2026-03-27T12:00:00Z'), 40).filter(
      (instant) => instant <= at(until),
    );
  test('a day that keeps its number of instants moved them', () => {
    const before = daily('02:30', '2026-04-01T00:00:00Z');
    const after = before.map((instant) => (instant === at('2026-03-29T01:00:00Z') ? instant + 3_600_000 : instant));
    const found = differenceBetween(before, after, 'Europe/Berlin');
    expect(found).toMatchObject({ added: [], removed: [], moved: [{}] });
    expect(differenceWords(found, 'Europe/Berlin', 30)).toBe(
      'In the next 30 days, against the schedule in force: the one on 29 March moves to 04:00.',
    );
  });
  test('words for what vanishes, appears and stays', () => {
    const [a, b, c] = daily('09:00', '2026-03-31T00:00:00Z') as [number, number, number];
    const words = (before: number[], after: number[]): string =>
      differenceWords(differenceBetween(before, after, 'Europe/Berlin'), 'Europe/Berlin', 30).replace(
        /^.*in force[:,] /,
        '',
      );
    expect(words([a, b, c], [a])).toBe('2 vanish.');
    expect(words([a], [a, b])).toBe('the one on 29 March at 09:00 appears.');
    expect(words([a, b], [a + 60_000, b + 60_000])).toBe('2 move to 09:01.');
    expect(words([a], [a])).toBe('nothing changes.');
  });
});
