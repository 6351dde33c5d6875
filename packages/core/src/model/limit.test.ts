import { describe, expect, test } from 'vitest';
import { Rooms, type Limit, type LimitKind, type Limited } from './limit.ts';

const limit = (kind: LimitKind, name: string, slots: number | null, pausedAt: number | null = null): Limit => ({
  kind,
  name,
  slots,
  pausedAt,
  note: null,
  changedAt: 0,
  changedBy: 'Mei',
});
const run = (overrides: Partial<Limited> = {}): Limited => ({
  queue: 'default',
  locks: [],
  person: null,
  ...overrides,
});

describe('the room for more runs', () => {
  test('is without bound where nothing limits them', () => {
    expect(new Rooms([], []).roomFor(run())).toBe(Infinity);
  });

  test('is that of the narrowest limit', () => {
    const limits = [
      limit('system', '', 9),
      limit('queue', 'default', 5),
      limit('person', '', 3),
      limit('lock', 'a', 2),
    ];
    const rooms = new Rooms(limits, [{ ...run({ person: 7 }), count: 1 }]);
    expect(rooms.roomFor(run())).toBe(4);
    expect(rooms.roomFor(run({ person: 7 }))).toBe(2);
    expect(rooms.roomFor(run({ person: 8 }))).toBe(3);
    expect(rooms.roomFor(run({ locks: ['a'] }))).toBe(2);
    expect(rooms.roomFor(run({ locks: ['a', 'unset'] }))).toBe(1);
    expect(rooms.roomFor(run({ queue: 'other' }))).toBe(8);
    rooms.take(run({ locks: ['unset'] }), 1);
    expect(rooms.roomFor(run({ locks: ['unset'] }))).toBe(0);
  });

  test('never falls below none, though more live than a lowered limit lets', () => {
    expect(new Rooms([limit('system', '', 2)], [{ ...run(), count: 5 }]).roomFor(run())).toBe(0);
  });

  test('of a paused queue is none', () => {
    expect(new Rooms([limit('queue', 'default', null, 5)], []).roomFor(run())).toBe(0);
  });

  test('a person may have a limit of their own, or none', () => {
    const rooms = new Rooms([limit('person', '', 1), limit('person', '7', 4), limit('person', '8', null)], []);
    expect([7, 8, 9].map((person) => rooms.roomFor(run({ person })))).toEqual([4, Infinity, 1]);
  });

  test('is kept for a run that waits for one of its locks, not for one that its queue holds back', () => {
    const rooms = new Rooms(
      [limit('queue', 'shut', 1)],
      [
        { ...run({ locks: ['a'] }), count: 1 },
        { ...run({ queue: 'shut' }), count: 1 },
      ],
    );
    rooms.keepFor(run({ queue: 'shut', locks: ['a', 'b'] }));
    expect(rooms.roomFor(run({ locks: ['b'] }))).toBe(1);
    rooms.keepFor(run({ locks: ['a', 'b'] }));
    expect(rooms.roomFor(run({ locks: ['b'] }))).toBe(0);
  });
});
