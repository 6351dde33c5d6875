import { expect, test } from 'vitest';
import type { Run } from '../model/run.ts';
import { parameterSets } from './parameter-history.ts';

const run = (id: number, parameters: Run['parameters']): Run => ({ id, parameters }) as Run;

test('names each set of values once, the one used last first, with its newest run (R-148)', () => {
  const sets = parameterSets(
    [run(5, { a: 1, b: 'x' }), run(4, {}), run(3, { a: 2 }), run(2, { b: 'x', a: 1 }), run(1, { a: 3 })],
    2,
  );
  expect(sets.map(({ values, runs, last }) => [values, runs, last.id])).toEqual([
    [{ a: 1, b: 'x' }, 2, 5],
    [{ a: 2 }, 1, 3],
  ]);
});

test('tells a text from the number it looks like', () => {
  expect(parameterSets([run(2, { a: '1' }), run(1, { a: 1 })], 10)).toHaveLength(2);
});
