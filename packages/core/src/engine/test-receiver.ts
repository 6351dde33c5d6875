/** A program that is told by webhooks, and what came to it. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, count: number) => void;

/** A program that is told; `answer` says how it behaves. */
export class Receiver {
  readonly #server: Server;
  readonly received: Received[] = [];
  answer: Answer = (response) => void response.writeHead(204).end();
  url = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        this.received.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
        this.answer(response, this.received.length);
      });
    });
  }

  static async open(port = 0): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}/hook`;
    return receiver;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const headerOf = ({ headers }: Received, name: string): string => String(headers[name]);

export function firstOf({ received: [first] }: Receiver): Received {
  if (first === undefined) throw new Error('Nothing was received.');
  return first;
}

export function isSigned(received: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${headerOf(received, 'webhook-id')}.${headerOf(received, 'webhook-timestamp')}.${received.body}`;
  const right = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return headerOf(received, 'webhook-signature').split(' ').includes(right);
}
