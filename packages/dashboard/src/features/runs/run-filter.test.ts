import { expect, test } from 'vitest';
import { filterOf, filterWords, jobChoices, queryOf, timeChange, unfiltered } from './run-filter.ts';

const job = '01997c2e-0000-7000-8000-000000000001';
const now = Date.parse('2026-03-01T12:00:00Z');

test('an empty address asks for everything', () => {
  expect(queryOf(filterOf({}), now)).toEqual({ limit: 50 });
  expect(filterWords(filterOf({}), undefined)).toEqual([]);
});

test('every part of the address reaches the server', () => {
  const filter = filterOf({
    state: 'failed,lost',
    trigger: 'schedule',
    job,
    reason: 'retry_delay',
    window: '1h',
    to: '2026-03-01T11:59:00Z',
  });
  expect(queryOf(filter, now)).toEqual({
    limit: 50,
    state: 'failed,lost',
    trigger: 'schedule',
    job_id: job,
    reason: 'retry_delay',
    from: '2026-03-01T11:00:00.000Z',
    to: '2026-03-01T11:59:00.000Z',
  });
});

test('what cannot be meant is left out', () => {
  const hostile = filterOf({
    state: 'exploded',
    trigger: 7,
    job: 'x',
    reason: '<b>',
    window: '99y',
    from: 'yesterday-ish',
  });
  expect(queryOf(hostile, now)).toEqual({ limit: 50 });
});

test('the filters are named in words', () => {
  expect(filterWords(filterOf({ state: 'timed_out', job, window: '24h' }), 'backup')).toEqual([
    'state Timed out',
    'job backup',
    'last 24 hours',
  ]);
});

test('a chosen time takes the place of the other kind', () => {
  expect(timeChange('24h')).toEqual({ window: '24h', from: undefined, to: undefined });
  expect(timeChange('range')).toEqual({ window: undefined });
  expect(timeChange(null)).toEqual({ window: undefined, from: undefined, to: undefined });
});

test('the chosen job can be chosen, known or not', () => {
  const jobs = [{ id: job, name: 'backup' }];
  expect(jobChoices(jobs, job)).toEqual([{ value: job, label: 'backup' }]);
  expect(jobChoices([], job)).toEqual([{ value: job, label: job }]);
  expect(jobChoices(jobs, null)).toHaveLength(1);
});

test('clearing leaves nothing to narrow by', () => {
  expect(filterWords(filterOf({ state: 'failed', job, window: '1h', ...unfiltered }), undefined)).toEqual([]);
});
