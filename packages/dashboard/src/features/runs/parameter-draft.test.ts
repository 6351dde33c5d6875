import { expect, test } from 'vitest';
import { draftProblem, draftsOf, valuesOf } from './parameter-draft.ts';

const job = {
  parameters: [
    { name: 'days', type: 'number', required: true, default: 7 },
    { name: 'mode', type: 'string', choices: ['full', 'quick'] },
    { name: 'dry', type: 'boolean' },
  ],
};

test('what the run had comes before defaults, and what is no longer declared last', () => {
  const drafts = draftsOf({ parameters: { days: 3, old: 'x' } }, job);
  expect(drafts.map(({ name, kind, text }) => [name, kind, text])).toEqual([
    ['days', 'number', '3'],
    ['mode', 'text', ''],
    ['dry', 'boolean', ''],
    ['old', 'text', 'x'],
  ]);
});

test('values go out with their types, empty ones not at all', () => {
  expect(valuesOf(draftsOf({ parameters: { days: 3, dry: true } }, job))).toEqual({ days: 3, dry: true });
});

test('a number must be one, and a needed value must be there', () => {
  const [days] = draftsOf({ parameters: {} }, job);
  if (days === undefined) throw new Error('the parameter is missing');
  expect(draftProblem({ ...days, text: 'many' })).toBe('This is no number.');
  expect(draftProblem({ ...days, text: '' })).toBe('A value is needed.');
  expect(draftProblem(days)).toBeNull();
});
