import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDifference, linesOf } from './line-difference.ts';

const kinds = (before: string, after: string): string =>
  lineDifference(before, after)
    .map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`)
    .join('\n');

test('tells what was taken out and what was put in', () => {
  expect(kinds('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe(' a\n-b\n+x\n c\n+d');
  expect(kinds('', 'a\n')).toBe('+a');
  expect(kinds('a\n', '')).toBe('-a');
  expect(kinds('a\n', 'a\n')).toBe(' a');
  expect(kinds('a\n', 'a\r\n')).toBe('-a\n+a\r');
});

test('holds both texts whole, numbered, with no more differences than lines', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'if true; then'), { maxLength: 30 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const lines = lineDifference(one.join('\n'), other.join('\n'));
      const before = lines.filter(({ kind }) => kind !== 'added');
      const after = lines.filter(({ kind }) => kind !== 'removed');
      expect(before.map(({ text: line }) => line)).toEqual(linesOf(one.join('\n')));
      expect(after.map(({ text: line }) => line)).toEqual(linesOf(other.join('\n')));
      expect(before.map((line) => line.before)).toEqual(before.map((_, index) => index + 1));
      expect(after.map((line) => line.after)).toEqual(after.map((_, index) => index + 1));
    }),
  );
});

test('texts with nothing in common are one replacement, however long', () => {
  const long = (letter: string): string => Array.from({ length: 20_000 }, (_, index) => `${letter}${index}`).join('\n');
  const lines = lineDifference(long('a'), long('b'));
  expect(lines).toHaveLength(40_000);
  expect(lines[0]?.kind).toBe('removed');
  expect(lines.at(-1)?.kind).toBe('added');
});
