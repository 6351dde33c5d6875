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
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return null;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (from >= to) throw new JobTriggerError('range_not_satisfiable', `The output has ${size} bytes.`, { size });
  return { from, to };
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
    const { bytes: size = 0, complete = false } = (await reader?.state()) ?? {};
    // A growing output has no lasting name, so that a range can be tied to one only after the end.
    const tag = complete ? `"${size}"` : null;
    if (tag !== null) void reply.header('etag', tag);
    const asked = request.headers['if-range'];
    const applies = asked === undefined || asked === tag;
    void reply.header('content-range', `bytes */${size}`);
    const range = applies ? rangeOf(request.headers.range, size) : null;
    const span = range ?? { from: 0, to: size };
    if (range === null) void reply.removeHeader('content-range');
    else void reply.code(206).header('content-range', `bytes ${range.from}-${range.to - 1}/${size}`);
    if (reader === null) return reply.send('') as never;
    void reply.header('content-length', span.to - span.from);
    return reply.send(Readable.from(piecesOf(reader, span), { objectMode: false })) as never;
  } catch (error) {
    await reader?.close();
    throw error;
  }
}
