import { describe, expect, test } from 'vitest';
import { auditWithoutTraces, storedWithoutTraces, withoutTraces, type Traces } from './erasure.ts';

const traces: Traces = {
  personId: 12,
  uuid: '019a0000-0000-7000-8000-00000000000c',
  email: 'al@example.org',
  names: ['Al', 'Al Former'],
};

describe('taking a person out', () => {
  test.each([
    ['Al', 'erased person'],
    ['deploy (key of Al Former)', 'deploy (key of erased person)'],
    ['Resolved by Al.', 'Resolved by erased person.'],
    ['Al owns it.', 'erased person owns it.'],
    [
      'write to AL@example.org or to 019a0000-0000-7000-8000-00000000000c',
      'write to erased person or to erased person',
    ],
    ['Also by Alan. All of Al’s', 'Also by Alan. All of Al’s'],
  ])('of the text %s leaves %s', (text, left) => {
    expect(withoutTraces(text, traces)).toBe(left);
  });

  test('of JSON takes names and ids where they are that, and leaves numbers that count', () => {
    const changes = [
      { field: 'owner', before: null, after: 12 },
      { field: 'slots', before: 12, after: 13 },
      { field: 'list', before: ['Al', 'Bo'], after: { owner_id: 12, twelve: 12 } },
    ];
    expect(JSON.parse(storedWithoutTraces(JSON.stringify(changes), traces))).toEqual([
      { field: 'owner', before: null, after: null },
      { field: 'slots', before: 12, after: 13 },
      { field: 'list', before: ['erased person', 'Bo'], after: { owner_id: null, twelve: 12 } },
    ]);
    for (const same of ['{ "spaced" : 1 }', '[broken', '{"a":"Also"}'])
      expect(storedWithoutTraces(same, traces)).toBe(same);
  });

  test('of a row of the audit leaves what was done, when, and by which way', () => {
    const who = { personId: 12, name: 'Al', via: 'api', address: '192.0.2.1', requestId: 'r', keyId: 7 } as const;
    const subject = { kind: 'person', id: traces.uuid, name: 'Al' } as const;
    const changes = JSON.stringify([{ field: 'name', before: 'Aloysius', after: 'Al' }]);
    expect(auditWithoutTraces({ who, subject, changes }, traces)).toEqual({
      who: { personId: null, name: 'erased person', via: 'api', address: null, requestId: 'r', keyId: null },
      subject: { kind: 'person', id: null, name: 'erased person' },
      changes: JSON.stringify([{ field: 'name', before: 'erased person', after: 'erased person' }]),
    });
    const other = {
      who: { ...who, personId: 3, name: 'Bo' },
      subject: { ...subject, id: null, name: 'Bo' },
      changes: '[]',
    };
    expect(auditWithoutTraces(other, traces)).toBeNull();
  });
});
