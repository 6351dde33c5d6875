import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { LogReader } from 'job-trigger-core';

const linesAtOnce = 1000;

async function* textOf(reader: LogReader): AsyncGenerator<string> {
  try {
    const { lines } = await reader.state();
    for (let fromLine = 1; fromLine <= lines; fromLine += linesAtOnce) {
      const count = Math.min(linesAtOnce, lines - fromLine + 1);
      const read = await reader.read({ fromLine, count, showAll: true });
      yield read.map((line) => `${line.text}\n`).join('');
    }
  } finally {
    await reader.close();
  }
}

/**
 * The lines as plain text, a thousand at a time, so that no output is too long. Closes the reader.
 *
 * @param name of the file to save; null to show it
 * @returns the reply, in place of the answer that the endpoint's shape names
 */
export function sendText(reply: FastifyReply, reader: LogReader, name: string | null): never {
  if (name !== null) void reply.header('content-disposition', `attachment; filename="${name}"`);
  return reply.type('text/plain; charset=utf-8').send(Readable.from(textOf(reader))) as never;
}
