/** A way between one of our processes and a server, to be spoilt by a test: cut, stalled, slow, cut after a COMMIT. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';

export interface TcpProxy {
  /** The server's address, by way of the proxy. */
  readonly url: string;
  /** Ends every connection now; new ones are taken. */
  cut(): void;
  /** Ends every connection, and new ones at once, as when the server is away. */
  down(): void;
  /** From now on nothing passes in either direction and nothing is refused, as when packets are dropped. */
  stall(): void;
  /** Everything passes again. */
  pass(): void;
  /** What a client sends arrives so much later. */
  delay(ms: number): void;
  /** The next COMMIT reaches the server, and its answer nobody: the connection ends. Resolves when it has. */
  cutAfterCommit(): Promise<void>;
  /** New connections go to that server from now on; those that stand are ended. */
  redirect(url: string): void;
  close(): Promise<void>;
}

/** @param url of a server with a host and a port, as `postgres://user@127.0.0.1:5432/name` */
export async function tcpProxy(url: string): Promise<TcpProxy> {
  let target = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  let stalled = false;
  let away = false;
  let delayMs = 0;
  let onCommit: (() => void) | null = null;

  const end = (pair: readonly [Socket, Socket]): void => {
    pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  };

  const server = createServer((client) => {
    if (away) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let committed: (() => void) | null = null;
    let before: Promise<unknown> = Promise.resolve();
    client.on('data', (bytes) => {
      // A message of its own, with the zero at its end; the isolation level of a BEGIN holds the word, too.
      if (onCommit !== null && bytes.includes('COMMIT\0')) [committed, onCommit] = [onCommit, null];
      const arrives = delayMs === 0 ? undefined : rest(delayMs);
      before = before.then(() => arrives).then(() => upstream.write(bytes));
    });
    upstream.on('data', (bytes) => {
      if (committed === null) client.write(bytes);
      else {
        end(pair);
        committed();
      }
    });
    for (const socket of pair) {
      socket.on('error', () => end(pair));
      // A stalled way does not tell of an end either.
      socket.on('close', () => (stalled ? undefined : end(pair)));
      if (stalled) socket.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const address = new URL(url);
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  return {
    url: address.href,
    cut() {
      for (const pair of pairs) end(pair);
    },
    down() {
      away = true;
      for (const pair of pairs) end(pair);
    },
    stall() {
      stalled = true;
      for (const socket of [...pairs].flat()) socket.pause();
    },
    pass() {
      stalled = false;
      away = false;
      for (const socket of [...pairs].flat()) socket.resume();
    },
    delay(ms) {
      delayMs = ms;
    },
    cutAfterCommit: () =>
      new Promise((resolve) => {
        onCommit = resolve;
      }),
    redirect(to) {
      target = new URL(to);
      for (const pair of pairs) end(pair);
    },
    async close() {
      for (const pair of pairs) end(pair);
      server.close();
      await once(server, 'close');
    },
  };
}
