/**
 * Identity inside and outside.
 *
 * Inside, an id is one integer below 2^53, drawn in blocks from a counter in the database, so that it is known before
 * its row is written. Outside it is a UUIDv7 (RFC 9562) made of the row's `created_at` (48 bits) and that integer (the
 * lowest 53 bits; the other free bits are zero). No second column or index is needed, and for a partitioned table the
 * time inside the id finds the partition.
 */
import type { Instant } from './instant.ts';

/** The number a row is known by inside. */
export type Id = number;

/** Both halves of an outside id. */
export interface Reference {
  readonly id: Id;
  readonly createdAt: Instant;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The UUIDv7 of a row. @throws RangeError when `id` is no integer in [0, 2^53). */
export function toUuid({ id, createdAt }: Reference): string {
  if (!Number.isSafeInteger(id) || id < 0) throw new RangeError(`not an id: ${id}`);
  const time = createdAt.toString(16).padStart(12, '0');
  const high = 0x8000 + Math.floor(id / lowest48);
  const low = (id % lowest48).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-${high.toString(16)}-${low}`;
}

const lowest48 = 2 ** 48;

/** Reads an id made by {@link toUuid}; null for anything else, other UUIDs included. */
export function fromUuid(text: string): Reference | null {
  const lower = text.toLowerCase();
  if (!uuid.test(lower)) return null;
  const createdAt = Number.parseInt(lower.slice(0, 8) + lower.slice(9, 13), 16);
  const tail = BigInt(`0x${lower.slice(19, 23)}${lower.slice(24)}`) & ((1n << 62n) - 1n);
  if (lower.slice(14, 18) !== '7000' || tail >= 1n << 53n) return null;
  return { id: Number(tail), createdAt };
}

/** Hands out drawn ids, one a call. @throws RangeError when more are asked for than were drawn */
export function drawing(ids: readonly Id[]): () => Id {
  let used = 0;
  return () => {
    const id = ids[used++];
    if (id === undefined) throw new RangeError('more ids are asked for than were drawn');
    return id;
  };
}
