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
