import { expect, test } from 'vitest';
import { progressOf } from './progress.ts';

const started_at = '2026-03-01T12:00:00Z';
const after = (seconds: number): number => Date.parse(started_at) + seconds * 1000;
const told = (fraction: number | null, message: string | null) => ({ fraction, message, at: started_at });

test('what the job reports comes before any guess', () => {
  expect(progressOf({ started_at, usual_seconds: 100, progress: told(0.42, 'loading rows') }, after(1))).toEqual({
    kind: 'reported',
    percent: 42,
    text: '42 %, loading rows',
  });
});

test('a guess says that it is one and never reaches the end', () => {
  expect(progressOf({ started_at, usual_seconds: 100, progress: null }, after(50))).toMatchObject({
    kind: 'estimated',
    percent: 50,
    over: false,
  });
  expect(progressOf({ started_at, usual_seconds: 100, progress: null }, after(5000))).toMatchObject({
    kind: 'estimated',
    percent: 95,
    over: true,
  });
});

test('without either only the time passed is told', () => {
  expect(progressOf({ started_at, usual_seconds: null, progress: null }, after(65))).toEqual({
    kind: 'unknown',
    text: 'Running for 1 m 05 s',
  });
});

test('a run that has not started has none', () => {
  expect(progressOf({ started_at: null, usual_seconds: 100, progress: null }, after(65))).toBeNull();
});
