import { ProblemError, type Problem } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { toldByField, wordsOf } from './problem.ts';

const message = "'9.30' is no time of day";
const problemAt = (path: string): Problem => ({
  type: 'about:blank',
  title: 'The schedule is wrong',
  status: 422,
  code: 'schedule_invalid',
  detail: `${path}: ${message}`,
  request_id: '',
  errors: [{ path, message, code: 'invalid' }],
});

test.each([
  ['schedule.times.1', `Times: ${message}`],
  ['schedules.0.times.1', `Schedule 1, times: ${message}`],
])('what is wrong at %s is told once and with its field in words', (path, told) => {
  expect(toldByField(problemAt(path))).toBe(told);
  expect(wordsOf(new ProblemError(problemAt(path))).text).toBe(told);
});
