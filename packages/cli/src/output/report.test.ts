import { JobTriggerError } from 'job-trigger-core';
import { expect, test } from 'vitest';
import { reportFailure } from './report.ts';

function saidOf(error: unknown): string {
  let said = '';
  const terminal = {
    stdout: { write: () => undefined },
    stderr: { write: (text: string) => (said += text) },
    env: {},
    cwd: '/',
    readStdin: () => Promise.resolve(''),
  };
  reportFailure(terminal, error, false);
  return said;
}

test.each(['name: is taken', 'name (from job.yaml): is taken.'])(
  'what "%s" says already is not told again',
  (words) => {
    const fields = [{ path: 'name', message: 'is taken' }];
    expect(saidOf(new JobTriggerError('invalid', words, { fields }))).toBe(`error: ${words}\n`);
  },
);

test('fields that the message does not name are told, each on its line', () => {
  const fields = [
    { path: 'name', message: 'is taken' },
    { path: 'retry', message: 'is no object' },
  ];
  expect(saidOf(new JobTriggerError('invalid', '2 fields are wrong.', { fields }))).toBe(
    'error: 2 fields are wrong.\ncause: name: is taken\ncause: retry: is no object\n',
  );
});
