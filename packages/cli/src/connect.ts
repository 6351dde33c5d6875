import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { text as textOf } from 'node:stream/consumers';
import { createClient, createFollower, fetchTransport, type Transport } from 'job-trigger-contract';
import type { Connection, GlobalFlags } from './context.ts';
import { parseDuration } from './duration-flag.ts';
import { wrongFlag } from './exit-status.ts';
import { resolveFrom } from './paths.ts';
import { readConfig } from './settings-source.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

function token(terminal: Terminal, flags: GlobalFlags): string | null {
  if (flags.tokenFile === undefined) return terminal.env['JOB_PORTAL_TOKEN'] ?? null;
  try {
    return readFileSync(resolveFrom(terminal, flags.tokenFile), 'utf8').trim();
  } catch {
    throw wrongFlag('--token-file', `${flags.tokenFile} cannot be read.`);
  }
}

function overHttp(terminal: Terminal, flags: GlobalFlags, server: string): Connection {
  const base = server.replace(/\/+$/, '');
  const credential = token(terminal, flags);
  const timeoutMs = flags.timeout === undefined ? 30_000 : parseDuration(flags.timeout, '--timeout');
  const headers = credential === null ? {} : { authorization: `Bearer ${credential}` };
  const transport = fetchTransport({ base, headers, timeoutMs });
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

/** `--server` (or `JOB_PORTAL_SERVER`) talks HTTP; without it the database of the settings is opened. */
export async function connect(terminal: Terminal, flags: GlobalFlags): Promise<Connection> {
  const server = flags.server ?? terminal.env['JOB_PORTAL_SERVER'];
  if (server === undefined) return overDatabase(terminal, flags);
  if (!URL.canParse(server)) throw wrongFlag('--server', `'${server}' is no address such as https://jobs.example.org.`);
  return overHttp(terminal, flags, server);
}
