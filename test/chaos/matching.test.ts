import { expect, test } from 'vitest';
import { match } from './matching.ts';
import { chanceOf } from './plan.ts';

test('each start serves one instant, and what is left over is named', () => {
  expect(match([10, 20, 30], [11, 35], 5)).toEqual({ missed: [10, 20, 30].slice(1, 2), extra: [] });
  expect(match([10], [11, 12], 5)).toEqual({ missed: [], extra: [12] });
  expect(match([10], [9], 5)).toEqual({ missed: [10], extra: [9] });
});

/** The most starts that can be served at all, by trying every way. */
function most(instants: readonly number[], starts: readonly number[], within: number): number {
  const [start, ...others] = starts;
  if (start === undefined) return 0;
  const without = most(instants, others, within);
  return instants.reduce((best, instant, place) => {
    if (instant > start || instant + within < start) return best;
    return Math.max(best, 1 + most(instants.toSpliced(place, 1), others, within));
  }, without);
}

test('earliest deadline first serves as many as trying every way, in 3 000 random cases', () => {
  const chance = chanceOf(1);
  const some = (): number[] => Array.from({ length: Math.floor(chance() * 6) }, () => Math.floor(chance() * 20));
  for (let round = 0; round < 3000; round += 1) {
    const [instants, starts, within] = [some(), some(), Math.floor(chance() * 6)];
    const { missed, extra } = match(instants, starts, within);
    const served = most(instants, starts, within);
    expect([missed.length, extra.length]).toEqual([instants.length - served, starts.length - served]);
  }
});
