/** Reads the body of an answer: decompressed, and no more than is kept. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { zlib } from './node-http.ts';

/** Of the decompressed body; a compressed bomb ends here too. */
export const keptBodyBytes = 1024 * 1024;

export interface Body {
  readonly bytes: number;
  /** The other side had more to say. */
  readonly cut: boolean;
}

/**
 * Gives each piece to `take` until the end or until `most` bytes were given, {@link keptBodyBytes} when absent.
 * @throws what the stream fails with, such as a broken chunk or a broken compression
 */
export async function readBody(
  response: IncomingMessage,
  take: (piece: Buffer) => void,
  most = keptBodyBytes,
): Promise<Body> {
  const stream = decompressed(response);
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const piece = chunk as Buffer;
      const room = most - bytes;
      take(piece.subarray(0, room));
      bytes += Math.min(piece.length, room);
      if (piece.length > room) return { bytes, cut: true };
    }
    return { bytes, cut: false };
  } finally {
    stream.destroy();
    response.destroy();
  }
}

function decompressed(response: IncomingMessage): Readable {
  const decoder = decoderOf(response.headers['content-encoding']?.trim().toLowerCase());
  if (decoder === null) return response;
  response.on('error', (error) => decoder.destroy(error));
  // An answer that ends in mid-body closes without `end`; the decoder would wait for the rest for ever.
  response.on('aborted', () =>
    decoder.destroy(Object.assign(new Error('The answer broke off.'), { code: 'ECONNRESET' })),
  );
  return response.pipe(decoder);
}

function decoderOf(encoding: string | undefined): (NodeJS.ReadWriteStream & Readable) | null {
  if (encoding === 'gzip' || encoding === 'x-gzip') return zlib().createGunzip();
  if (encoding === 'deflate') return zlib().createInflate();
  return encoding === 'br' ? zlib().createBrotliDecompress() : null;
}
