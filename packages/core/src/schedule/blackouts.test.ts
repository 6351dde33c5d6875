import { expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../model/instant.ts';
import { toUuid } from '../model/id.ts';
import * as factories from '../testing/factories.ts';
import { blackoutAt, windowsIn } from './blackouts.ts';
import { nobody, resolveSpec } from './resolve.ts';

const at = (text: string): number => parseInstant(text) ?? Number.NaN;
const hourMs = 3_600_000;

const content = factories.blackout({
  timezone: 'America/New_York',
  ranges: [{ name: 'Move', from: at('2027-03-12T00:00:00Z'), to: at('2027-03-12T06:30:00Z') }],
  weekly: [
    { name: 'Night', weekdays: [6, 7], from: '22:00', to: '03:00' },
    { name: 'Whole Monday', weekdays: [1], from: '00:00', to: '00:00' },
  ],
  yearly: [{ name: 'Turn', from: '12-30T12:00', to: '01-02T00:00' }],
});

test.each([
  ['2027-03-01T00:00:00Z', '2027-03-29T00:00:00Z'],
  ['2027-10-25T05:00:00Z', '2027-11-15T00:00:00Z'],
  ['2026-12-25T00:00:00Z', '2027-01-05T00:00:00Z'],
])('windows from %s to %s are those that hold an instant', (from, to) => {
  const calendar = factories.calendar({ name: 'Windows', content });
  const spec = resolveSpec(
    { kind: 'hourly', minute: 0, timezone: 'UTC', calendars: [toUuid(calendar)] },
    [calendar],
    nobody,
  );
  const windows = windowsIn(content, { from: at(from), to: at(to), limit: 500 });
  const differing: string[] = [];
  for (let instant = at(from); instant < at(to); instant += hourMs / 2) {
    const inside = windows.some((window) => instant >= window.from && instant < window.to);
    if (inside !== (blackoutAt(spec, instant) !== null)) differing.push(formatInstant(instant));
  }
  expect(differing).toEqual([]);
});

test('windows are named, ordered, and no more than asked for of each sort', () => {
  const span = { from: at('2027-03-11T00:00:00Z'), to: at('2027-03-17T00:00:00Z') };
  expect(windowsIn(content, { ...span, limit: 500 }).map(({ name }) => name)).toEqual([
    'Move',
    'Night',
    'Night',
    'Whole Monday',
  ]);
  expect(windowsIn(content, { ...span, limit: 1 }).map(({ name }) => name)).toEqual(['Move', 'Night']);
});
