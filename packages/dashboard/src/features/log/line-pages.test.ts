import type { LogLine } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { LinePages } from './line-pages.ts';

const lines = (from: number, to: number, text = 'x'): LogLine[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ line: from + index, at: null, stream: 'stdout', text }));

test('pages with an absent line are named by their first line', () => {
  const pages = new LinePages({ size: 10 });
  pages.put(lines(11, 20));
  expect(pages.missing(5, 25)).toEqual([1, 21]);
  expect(pages.missing(11, 20)).toEqual([]);
  expect(pages.at(11)?.line).toBe(11);
  expect(pages.at(10)).toBeUndefined();
});

test('the end of a growing log is whole until it grows', () => {
  const pages = new LinePages({ size: 10 });
  pages.put(lines(21, 24));
  expect(pages.missing(21, 24)).toEqual([]);
  expect(pages.missing(21, 25)).toEqual([21]);
});

test('the page that was not needed for longest goes first', () => {
  const pages = new LinePages({ size: 10, most: 3 });
  pages.put(lines(1, 30));
  pages.missing(1, 10);
  pages.put(lines(31, 40));
  expect(pages.count).toBe(3);
  expect(pages.at(1)).toBeDefined();
  expect(pages.at(11)).toBeUndefined();
});

test('long lines count by their characters', () => {
  const pages = new LinePages({ size: 10, most: 100, mostLetters: 1000 });
  pages.put(lines(1, 100, 'x'.repeat(50)));
  expect(pages.count).toBe(3);
  expect(pages.at(100)).toBeDefined();
});

test('a line that comes again takes the place of the former one', () => {
  const pages = new LinePages({ size: 10 });
  pages.put(lines(1, 1, 'half'));
  pages.put(lines(1, 1, 'half and whole'));
  expect(pages.at(1)?.text).toBe('half and whole');
});
