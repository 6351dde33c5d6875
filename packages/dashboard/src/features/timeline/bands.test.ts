import { expect, test } from 'vitest';
import { bandLinesIn, type Band } from './bands.ts';

const band = (from: number, to: number, changes: Partial<Band> = {}): Band => ({
  job: null,
  kind: 'blackout',
  label: 'Books',
  from,
  to,
  ...changes,
});

test('a stretch over a day is cut to it, and one beside it is left out', () => {
  const bands = [band(0, 10), band(10, 20), band(15, 40), band(30, 50)];
  expect(bandLinesIn(bands, { from: 10, to: 30 }).map(({ from, to }) => [from, to])).toEqual([
    [10, 20],
    [15, 30],
  ]);
});

test('stretches of several jobs that are alike are one line, with each job once', () => {
  const bands = [band(0, 9, { job: 1 }), band(0, 9, { job: 2 }), band(0, 9, { job: 1 }), band(0, 8, { job: 3 })];
  expect(bandLinesIn(bands, { from: 0, to: 10 }).map(({ jobs }) => jobs)).toEqual([[3], [1, 2]]);
  expect(bandLinesIn([...bands, band(0, 9)], { from: 0, to: 10 }).map(({ jobs }) => jobs)).toEqual([[3], null]);
});

test('another reason is another line, and one without a name says what it is', () => {
  const bands = [band(0, 9), band(0, 9, { kind: 'maintenance', label: null })];
  expect(bandLinesIn(bands, { from: 0, to: 10 }).map(({ title }) => title)).toEqual(['Blackout: Books', 'Maintenance']);
});
