/** One range of bytes, as a `Range` header asks for it (RFC 9110, 14). */
import { JobTriggerError } from 'job-trigger-core';

export interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * What a `Range` asks of `size` bytes. Null asks for all: without the header, in another unit, and for several ranges,
 * which a server may answer whole.
 *
 * @throws `range_not_satisfiable` when no byte of it is there
 */
export function rangeOf(header: string | undefined, size: number, what = 'output'): Span | null {
  const span = spanOf(header ?? '', size);
  if (span !== null && span.from >= span.to)
    throw new JobTriggerError('range_not_satisfiable', `The ${what} has ${size} bytes.`, { size });
  return span;
}

/** As it is written: from a byte on, up to one, or the last so many. Null for what counts as no range. */
function spanOf(header: string, size: number): Span | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (first === '') return last === '' ? null : { from: Math.max(0, size - Number(last)), to: size };
  if (last === '') return { from: Number(first), to: size };
  return Number(last) < Number(first) ? null : { from: Number(first), to: Math.min(size, Number(last) + 1) };
}
