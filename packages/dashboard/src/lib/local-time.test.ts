import { describe, expect, test } from 'vitest';
import { instantOf, localText, shortText, weekdayText } from './time.ts';

const at = (local: string, zone: string): string => new Date(instantOf(local, zone)).toISOString();

describe('a time on the wall clock of a zone', () => {
  test.each([
    ['2026-11-26T09:00', 'Asia/Hong_Kong', '2026-11-26T01:00:00.000Z'],
    ['2026-11-26T09:00', 'UTC', '2026-11-26T09:00:00.000Z'],
    ['2026-07-01T09:00', 'America/New_York', '2026-07-01T13:00:00.000Z'],
    ['2026-12-01T09:00', 'America/St_Johns', '2026-12-01T12:30:00.000Z'],
    ['2027-03-14T01:30', 'America/New_York', '2027-03-14T06:30:00.000Z'],
    ['2027-03-14T03:30', 'America/New_York', '2027-03-14T07:30:00.000Z'],
    ['2026-01-01T00:15:30', 'Pacific/Kiritimati', '2025-12-31T10:15:30.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(at(local, zone)).toBe(instant);
  });

  test('is none without a date', () => {
    expect(instantOf('', 'UTC')).toBeNaN();
  });
});

test('a column that names its zone shows weekday and clock', () => {
  const instant = Date.parse('2026-11-25T16:30:00Z');
  expect(weekdayText(instant, 'Asia/Hong_Kong')).toBe('Thu 00:30');
  expect(weekdayText(instant, 'UTC')).toBe('Wed 16:30Z');
});

test('the year stands where it is another than now', () => {
  const instant = Date.parse('2027-07-01T07:00:00Z');
  expect(shortText(instant, 'UTC')).not.toContain('2027');
  expect(shortText(instant, 'UTC', Date.parse('2027-01-01T00:00:00Z'))).not.toContain('2027');
  expect(shortText(instant, 'UTC', Date.parse('2026-12-31T00:00:00Z'))).toContain('2027');
});

test('an instant fills a field with the reading of its zone, and comes back as itself', () => {
  const at = Date.parse('2027-07-01T10:15:30Z');
  expect(localText(at, 'Europe/Berlin')).toBe('2027-07-01T12:15:30');
  expect(instantOf(localText(at, 'Asia/Kolkata'), 'Asia/Kolkata')).toBe(at);
});

test('an instant off the minute shows its second, as those beside it would read the same', () => {
  const instant = Date.parse('2026-07-15T16:30:20Z');
  expect(weekdayText(instant, 'Asia/Hong_Kong')).toBe('Thu 00:30:20');
  expect(shortText(instant, 'UTC')).toContain('16:30:20Z');
});
