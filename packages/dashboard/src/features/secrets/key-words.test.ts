import type { InstallationKeyState } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { adviceOn } from './key-words.ts';

const state = (rest: Partial<InstallationKeyState>): InstallationKeyState => ({
  key_id: 'a1',
  source: 'file',
  former_keys: 0,
  to_reseal: 0,
  hosts: ['one'],
  problem: null,
  ...rest,
});

test.each([
  ['a file', {}, 'Draw a new key', 1, false],
  ['a file, on two machines', { hosts: ['one', 'two'] }, 'Draw a new key', 1, true],
  ['a rotation that broke off', { former_keys: 1, to_reseal: 7 }, 'Go on', 0, false],
  ['a rotation that broke off at its end', { former_keys: 1 }, 'Go on', 0, false],
  ['the settings', { source: 'settings' as const }, null, 3, false],
  [
    'the settings, with a former key',
    { source: 'settings' as const, former_keys: 1, to_reseal: 7 },
    'Seal anew',
    0,
    false,
  ],
  ['the settings, without the former key', { source: 'settings' as const, to_reseal: 7 }, null, 1, false],
  ['no key', { key_id: null, problem: 'There is no key.' }, null, 0, false],
] as const)('of %s it is said what comes first, and what can be done', (_, rest, verb, steps, warns) => {
  const advice = adviceOn(state(rest));
  expect([advice.verb, advice.steps.length, advice.warning !== null]).toEqual([verb, steps, warns]);
});
