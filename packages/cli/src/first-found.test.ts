import { expect, test } from 'vitest';
import { firstFound } from './first-found.ts';

/** A list of pages, of which only the last ends it. */
function listOf(pages: readonly (readonly string[])[]) {
  const asked: unknown[] = [];
  const listJobs = ({ query }: { readonly query?: { readonly cursor?: string } } = {}) => {
    asked.push(query);
    const at = Number(query?.cursor ?? 0);
    const items = (pages[at] ?? []).map((name) => ({ name }));
    return Promise.resolve({ items, next_cursor: at + 1 < pages.length ? String(at + 1) : null });
  };
  return { asked, client: { listJobs } as unknown as Parameters<typeof firstFound>[0] };
}

test('pages that found nothing are gone past, with the same filter, to the first that did', async () => {
  const { asked, client } = listOf([[], [], ['nightly'], ['more']]);
  const page = await firstFound(client, { type: 'http' });
  expect(page.items.map(({ name }) => name)).toEqual(['nightly']);
  expect(page.next_cursor).toBe('3');
  expect(asked).toEqual([{ type: 'http' }, { type: 'http', cursor: '1' }, { type: 'http', cursor: '2' }]);
});

test('an empty list is empty, and a page with something in it is the only one asked for', async () => {
  expect((await firstFound(listOf([[]]).client, {})).items).toEqual([]);
  const { asked, client } = listOf([['nightly'], ['more']]);
  await firstFound(client, {});
  expect(asked).toHaveLength(1);
});
