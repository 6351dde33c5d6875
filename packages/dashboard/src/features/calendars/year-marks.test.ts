import { describe, expect, test } from 'vitest';
import { draftOf, inputOf, newDraft, withHolidays } from './calendar-draft.ts';
import { marksOf } from './year-marks.ts';

describe('marks of a year', () => {
  test('are whole days of holidays and parts of half days, each year where no year stands', () => {
    const draft = {
      ...newDraft('holiday'),
      holidays: [
        { date: '2027-12-25', name: 'Christmas Day' },
        { date: '12-24', name: 'Eve', closed_from: '12:00' },
        { date: '2026-01-01', name: 'Another year' },
      ],
    };
    expect([...marksOf(draft, 2027)]).toEqual([
      ['2027-12-25', { size: 'whole', names: ['Christmas Day'] }],
      ['2027-12-24', { size: 'part', names: ['Eve, from 12:00'] }],
    ]);
  });
  test('hold the days off where they are closed', () => {
    const marks = marksOf({ ...newDraft('holiday'), closeDaysOff: true }, 2027);
    expect(marks.size).toBe(104);
    expect(marks.get('2027-01-02')).toEqual({ size: 'whole', names: ['Day off'] });
  });
  test('hold ranges in the zone, weekly windows across midnight, and the turn of the year', () => {
    const draft = {
      ...newDraft('blackout'),
      timezone: 'Europe/Berlin',
      ranges: [{ name: 'Freeze', from: '2027-03-29T22:00:00Z', to: '2027-03-31T10:00:00Z' }],
      weekly: [{ name: 'Night', weekdays: [7], from: '22:00', to: '02:00' }],
      yearly: [{ name: 'Year end', from: '12-31T12:00', to: '01-02T06:00' }],
    };
    const marks = marksOf(draft, 2027);
    expect(marks.get('2027-03-29')).toEqual({ size: 'part', names: ['Night'] });
    expect(marks.get('2027-03-30')).toEqual({ size: 'whole', names: ['Freeze'] });
    expect(marks.get('2027-03-31')).toEqual({ size: 'part', names: ['Freeze'] });
    expect(marks.get('2027-01-01')).toEqual({ size: 'whole', names: ['Year end'] });
    expect(marks.get('2027-12-31')).toMatchObject({ size: 'part' });
  });
});

test('a draft goes out as the contract names it, and comes back as it was', () => {
  const draft = {
    ...newDraft('holiday'),
    name: ' Office ',
    holidays: [{ date: '12-24', name: 'Eve', closed_from: null }],
  };
  const input = inputOf(draft);
  expect(input).toMatchObject({ name: 'Office', description: null, working_weekdays: null, close_days_off: false });
  const answer = { ...input, id: 'x', version: 1, entries: 1, used_by: 0, users: [], created_at: '', updated_at: '' };
  expect(draftOf(answer as never)).toMatchObject({ ...draft, name: 'Office' });
});

test('a date that is there keeps one entry', () => {
  const before = [{ date: '2027-12-25', name: 'Old' }];
  expect(
    withHolidays(before, [
      { date: '2027-12-25', name: 'New' },
      { date: '2027-01-01', name: 'First' },
    ]),
  ).toEqual([
    { date: '2027-01-01', name: 'First' },
    { date: '2027-12-25', name: 'New' },
  ]);
});
