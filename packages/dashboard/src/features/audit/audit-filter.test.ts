import { expect, test } from 'vitest';
import { actionChoices, exportAddress, filterOf, isNarrowed, queryOf, valueText } from './audit-filter.ts';

test('an address narrows the list and the file alike', () => {
  const filter = filterOf({ who: 'Mei', via: 'page', action: 'job.*', from: '2026-11-26T09:00', subject: 7, to: '' });
  expect(queryOf(filter)).toEqual({
    who: 'Mei',
    via: 'page',
    action: 'job.*',
    subject: '7',
    since: '2026-11-26T09:00:00.000Z',
  });
  expect(exportAddress(filter, 'csv')).toBe(
    '/api/audit?who=Mei&via=page&action=job.*&subject=7&since=2026-11-26T09%3A00%3A00.000Z&format=csv',
  );
  expect(queryOf(filterOf({ via: 'moon', from: 'never' }))).toEqual({});
  expect([isNarrowed(filterOf({})), isNarrowed(filter)]).toEqual([false, true]);
});

test('actions are chosen alone or as a group', () => {
  const told = ['job.created', 'job.changed', 'backup.made'].map((action) => ({ action, text: '' }));
  expect(actionChoices(told).map(({ value }) => value)).toEqual(['job.*', 'job.created', 'job.changed', 'backup.made']);
});

test('values read as people write them', () => {
  expect([null, '', 'a', ['x', 'y'], [], 5, true, { a: 1 }].map(valueText)).toEqual([
    '—',
    '(empty)',
    'a',
    'x, y',
    '(none)',
    '5',
    'true',
    '{"a":1}',
  ]);
});
