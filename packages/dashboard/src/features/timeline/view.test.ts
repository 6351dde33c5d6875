import { expect, test } from 'vitest';
import { leftOutText, spanOf } from './view.ts';

const at = Date.parse('2027-03-28T12:00:00Z');
const shown = (view: Parameters<typeof spanOf>[0], zone = 'Europe/Berlin'): readonly string[] => {
  const { from, to } = spanOf(view, { at, hours: 24, zone });
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};

test('a day, a week and a month are whole days of the zone, also where clocks change', () => {
  expect(shown('day')).toEqual(['2027-03-27T23:00:00.000Z', '2027-03-28T22:00:00.000Z']);
  expect(shown('week')).toEqual(['2027-03-21T23:00:00.000Z', '2027-03-28T22:00:00.000Z']);
  expect(shown('month')).toEqual(['2027-03-21T23:00:00.000Z', '2027-04-25T22:00:00.000Z']);
});

test('lanes and agenda are as long as the zoom says, and lie around the instant', () => {
  expect(shown('lanes', 'UTC')).toEqual(['2027-03-28T03:36:00.000Z', '2027-03-29T03:36:00.000Z']);
  expect(shown('agenda', 'UTC')).toEqual(['2027-03-28T11:00:00.000Z', '2027-03-29T11:00:00.000Z']);
  expect(shown('heat', 'UTC')).toEqual(['2027-03-14T12:00:00.000Z', '2027-04-11T12:00:00.000Z']);
});

test('what a drawing leaves out is said', () => {
  expect(leftOutText({ stretch_seconds: null, left_out: 0 })).toBe('');
  expect(leftOutText({ stretch_seconds: 259_200, left_out: 4 })).toBe(
    ' Counted by stretches of 3 d; zoom in for single runs. 4 more jobs have no lane here; filter to see them.',
  );
});
