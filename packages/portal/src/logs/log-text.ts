/** The output of an attempt as the bytes it wrote: whole, or one range of them (RFC 9110, 14). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LogReader } from 'job-trigger-core';
import { rangeOf, type Span } from '../range.ts';

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
  // Whatever a job printed: opened by itself in a browser it may do nothing.
  void reply
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('cache-control', 'private, no-store');
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
