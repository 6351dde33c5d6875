interface PageQuery {
  /** As a number or its text. */
  readonly limit?: unknown;
  readonly cursor?: string | undefined;
}
interface PageOf<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
  readonly limit: number;
}

/**
 * A page that is full unless the list has ended. The server looks through so many rows for a page and no further, so that
 * with a filter a page may be short, even empty, with others behind it: those are asked for until there is as much as was
 * wanted, and nobody is told that there is none, or no more, before it is so.
 *
 * @param list asks for one page
 * @param query as for one page; how much is wanted when it says no `limit` is the server's to say
 * @param signal once aborted, no further page is asked for, and its reason is thrown
 */
export async function filledPage<Query extends PageQuery, Page extends PageOf<unknown>>(
  list: (query: Query) => Promise<Page>,
  query: Query,
  signal?: AbortSignal,
): Promise<Page> {
  const first = await list(query);
  const items = [...first.items];
  let { next_cursor: cursor } = first;
  while (items.length < first.limit && cursor !== null) {
    signal?.throwIfAborted();
    const page = await list({ ...query, limit: first.limit - items.length, cursor });
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return { ...first, items, next_cursor: cursor };
}
