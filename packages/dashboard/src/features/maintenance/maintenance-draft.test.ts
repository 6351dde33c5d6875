import { describe, expect, test } from 'vitest';
import type { Maintenance } from 'job-trigger-contract';
import { asItWas, changeOf, editOf, emptyDraft, isRequest, requestOf } from './maintenance-draft.ts';
import { costSentence, drainsText } from './words.ts';

const now = Date.UTC(2027, 0, 1, 9);
const draft = emptyDraft('Asia/Hong_Kong');
const cost = {
  from: '',
  until: '',
  counted_until: '',
  count: 1204,
  at_least: false,
  runs_after: 3,
  jobs: [],
  job_count: 2,
  running: [],
  running_count: 0,
  queued: 0,
};

describe('a window while it is written', () => {
  test('begins now and lasts two hours unless something else is said', () => {
    expect(requestOf(draft, now)).toEqual({
      scope: { kind: 'all' },
      from: null,
      until: '2027-01-01T11:00:00.000Z',
      reason: null,
      resume: 'skip',
    });
  });

  test('reads its times on the chosen clock', () => {
    const given = { ...draft, from: '2027-01-02T01:00', length: 'at', until: '2027-01-02T03:00', reason: ' new disk ' };
    expect(requestOf(given, now)).toMatchObject({
      from: '2027-01-01T17:00:00.000Z',
      until: '2027-01-01T19:00:00.000Z',
      reason: 'new disk',
    });
  });

  test('may be left open', () => {
    expect(requestOf({ ...draft, length: 'open' }, now)).toMatchObject({ until: null });
  });

  test.each([
    ['an end before its beginning', { length: 'at', until: '2027-01-01T10:00' }, 'until'],
    ['an end that nobody wrote', { length: 'at' }, 'until'],
    ['tags without one', { scope: 'tags' }, 'scope'],
    ['jobs without one', { scope: 'jobs' }, 'scope'],
  ] as const)('%s is no request', (_, change, field) => {
    const asked = requestOf({ ...draft, ...change }, now);
    expect(isRequest(asked)).toBe(false);
    expect(Object.keys(asked)).toEqual([field]);
  });
});

test('a change names only what was changed, and an empty end is none', () => {
  const window = {
    from: '2027-01-01T09:00:00.500Z',
    until: '2027-01-01T11:00:00Z',
    resume: 'skip',
    reason: 'disk',
  } as Maintenance;
  const edit = editOf(window, 'Asia/Kolkata');
  expect(edit).toEqual({ from: '2027-01-01T14:30:00', until: '2027-01-01T16:30:00', resume: 'skip', reason: 'disk' });
  expect(changeOf(window, edit, 'Asia/Kolkata')).toEqual({});
  expect(changeOf(window, { ...edit, until: '', reason: ' ' }, 'Asia/Kolkata')).toEqual({ until: null, reason: null });
  expect(changeOf(window, { ...edit, until: '2027-01-01T18:30', resume: 'one' }, 'Asia/Kolkata')).toEqual({
    until: '2027-01-01T13:00:00.000Z',
    resume: 'one',
  });
});

test('an edit is taken back by what was, of what it changed', () => {
  const window = { from: '2027-01-01T09:00:00.500Z', until: null, resume: 'skip', reason: 'disk' } as Maintenance;
  const edit = { ...editOf(window, 'UTC'), until: '2027-01-01T11:00', reason: '' };
  expect(asItWas(window, edit, 'UTC')).toEqual({ until: null, reason: 'disk' });
});

test('the cost is told in one sentence', () => {
  expect(costSentence(cost)).toBe('1,204 runs of 2 jobs will not start. 3 runs follow when it ends.');
  expect(costSentence({ ...cost, runs_after: 0, until: null, at_least: true })).toBe(
    'At least 1,204 runs of 2 jobs will not start within the first day. None of them runs afterwards.',
  );
  expect(costSentence({ ...cost, count: 0 })).toBe('No run is due in this time.');
});

test('what still moves is told while something does', () => {
  expect(drainsText({ running: 3, queued: 0 })).toBe('Drains: 3 running.');
  expect(drainsText({ running: 1, queued: 2 })).toBe('Drains: 1 running, 2 waiting.');
  expect(drainsText({ running: 0, queued: null })).toBe('');
});
