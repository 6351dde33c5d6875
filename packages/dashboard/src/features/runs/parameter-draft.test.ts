import { expect, test } from 'vitest';
import { draftProblem, draftsOf, valuesOf, withValues } from './parameter-draft.ts';

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

test('a whole number has no fraction', () => {
  const [count] = draftsOf({ parameters: {} }, { parameters: [{ name: 'count', type: 'integer' }] });
  if (count === undefined) throw new Error('the parameter is missing');
  expect(draftProblem({ ...count, text: '2.5' })).toBe('This is no whole number.');
  expect(valuesOf([{ ...count, text: '2' }])).toEqual({ count: 2 });
});

test('values of an earlier run take the place of what was written', () => {
  const drafts = withValues(draftsOf({ parameters: { mode: 'full', dry: true } }, job), { days: 1, dry: false });
  expect(drafts.map(({ text }) => text)).toEqual(['1', '', 'false']);
});
