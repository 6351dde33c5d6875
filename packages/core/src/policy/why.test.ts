import { describe, expect, test } from 'vitest';
import { skipReasons } from '../model/occurrence.ts';
import { triggers } from '../model/run.ts';
import { job, occurrence, schedule } from '../testing/factories.ts';
import { whyItRan, whyNextNone, whyNoRun } from './why.ts';

const on = schedule({ jobId: 1 });
const off = schedule({ jobId: 1, active: false, nextDueAt: null });
const over = schedule({ jobId: 1, nextDueAt: null });

describe('why nothing is next', () => {
  test.each([
    ['null', {}, [on], null],
    ['a schedule that is off beside one that is on', {}, [off, on], null],
    ['no schedule', {}, [], 'no_schedule'],
    ['all switched off', {}, [off], 'schedules_off'],
    ['all at their end', {}, [over, off], 'ended'],
    ['paused', { active: false }, [on], 'paused'],
    ['all its runs done', { automaticRuns: 2, definition: { maxRuns: 2 } }, [over], 'completed'],
    ['deleted, whatever else', { deletedAt: 1, active: false }, [], 'deleted'],
  ] as const)('%s', (_, overrides, schedules, reason) => {
    const why = whyNextNone({ job: job(overrides), schedules });
    expect(why?.reason ?? null).toBe(reason);
    if (why !== null) expect(why.text).toMatch(/^[A-Z].*\.$/);
  });

  test('names the limit that was reached', () => {
    const done = job({ automaticRuns: 7, definition: { maxRuns: 7 } });
    expect(whyNextNone({ job: done, schedules: [over] })?.text).toContain('7');
  });
});

describe('a pause', () => {
  const paused = job({ active: false, pausedBy: 'mei', pausedAt: Date.UTC(2027, 4, 1) });

  test('with an end says when it ends', () => {
    const until = { ...paused, pausedUntil: Date.UTC(2027, 4, 3) };
    expect(whyNextNone({ job: until, schedules: [on] })?.text).toBe(
      'Paused by mei on 2027-05-01 00:00 (UTC+00:00, UTC). The pause ends at 2027-05-03 00:00 (UTC+00:00, UTC).',
    );
  });

  test('without an end says nothing of one, nor does a deleted job', () => {
    expect(whyNextNone({ job: paused, schedules: [on] })?.text).toBe(
      'Paused by mei on 2027-05-01 00:00 (UTC+00:00, UTC).',
    );
    const deleted = job({ active: false, deletedAt: 1, deletedBy: 'mei', pausedUntil: 3 });
    expect(whyNextNone({ job: deleted, schedules: [] })?.text).not.toContain('pause');
  });
});

describe('why an instant became no run', () => {
  test.each(skipReasons)('%s has a sentence', (reason) => {
    const why = whyNoRun(occurrence({ scheduleId: 1, dueAt: 1, reason }));
    expect(why?.reason).toBe(reason);
    expect(why?.text).toMatch(/\S/);
    expect(why?.text).not.toContain('{');
  });

  test('a run needs no reason', () => {
    expect(whyNoRun(occurrence({ scheduleId: 1, dueAt: 1, runId: 3 }))).toBeNull();
  });

  test.each([
    [1, /^1 instant: /],
    [31_536_000, /^31,536,000 instants: /],
  ])('a gap of %i says how many', (count, text) => {
    const gap = { kind: 'gap', scheduleId: 1, fromAt: 1, toAt: 2, count, reason: 'misfire', decidedAt: 3 } as const;
    expect(whyNoRun(gap)?.text).toMatch(text);
  });
});

describe('why a run exists', () => {
  test.each(triggers)('%s has a sentence, with and without a name', (trigger) => {
    expect(whyItRan({ trigger, requestedBy: null, jobVersion: 1 })).toMatch(/^[A-Z].*\.$/);
    expect(whyItRan({ trigger, requestedBy: 'mei', jobVersion: 1 })).toMatch(/^\S.*\.$/);
  });

  test.each([
    ['schedule', 'Its schedule “Daily at 09:00” was due at 9.'],
    ['catch_up', 'Its schedule “Daily at 09:00” was due at 9, while no scheduler ran.'],
  ] as const)('%s names schedule and instant where they are known', (trigger, sentence) => {
    expect(whyItRan({ trigger, requestedBy: null, jobVersion: 1, schedule: 'Daily at 09:00', due: '9' })).toBe(
      sentence,
    );
    expect(whyItRan({ trigger, requestedBy: null, jobVersion: 1, schedule: null, due: '9' })).not.toContain('9');
  });

  test('a person who asked is named', () => {
    expect(whyItRan({ trigger: 'manual', requestedBy: 'mei', jobVersion: 1 })).toBe('mei asked for it.');
  });

  test('a draft run says that its job is not saved', () => {
    const draft = { trigger: 'manual', jobVersion: 0 } as const;
    expect(whyItRan({ ...draft, requestedBy: 'mei' })).toBe('Draft run of an unsaved job: mei tried it.');
    expect(whyItRan({ ...draft, requestedBy: null })).toBe('Draft run of an unsaved job.');
  });
});
