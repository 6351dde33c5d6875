import { expect, test } from 'vitest';
import { fleetOf } from './fleet.ts';

const of = (...states: ('online' | 'stale' | 'offline')[]) => states.map((state) => ({ state }));

test.each([
  [of('online', 'online'), of('online'), 'live', '2 workers'],
  [of('online', 'offline'), of('online'), 'live', '1 worker'],
  [of('online', 'stale'), of('online'), 'reconnecting', '1 silent'],
  [of('online'), of('stale'), 'reconnecting', '1 silent'],
  [of('offline'), of('online'), 'offline', 'No worker'],
  [[], of('online'), 'offline', 'No worker'],
  [of('online'), of('offline'), 'offline', 'No scheduler'],
  [[], [], 'offline', 'No scheduler'],
] as const)('workers %j and schedulers %j read as %s: %s', (workers, schedulers, kind, words) => {
  expect(fleetOf(workers, schedulers)).toMatchObject({ kind, words });
});

test('a draining worker still counts', () => {
  expect(fleetOf([{ state: 'draining' }], of('online'))).toMatchObject({ kind: 'live', words: '1 worker' });
});
