import { expect, test } from 'vitest';
import { messageAt, wordsOfPath } from './field-errors.ts';

test.each([
  ['name', 'Name'],
  ['config.script', 'Script'],
  ['config.working_dir', 'Working dir'],
  ['schedules.0.times.1', 'Schedule 1, times'],
  ['schedules.2', 'Schedule 3'],
  ['schedule.times.1', 'Times'],
  ['parameters.1.name', 'Parameter 2, name'],
  ['retry.delay_seconds', 'Retry delay seconds'],
])('%s is called “%s”', (path, words) => {
  expect(wordsOfPath(path)).toBe(words);
});

test('a field tells what is said of its parts', () => {
  const errors = { 'schedules.0.times.1': 'is no time', 'schedules.0.timezone': 'is no zone', name: 'is taken' };
  expect(messageAt(errors, 'schedules.0.times')).toBe('is no time');
  expect(messageAt(errors, 'schedules.0')).toBe('is no time is no zone');
  expect(messageAt(errors, 'schedules')).toBe('is no time is no zone');
  expect(messageAt(errors, 'config')).toBeUndefined();
});
