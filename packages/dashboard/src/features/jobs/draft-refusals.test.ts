import { expect, test } from 'vitest';
import { inputOf as scheduleInputOf, withField, withKind, withRule } from '../schedule/schedule-draft.ts';
import { refusalsOf } from './draft-refusals.ts';
import { emptyDraft } from './job-draft.ts';

const daily = withKind({ kind: 'daily', timezone: 'UTC' }, 'daily');
const said = (text: string, understood: boolean) => withField(daily, 'words', { text, understood });

test.each(['', '  ', 'at half past ten'])('words %j that were not understood keep the job from being saved', (text) => {
  const refusals = refusalsOf({ ...emptyDraft, schedules: [daily, said(text, false)] });
  expect(Object.keys(refusals)).toEqual(['schedules.1.words']);
  expect(refusals['schedules.1.words']).toContain(text.trim());
});

test('understood words and a form without words may be sent, and the words are not', () => {
  const schedules = [daily, said('daily at 9', true), withRule(said('x', false), { kind: 'hourly', minute: 0 })];
  expect(refusalsOf({ ...emptyDraft, schedules })).toEqual({});
  expect(scheduleInputOf(said('daily at 9', true))).toEqual(daily);
});

test.each([
  [{ name: 'no equals here', value: '' }, 'no equals here'],
  [{ name: 'LEVEL=9', value: '' }, 'LEVEL=9'],
  [{ name: ' ', value: '9' }, 'Row 2'],
  [{ name: 'HOME', value: '9' }, 'twice'],
])('a variable that is written as %j is refused at its field', (row, words) => {
  const env = [{ name: ' HOME ', value: 'a=b c' }, row];
  expect(refusalsOf({ ...emptyDraft, env })['config.env']).toContain(words);
  expect(refusalsOf({ ...emptyDraft, type: 'http', env })).toEqual({});
});

test('a header with its value in its name is refused, one that is only begun is not', () => {
  const headers = [{ name: 'x-kind: a', value: '' }];
  expect(refusalsOf({ ...emptyDraft, type: 'http', headers })['config.headers']).toContain('x-kind: a');
  expect(refusalsOf({ ...emptyDraft, type: 'http', headers: [{ name: '', value: '' }] })).toEqual({});
});

test.each([
  [0, true],
  [-5, true],
  [Number.NaN, true],
  [1, false],
  ['', false],
] as const)('a time-out of %j is refused: %s', (timeoutSeconds, refused) => {
  expect('timeout_seconds' in refusalsOf({ ...emptyDraft, timeoutSeconds })).toBe(refused);
});
