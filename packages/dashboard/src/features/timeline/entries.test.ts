import { expect, test } from 'vitest';
import { mostTelling, type Entry } from './entries.ts';

const entry = (at: number, failed: number): Entry => ({
  key: String(at),
  at,
  until: at + 1,
  job: 0,
  jobId: '',
  jobName: '',
  group: failed > 0 ? 'failed' : 'succeeded',
  kind: 'run',
  words: '',
  runId: null,
  sums: { runs: 1, failed, skipped: 0, due: 0 },
});
const day = [0, 1, 2, 3, 4, 5].map((at) => entry(at, at >= 4 ? 1 : 0));

test('a late failure is listed before what went well, in the order of time', () => {
  expect(mostTelling(day, 3).map(({ at }) => at)).toEqual([0, 4, 5]);
  expect(mostTelling(day, 1).map(({ at }) => at)).toEqual([4]);
  expect(mostTelling(day, 10)).toEqual(day);
});
