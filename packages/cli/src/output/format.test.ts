import { describe, expect, test } from 'vitest';
import { formatted } from './format.ts';

const page = {
  items: [
    { id: 'a', name: 'nightly, "big"', tags: ['db'], next_due_at: null },
    { id: 'b', name: "=cmd|'/c calc'!A1", tags: [], next_due_at: '2026-11-26T01:00:00Z' },
  ],
  next_cursor: null,
  limit: 50,
};

describe('output for machines', () => {
  test('json is the whole answer; with fields its items are narrowed, the page stays', async () => {
    expect(JSON.parse(await formatted(page, 'json', null))).toEqual(page);
    expect(JSON.parse(await formatted(page, 'json', ['name', 'id']))).toEqual({
      ...page,
      items: page.items.map(({ id, name }) => ({ name, id })),
    });
  });
  test('jsonl is an object a line', async () => {
    expect(await formatted(page, 'jsonl', ['id'])).toBe('{"id":"a"}\n{"id":"b"}\n');
    expect(await formatted({ id: 'x' }, 'jsonl', null)).toBe('{"id":"x"}\n');
  });
  test('csv quotes, keeps the order of the fields, and disarms formulas (SEC-C10)', async () => {
    expect(await formatted(page, 'csv', ['name', 'next_due_at', 'tags'])).toBe(
      'name,next_due_at,tags\r\n"nightly, ""big""",,"[""db""]"\r\n\'=cmd|\'/c calc\'!A1,2026-11-26T01:00:00Z,[]\r\n',
    );
    expect(await formatted({ items: [] }, 'csv', null)).toBe('');
  });
  test('a negative number is no formula', async () => {
    expect(await formatted({ value: -1 }, 'csv', null)).toBe('value\r\n-1\r\n');
  });
  test('name is one name a line, the id where there is none', async () => {
    expect(
      await formatted(
        {
          items: [
            { id: 'r', state: 'failed' },
            { name: 'n', id: 'j' },
          ],
        },
        'name',
        null,
      ),
    ).toBe('r\nn\n');
  });
  test('yaml reads back', async () => {
    expect(await formatted({ id: 'a', on: 'yes' }, 'yaml', null)).toBe('id: a\non: yes\n');
  });
  test('an unknown field is refused with those that there are', async () => {
    await expect(formatted(page, 'json', ['nmae'])).rejects.toThrow(
      expect.objectContaining({ status: 2, fix: 'Choose from: id, name, next_due_at, tags' }),
    );
    expect(await formatted({ items: [] }, 'json', ['anything'])).toContain('[]');
  });
});
