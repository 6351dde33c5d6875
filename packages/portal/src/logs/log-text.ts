/** The output of an attempt as the bytes it wrote: whole, or one range of them (RFC 9110, 14). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobTriggerError, type LogReader } from 'job-trigger-core';

interface Span {
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
export function rangeOf(header: string | undefined, size: number): Span | null {
  const span = spanOf(header ?? '', size);
  if (span !== null && span.from >= span.to)
    throw new JobTriggerError('range_not_satisfiable', `The output has ${size} bytes.`, { size });
  return span;
}

/** As it is written: from a byte on, up to one, or the last so many. Null for what counts as no range. */
function spanOf(header: string, size: number): Span | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (first === '') return last === '' ? null : { from: Math.max(0, size - Number(last)), to: size };
  if (last === '') return { from: Number(first), to: size };
  return Number(last) < Number(first) ? null : { from: Number(first), to: Math.min(size, Number(last) + 1) };
}

/** `If-Range`: a range of another output than the present one is not wanted. */
function isOfVersion({ headers }: FastifyRequest, tag: string | null): boolean {
  const asked = headers['if-range'];
  return asked === undefined || asked === tag;
}

/** Says in the reply's head which part of the output follows. @returns that part */
function announced(
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes: size, complete }: { readonly bytes: number; readonly complete: boolean },
): Span {
  // A growing output has no lasting name, so that a range can be tied to one only after the end.
  const tag = complete ? `"${size}"` : null;
  if (tag !== null) void reply.header('etag', tag);
  void reply.header('content-range', `bytes */${size}`);
  const range = isOfVersion(request, tag) ? rangeOf(request.headers.range, size) : null;
  if (range === null) void reply.removeHeader('content-range');
  else void reply.code(206).header('content-range', `bytes ${range.from}-${range.to - 1}/${size}`);
  return range ?? { from: 0, to: size };
}

async function* piecesOf(reader: LogReader, { from, to }: Span): AsyncGenerator<Buffer> {
  try {
    yield* reader.bytes(from, to);
  } finally {
    await reader.close();
  }
}

/**
 * Answers with the output of an attempt, a piece at a time, so that none is too long. Closes the reader.
 *
 * @param reader null when the attempt has no output yet
 * @param name of the file to save; null to show it
 * @returns the reply, in place of the answer that the endpoint's shape names
 */
export async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  reader: LogReader | null,
  name: string | null,
): Promise<never> {
  if (name !== null) void reply.header('content-disposition', `attachment; filename="${name}"`);
  void reply.type('text/plain; charset=utf-8').header('accept-ranges', 'bytes');
  try {
    const span = announced(request, reply, (await reader?.state()) ?? { bytes: 0, complete: false });
    if (reader === null) return reply.send('') as never;
    void reply.header('content-length', span.to - span.from);
    return reply.send(Readable.from(piecesOf(reader, span), { objectMode: false })) as never;
  } catch (error) {
    await reader?.close();
    throw error;
  }
}
