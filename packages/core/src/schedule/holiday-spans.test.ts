import { expect, test } from 'vitest';
import type { ScheduleSpec } from '../model/schedule.ts';
import { factories } from '../testing/index.ts';
import { holidaySpans } from './holiday-spans.ts';

const hour = 3_600_000;
const at = (text: string): number => Date.parse(text);
const daily: ScheduleSpec = { kind: 'daily', times: ['09:00'], timezone: 'America/New_York' };
const withDays = (...holidays: { date: string; name: string; closedFrom?: string }[]): ScheduleSpec => ({
  ...daily,
  resolved: [factories.calendar({ name: 'Office', content: factories.holidays({ holidays }) })],
});
const span = { from: at('2027-03-13T05:00Z'), to: at('2027-03-15T04:00Z'), limit: 10 };

test('a holiday closes a day of the wall clock, which a clock change makes shorter', () => {
  const [day] = holidaySpans(withDays({ date: '2027-03-14', name: 'Pi' }), span);
  expect(day).toEqual({ from: at('2027-03-14T05:00Z'), to: at('2027-03-15T04:00Z'), name: 'Pi', calendar: 'Office' });
  expect((day?.to ?? 0) - (day?.from ?? 0)).toBe(23 * hour);
});

test('half a day is closed from its hour on', () => {
  const half = withDays({ date: '03-13', name: 'Eve', closedFrom: '12:00' });
  expect(holidaySpans(half, span)).toEqual([
    { from: at('2027-03-13T17:00Z'), to: at('2027-03-14T05:00Z'), name: 'Eve', calendar: 'Office' },
  ]);
});

test('only what reaches into the span is told, up to the limit', () => {
  const many = withDays(...['12', '13', '14', '15'].map((day) => ({ date: `2027-03-${day}`, name: day })));
  expect(holidaySpans(many, span).map(({ name }) => name)).toEqual(['13', '14']);
  expect(holidaySpans(many, { ...span, limit: 1 })).toHaveLength(1);
  expect(holidaySpans(daily, span)).toEqual([]);
  expect(holidaySpans({ ...daily, holidays: ['2027-03-14'] }, span)).toMatchObject([{ name: null, calendar: null }]);
});
