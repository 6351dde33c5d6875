import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { text as textOf } from 'node:stream/consumers';
import { createClient, createFollower, fetchTransport, type Transport } from 'job-trigger-contract';
import type { Connection, GlobalFlags } from './context.ts';
import { renewingTransport } from './contexts/renewal.ts';
import { wayOf, type Way } from './contexts/way.ts';
import { parseDuration } from './duration-flag.ts';
import { readConfig } from './settings-source.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

type ServerWay = Extract<Way, { kind: 'server' }>;

/** Calls to a server, with what it is shown. */
function transportTo(terminal: Terminal, way: ServerWay, timeoutMs: number): Transport {
  const { server: base, shown, context } = way;
  if (shown === null) return fetchTransport({ base, timeoutMs });
  if (shown.kind === 'sign_in' && context !== null) {
    const place = {
      context,
      server: base,
      transport: fetchTransport({ base, timeoutMs }),
      patient: fetchTransport({ base }),
    };
    return renewingTransport(terminal, place, shown);
  }
  const credential = shown.kind === 'token' ? shown.token : shown.kind === 'key' ? shown.key : shown.access_token;
  return fetchTransport({ base, headers: { authorization: `Bearer ${credential}` }, timeoutMs });
}

export function overHttp(terminal: Terminal, flags: GlobalFlags, way: ServerWay): Connection {
  const timeoutMs = flags.timeout === undefined ? 30_000 : parseDuration(flags.timeout, '--timeout');
  const transport = transportTo(terminal, way, timeoutMs);
  return {
    client: createClient(transport),
    send: transport,
    follow: createFollower(transport),
    close: () => Promise.resolve(),
  };
}

/**
 * The database behind the very same routes, called inside this process: so that both ways give the same answers.
 * The caller acts as the first administrator, named after the login.
 */
async function overDatabase(terminal: Terminal, flags: GlobalFlags): Promise<Connection> {
  const [{ createPortal }, { openInstallation }] = await Promise.all([
    import('job-trigger-server'),
    import('./assembly.ts'),
  ]);
  const installation = await openInstallation(terminal, await readConfig(terminal, flags));
  const secret = randomBytes(32).toString('base64url');
  const app = await createPortal({
    operations: installation.operations,
    store: installation.store,
    system: installation.system,
    config: installation.config,
    timezone: installation.zone,
    version,
    localCaller: { secret, name: `${userInfo().username} (jtp)` },
  });
  const transport: Transport = async (request) => {
    const { stream } = request;
    const answer = await app.inject({
      method: request.method as 'GET',
      url: request.path,
      headers: { ...request.headers, 'x-jtp-local': secret },
      ...(request.body === undefined ? {} : { payload: request.body }),
      ...(stream === undefined ? {} : { payloadAsStream: true, signal: stream }),
    });
    return {
      status: answer.statusCode,
      headers: { get: (name) => (typeof answer.headers[name] === 'string' ? answer.headers[name] : null) },
      text: async () => (stream === undefined ? answer.payload : textOf(answer.stream())),
      pieces: () => answer.stream().setEncoding('utf8') as AsyncIterable<string>,
      rawPieces: () => answer.stream() as AsyncIterable<Uint8Array>,
    };
  };
  return {
    client: createClient(transport),
    send: transport,
    follow: createFollower(transport),
    async close() {
      await app.close();
      await installation.close();
    },
  };
}

/** A server that is named, or of the context in use, is asked over HTTP; else the database of the settings is opened. */
export async function connect(terminal: Terminal, flags: GlobalFlags): Promise<Connection> {
  const way = wayOf(terminal, flags);
  return way.kind === 'server' ? overHttp(terminal, flags, way) : overDatabase(terminal, flags);
}
