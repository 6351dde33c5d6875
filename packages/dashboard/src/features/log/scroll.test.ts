import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contentHeight,
  isScaled,
  mostHeight,
  mostScroll,
  movedBy,
  placeAfterGrowth,
  placeAt,
  placeOf,
  rowHeight,
  scrollAt,
  spanAt,
  type Geometry,
} from './scroll.ts';

const of = (lines: number, viewport = 600, ratio = 1): Geometry => ({ lines, viewport, ratio });
/** Where the top edge of a line lies in the box when all lines are one row high. */
const topOf = (geometry: Geometry, place: number, line: number): number => {
  const { anchor, part } = spanAt(geometry, place);
  return place * geometry.viewport + (line - anchor - part) * rowHeight;
};

describe('lines in a scrolled box', () => {
  test('a short log does not scroll and starts at the top', () => {
    const short = of(5);
    expect(mostScroll(short)).toBe(0);
    expect(topOf(short, placeAt(short, 0), 1)).toBe(0);
  });

  test('an unscaled log lies as a plain page does', () => {
    const log = of(10_000);
    expect(contentHeight(log)).toBe(190_000);
    for (const scrollTop of [0, 1, 95_000, 189_400]) {
      const place = placeAt(log, scrollTop);
      expect(topOf(log, place, 5001)).toBeCloseTo(5000 * rowHeight - scrollTop, 5);
    }
  });

  test('the last line meets the bottom, however long the log is', () => {
    for (const lines of [100, 200_000, 50_000_000]) {
      const log = of(lines);
      expect(topOf(log, placeAt(log, mostScroll(log)), lines)).toBeCloseTo(600 - rowHeight, 3);
    }
  });

  test('no log is higher than browsers can draw, and every line of it can be shown', () => {
    const huge = of(40_000_000);
    expect(contentHeight(huge)).toBe(mostHeight);
    expect(isScaled(huge)).toBe(true);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000_000 }), (line) => {
        const place = placeOf(huge, line);
        const span = spanAt(huge, place);
        expect(line).toBeGreaterThanOrEqual(span.from);
        expect(line).toBeLessThanOrEqual(span.to);
        const top = topOf(huge, place, line);
        expect(top).toBeGreaterThan(-1);
        expect(top).toBeLessThan(600);
      }),
    );
  });

  test('a wheel moves by pixels of the log also where the bar is scaled', () => {
    const huge = of(40_000_000);
    const before = placeOf(huge, 20_000_000);
    const after = movedBy(huge, before, rowHeight * 3);
    expect(topOf(huge, before, 20_000_000) - topOf(huge, after, 20_000_000)).toBeCloseTo(rowHeight * 3, 0);
  });

  test('place and offset are each other’s inverse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 30_000_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (lines, place) => {
          const log = of(lines);
          const back = placeAt(log, scrollAt(log, place));
          expect(back === 1 || Math.abs(back - place) < 1e-9).toBe(true);
        },
      ),
    );
  });

  test('growth keeps the lines in view', () => {
    const before = of(1000);
    const after = of(1500);
    const place = placeOf(before, 400);
    expect(topOf(after, placeAfterGrowth(before, after, place), 400)).toBeCloseTo(topOf(before, place, 400), 6);
  });

  test('few rows are drawn, and with wrapped lines enough', () => {
    const span = spanAt(of(1_000_000), 0.4);
    expect(span.to - span.from).toBeLessThan(40);
    const wrapped = of(1000, 600, 4);
    const seen = spanAt(wrapped, placeOf(wrapped, 700));
    expect(seen.from).toBeLessThanOrEqual(700);
    expect(seen.to).toBeGreaterThanOrEqual(700);
  });
});
