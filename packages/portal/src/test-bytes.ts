/** Requests as bytes: what a client library would set right, or refuse to send. */
import { connect } from 'node:net';

export interface BareAnswer {
  /** 0 when the connection was ended without an answer. */
  readonly status: number;
  /** The whole answer, or the answers one after another. */
  readonly text: string;
}

/** Sends bytes over a connection of its own and reads until the other side ends it. */
export async function sendBytes(base: string, bytes: string | Buffer): Promise<BareAnswer> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  // A connection that is reset has said what it had to say.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  socket.setTimeout(15_000, () => socket.destroy());
  socket.write(bytes);
  await closed;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

/** One request by its first line and further headers, with nothing behind them. */
export function ask(base: string, line: string, headers: readonly string[] = []): Promise<BareAnswer> {
  return sendBytes(base, `${[line, 'Host: 127.0.0.1', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`);
}
