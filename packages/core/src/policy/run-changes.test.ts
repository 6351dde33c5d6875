import { expect, test } from 'vitest';
import { changesBetween } from './run-changes.ts';

const run = { jobVersion: 3, workerName: 'w1', parameters: { day: 1 }, scriptHash: 'a1' };

test('names what is not as it was, the content of the script too', () => {
  expect(changesBetween(run, run)).toEqual({ version: null, worker: null, script: null, parameters: [] });
  const after = { jobVersion: 4, workerName: 'w2', parameters: { day: 2, deep: true }, scriptHash: 'b2' };
  expect(changesBetween(run, after)).toEqual({
    version: { from: 3, to: 4 },
    worker: { from: 'w1', to: 'w2' },
    script: { from: 'a1', to: 'b2' },
    parameters: ['day', 'deep'],
  });
});

test('says nothing of a script that one of them did not tell of', () => {
  expect(changesBetween({ ...run, scriptHash: null }, run).script).toBeNull();
  expect(changesBetween(null, run)).toEqual({ version: null, worker: null, script: null, parameters: [] });
});
