import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filledPage } from './filled-page.ts';

interface Query {
  readonly limit?: number;
  readonly cursor?: string;
  readonly type?: string;
}

/** A list that looks through `stretch` of its rows a page, of which those that are not null fit. */
function listOf(rows: readonly (string | null)[], stretch: number) {
  const asked: Query[] = [];
  const list = (query: Query) => {
    asked.push(query);
    const { limit = 50, cursor = '0' } = query;
    const items: string[] = [];
    let at = Number(cursor);
    const end = Math.min(rows.length, at + stretch);
    for (; at < end && items.length < limit; at += 1) {
      const row = rows[at] ?? null;
      if (row !== null) items.push(row);
    }
    return Promise.resolve({ items, next_cursor: at < rows.length ? String(at) : null, limit, total: rows.length });
  };
  return { asked, list };
}

test('pages that found little are gone past, with the same filter, until there is as much as was wanted', async () => {
  const { asked, list } = listOf([null, null, 'a', null, 'b', 'c', 'd'], 2);
  const page = await filledPage(list, { type: 'http', limit: 3 });
  expect(page).toEqual({ items: ['a', 'b', 'c'], next_cursor: '6', limit: 3, total: 7 });
  expect(asked).toEqual([
    { type: 'http', limit: 3 },
    { type: 'http', limit: 3, cursor: '2' },
    { type: 'http', limit: 2, cursor: '4' },
  ]);
});

test('a full page and one that ends the list are the only ones asked for', async () => {
  const full = listOf(['a', 'b', 'c'], 2);
  expect((await filledPage(full.list, { limit: 2 })).next_cursor).toBe('2');
  const ended = listOf([null], 2);
  expect((await filledPage(ended.list, {})).items).toEqual([]);
  expect([...full.asked, ...ended.asked]).toHaveLength(2);
});

test('nothing more is asked for once nobody wants it', async () => {
  const { asked, list } = listOf([null, null, null, 'a'], 1);
  const wanted = AbortSignal.abort(new Error('typed on'));
  await expect(filledPage(list, {}, wanted)).rejects.toThrow('typed on');
  expect(asked).toHaveLength(1);
});

test('page by page, whatever is looked through for each, the list is told whole, once and in order', async () => {
  const row = fc.option(fc.string({ minLength: 1, maxLength: 3 }), { nil: null });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (rows, stretch, limit) => {
        const { list } = listOf(rows, stretch);
        const told: string[] = [];
        let cursor: string | null = '0';
        while (cursor !== null) {
          const page: { items: readonly string[]; next_cursor: string | null } = await filledPage(list, {
            limit,
            cursor,
          });
          if (page.next_cursor !== null) expect(page.items).toHaveLength(limit);
          told.push(...page.items);
          cursor = page.next_cursor;
        }
        expect(told).toEqual(rows.filter((one) => one !== null));
      },
    ),
  );
});
