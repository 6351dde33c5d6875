import { describe, expect, test } from 'vitest';
import type { ScheduleSpec } from '../model/schedule.ts';
import { schedule } from '../testing/factories.ts';
import { manualClockStart as start } from '../testing/manual-clock.ts';
import { resumeSchedule } from './resume.ts';

const minute = 60_000;
const spec: ScheduleSpec = { kind: 'interval', every: 10, unit: 'minutes', start, timezone: 'UTC' };
const paused = schedule({ jobId: 1, spec, planAt: null, nextDueAt: null });

describe('a resumed schedule', () => {
  test('counts from now, and what was due meanwhile is one counted gap', () => {
    const now = start + 65 * minute;
    const { schedule: resumed, gaps } = resumeSchedule(paused, { at: now });
    expect(resumed).toMatchObject({ cursorAt: now, planAt: start + 70 * minute, nextDueAt: start + 70 * minute });
    expect(gaps).toMatchObject([{ fromAt: start + 10 * minute, toAt: now, count: 6, reason: 'paused' }]);
  });

  test('counts from the end of its pause, however much later that is noticed', () => {
    const { schedule: resumed, gaps } = resumeSchedule(paused, { at: start + 15 * minute, now: start + 65 * minute });
    expect(resumed).toMatchObject({ cursorAt: start + 15 * minute, planAt: start + 20 * minute });
    expect(gaps).toMatchObject([{ count: 1, toAt: start + 15 * minute, decidedAt: start + 65 * minute }]);
  });

  test('has no gap when nothing was due', () => {
    expect(resumeSchedule(paused, { at: start + 9 * minute }).gaps).toEqual([]);
  });

  test('counts an instant that is due at the moment of resuming as paused', () => {
    const { schedule: resumed, gaps } = resumeSchedule(paused, { at: start + 10 * minute });
    expect([gaps.map(({ count }) => count), resumed.planAt]).toEqual([[1], start + 20 * minute]);
  });

  test('does not go back when the clock did', () => {
    const { schedule: resumed, gaps } = resumeSchedule(paused, { at: start - 30 * minute });
    expect([resumed.cursorAt, gaps]).toEqual([start, []]);
  });

  test('that is switched off itself stays where it is', () => {
    const { schedule: resumed, gaps } = resumeSchedule({ ...paused, active: false }, { at: start + 65 * minute });
    expect(resumed).toMatchObject({ cursorAt: start, planAt: null, nextDueAt: null });
    expect(gaps).toEqual([]);
  });

  test('that has ended meanwhile names nothing more', () => {
    const ended = { ...paused, spec: { ...spec, notAfter: start + 25 * minute } };
    const { schedule: resumed, gaps } = resumeSchedule(ended, { at: start + 65 * minute });
    expect([resumed.planAt, gaps.map(({ count }) => count)]).toEqual([null, [2]]);
  });
});
