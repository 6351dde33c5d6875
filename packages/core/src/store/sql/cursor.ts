/** Opaque positions of keyset paging: the key of the last row, as base64url of JSON. */
import { JobTriggerError } from '../../errors.ts';
import type { Page } from '../job-tables.ts';

export type CursorKey = readonly (number | string)[];

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Reads a position made by {@link encodeCursor}; null and absent are the beginning.
 *
 * @param shape one example of each part: a number or a text is expected where it has one
 * @throws {JobTriggerError} `malformed` when it is not one of ours
 */
export function decodeCursor<Key extends CursorKey>(cursor: string | null | undefined, shape: Key): Key | null {
  if (cursor === null || cursor === undefined) return null;
  const key = parse(cursor);
  const fits =
    Array.isArray(key) && key.length === shape.length && shape.every((part, index) => isLike(part, key[index]));
  if (!fits)
    throw new JobTriggerError('malformed', 'The position of the page is not one that this server gave out.', {
      fields: [{ path: 'cursor', message: 'must be the next_cursor of the page before' }],
    });
  return key as unknown as Key;
}

/** Of the same type, and something that both databases can hold. */
function isLike(part: number | string, found: unknown): boolean {
  if (typeof part === 'number') return Number.isSafeInteger(found);
  return typeof found === 'string' && !found.includes('\0');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** A page of `limit` out of up to `limit + 1` rows read: one more than asked for says that there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { key, item }: { readonly key: (row: Row) => CursorKey; readonly item: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null };
}
