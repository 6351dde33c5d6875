import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logDifference } from './log-difference.ts';

const told = (run: readonly string[], other: readonly string[]) =>
  logDifference(run, other, false).lines.map(({ kind, line, text }) => `${kind} ${line} ${text}`);

describe('two outputs', () => {
  test('that are the same have no difference', () => {
    expect(logDifference(['a', 'b'], ['a', 'b'], false)).toEqual({ firstDifference: null, lines: [], more: false });
    expect(logDifference([], [], true).more).toBe(true);
  });

  test('are shown from a little before they part until their last difference', () => {
    const run = ['1', '2', '3', '4', 'failed', '6', 'end'];
    const other = ['1', '2', '3', '4', '5', '6', 'more', 'end'];
    expect(logDifference(run, other, false).firstDifference).toBe(5);
    expect(told(run, other)).toEqual([
      'same 2 2',
      'same 3 3',
      'same 4 4',
      'run 5 failed',
      'other 5 5',
      'same 6 6',
      'other 7 more',
    ]);
  });

  test('of which one stops early say what the other had', () => {
    expect(told(['a'], ['a', 'b', 'c'])).toEqual(['same 1 a', 'other 2 b', 'other 3 c']);
  });

  test('are never compared for long', () => {
    const many = (word: string) => Array.from({ length: 5000 }, (_, at) => `${word} ${at}`);
    const { lines, more } = logDifference(many('a'), many('b'), false);
    expect([lines.length, more]).toEqual([120, true]);
  });

  test('give back both texts when nothing is left out', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, (run, other) => {
        const { lines: found } = logDifference([...run, '!'], [...other, '?'], false);
        const texts = (kind: string) => found.filter((one) => one.kind !== kind).map(({ text }) => text);
        expect([...run, '!'].join('')).toContain(texts('other').join(''));
        expect([...other, '?'].join('')).toContain(texts('run').join(''));
      }),
    );
  });
});
