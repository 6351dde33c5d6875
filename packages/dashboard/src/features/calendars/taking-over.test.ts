import { expect, test } from 'vitest';
import { newDraft } from './calendar-draft.ts';
import { daysText, formatOf, foundText, placeName, withFile } from './taking-over.ts';

const eve = { date: '2027-12-24', name: 'Eve', closed_from: '14:00' };
const day = { date: '2027-12-25', name: 'Christmas Day', closed_from: null };
const file = { name: 'Team', holidays: [eve, day], ranges: [] };

test('a file tells what it is by its first sign', () => {
  expect(['BEGIN:VCALENDAR', ' {"a":1}', '\n[]', ''].map(formatOf)).toEqual(['ics', 'json', 'json', 'ics']);
  expect(foundText(file)).toBe('2 entries found in Team.');
  expect(foundText({ name: null, holidays: [day], ranges: [] })).toBe('1 entry found.');
});

test('a file names an empty draft and is its source; into another one its entries come in addition', () => {
  const empty = newDraft('holiday');
  expect(withFile(empty, file, 'ics')).toEqual({
    name: 'Team',
    holidays: [eve, day],
    ranges: [],
    source: { kind: 'ics' },
  });
  const begun = { ...empty, name: 'Ours', holidays: [{ date: '2027-01-01', name: 'New Year' }] };
  expect(withFile(begun, file, 'json')).toMatchObject({ name: 'Ours', source: null });
  expect(withFile(begun, file, 'json').holidays).toHaveLength(3);
});

test('a country and its region are named as far as they are known', () => {
  const places = { countries: [{ code: 'DE', name: 'Germany' }], regions: [{ code: 'BY', name: 'Bavaria' }] };
  expect(placeName(places, 'DE', 'BY')).toBe('Germany, Bavaria');
  expect(placeName(places, 'DE', null)).toBe('Germany');
  expect(placeName({ countries: [], regions: [] }, 'XX', 'YY')).toBe('XX');
});

test('the days of the first year are listed, half days with their hour', () => {
  expect(daysText({ items: [eve, day, { ...day, date: '2028-12-25' }] }, { from: 2027, to: 2028 })).toBe(
    '3 days from 2027 to 2028. In 2027: 12-24 Eve from 14:00, 12-25 Christmas Day',
  );
});
