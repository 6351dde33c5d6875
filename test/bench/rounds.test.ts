import { expect, test } from 'vitest';
import { asked } from '../../bench/options.ts';
import { chosen, race, Race, type Contestant } from '../../bench/race.ts';
import { holds, misses } from '../../bench/report.ts';
import { driftOf, ratios, steady } from '../../bench/rounds.ts';
import type { Bench } from '../../bench/scenario.ts';
import { axisOf, figure } from '../../bench/page-chart.ts';
import { quantile, summaryOf } from '../../bench/statistics.ts';

function bench(only: readonly string[] = []): Bench & { readonly notes: string[]; readonly wrongs: string[] } {
  const [notes, wrongs]: [string[], string[]] = [[], []];
  return {
    options: { rounds: null, count: null, full: false, only },
    say: () => undefined,
    note: (text) => void notes.push(text),
    wrong: (text) => void wrongs.push(text),
    notes,
    wrongs,
  };
}

const giving = (name: string, rates: readonly number[], facts: Partial<Contestant> = {}): Contestant => {
  let turns = 0;
  return { name, ...facts, turn: () => Promise.resolve({ rate: rates[turns++ % rates.length] ?? 0 }) };
};

test('takes a quantile that was really measured', () => {
  expect([0.5, 0.9, 0.99, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([2, 4, 4, 4]);
  expect(quantile([], 0.5)).toBeNaN();
  expect(summaryOf([3, 1, 2])).toEqual({ count: 3, p50: 2, p90: 3, p95: 3, p99: 3, min: 1, max: 3 });
});

test('counts a round whose controls differ by 30 % of the smaller, and none beyond', () => {
  expect(steady(100, 130)).toBe(true);
  expect(steady(130, 100)).toBe(true);
  expect(steady(100, 131)).toBe(false);
  expect(steady(0, 0)).toBe(false);
  expect(steady(Number.NaN, 100)).toBe(false);
});

test('takes ratios pair by pair, and none where one has no figure', () => {
  expect(ratios([10, 20, 30], [5, 10, 10])).toEqual([2, 2, 3]);
  expect(ratios([10, Number.NaN, 30], [5, 10, 0])).toEqual([2]);
});

test('tells the last sixth of a stretch by its first', () => {
  const starts = Array.from({ length: 61 }, (_, second) => second);
  const latencies = starts.map((at) => (at > 30 ? 20 : 10));
  const { throughput, p99 } = driftOf(starts, latencies);
  expect(p99).toBe(2);
  expect(throughput).toBeCloseTo(1, 5);
});

test('judges limits from both sides, and lets no aim fail', () => {
  const measure = { name: 'x', unit: 'ratio', rounds: [[1], [3]] } as const;
  expect(holds(measure, { of: 'p50', atLeast: 1 })).toBe(true);
  expect(holds(measure, { of: 'max', below: 3 })).toBe(false);
  expect(misses({ ...measure, limits: [{ of: 'p50', atLeast: 9, aim: true }] })).toBe(false);
  expect(misses({ ...measure, limits: [{ of: 'p50', atLeast: 9 }] })).toBe(true);
});

test('drops a round with an uneven control, says so, and keeps the others', async () => {
  const given = bench();
  const control = giving('control', [100, 200, 100, 110], { control: true });
  const result = await race({
    bench: given,
    contestants: [control, giving('ours', [50, 70])],
    rounds: 2,
    steadyBy: 'rate',
  });
  expect(result.rounds('ours', 'rate')).toEqual([[70]]);
  expect(result.ratio(['ours', 'control'], 'rate')[0]?.rounds).toEqual([[0.7]]);
  expect(given.notes).toEqual(['Round 1 does not count: "control" first and last differ by more than 30 %.']);
});

test('shows all rounds as unsteady when none counts', async () => {
  const given = bench();
  const control = giving('control', [100, 200], { control: true });
  const result = await race({
    bench: given,
    contestants: [control, giving('ours', [50])],
    rounds: 1,
    steadyBy: 'rate',
  });
  expect(result.rounds('ours', 'rate')).toEqual([[50]]);
  expect(given.notes.at(-1)).toContain('UNSTEADY');
});

test('gives a wrong result no speed: noted for a peer, a failure for ours', async () => {
  const given = bench();
  const failing = (name: string, facts: Partial<Contestant> = {}): Contestant => ({
    name,
    ...facts,
    turn: () => Promise.reject(new Error('1 lost')),
  });
  const contestants = [failing('ours'), failing('peer', { peer: true }), giving('other', [5])];
  const result = await race({ bench: given, contestants, rounds: 1, steadyBy: 'rate' });
  expect(given.wrongs).toEqual(['ours, round 1: 1 lost']);
  expect(given.notes).toEqual(['peer took no part in round 1: 1 lost']);
  expect(result.measure('ours', 'rate', 'runs/s')).toEqual([]);
  expect(result.ratio(['ours', 'other'], 'rate')).toEqual([]);
});

test('keeps pairs together where one of both missed a round', () => {
  const turn = (name: string, rate: number): { name: string; figures: { rate: number } } => ({
    name,
    figures: { rate },
  });
  const result = new Race([[turn('ours', 10)], [turn('ours', 20), turn('peer', 5)]]);
  expect(result.ratio(['ours', 'peer'], 'rate')[0]?.rounds).toEqual([[4]]);
});

test('lets --only choose, and always keeps controls', () => {
  const all = [giving('control', [1], { control: true }), giving('ours, FULL', [1]), giving('BullMQ', [1])];
  expect(chosen(all, ['ours']).map(({ name }) => name)).toEqual(['control', 'ours, FULL']);
  expect(chosen(all, [])).toHaveLength(3);
});

test('reads names and options, and refuses a number that is none', () => {
  expect(asked(['S1', '--rounds', '2', '--only', 'ours,pg', 'S2'])).toEqual({
    names: ['S1', 'S2'],
    options: { rounds: 2, count: null, full: false, only: ['ours', 'pg'] },
  });
  expect(() => asked(['--count', '0'])).toThrow('--count');
});

test('draws near values to scale and far ones on a logarithmic axis', () => {
  const near = axisOf([50, 100], false);
  expect(near.logarithmic).toBe(false);
  expect(near.at(50)).toBeCloseTo(near.at(100) / 2, 5);
  const far = axisOf([1, 10_000], false);
  expect(far.logarithmic).toBe(true);
  expect(far.at(1)).toBeGreaterThan(0);
  expect(far.at(10_000)).toBeCloseTo(98, 5);
  expect([figure(12_345), figure(123.4), figure(1.234), figure(Number.NaN)]).toEqual([
    '12\u202f345',
    '123',
    '1.23',
    '–',
  ]);
});
