import { expect, test } from 'vitest';
import { toggled } from './use-selection.ts';

const shown = ['a', 'b', 'c', 'd'];
const after = (ids: string[], last: string | null, id: string, range: boolean) =>
  [...toggled({ ids: new Set(ids), shown, last }, id, range)].sort().join('');

test('a click selects one, and lets go of it', () => {
  expect(after([], null, 'b', false)).toBe('b');
  expect(after(['a', 'b'], 'b', 'b', false)).toBe('a');
});

test('with shift everything between the two is selected, either way, or let go', () => {
  expect(after(['b'], 'b', 'd', true)).toBe('bcd');
  expect(after(['d'], 'd', 'b', true)).toBe('bcd');
  expect(after(['a', 'b', 'c', 'd'], 'd', 'b', true)).toBe('a');
  expect(after([], null, 'c', true)).toBe('c');
  expect(after(['x'], 'x', 'c', true)).toBe('cx');
});
