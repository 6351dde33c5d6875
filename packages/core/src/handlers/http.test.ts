import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../../../../test/setup/certificate.ts';
import type { HttpConfig } from '../model/job.ts';
import type { ResolvedAddress } from './http-connection.ts';
import { Workshop, type AttemptOptions, type Attempted } from './test-attempt.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
async function call(url: string, config: Partial<HttpConfig> = {}, options: AttemptOptions = {}): Promise<Attempted> {
  const whole: HttpConfig = { method: 'GET', url, headers: {}, body: null, expectedStatus: null, ...config };
  return workshop.attempt(
    { type: 'http', config: whole },
    {
      ...options,
      settings: { outgoingAllow: ['127.0.0.1'], ...options.settings },
    },
  );
}
function resolvingTo(...addresses: string[]): { resolve: () => Promise<ResolvedAddress[]>; asked: () => number } {
  let asked = 0;
  return {
    resolve: async () => {
      asked += 1;
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
    asked: () => asked,
  };
}

describe('a request', () => {
  test('carries method, headers, body, and what makes it recognisable when repeated', async () => {
    let seen:
      | { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }
      | undefined;
    const host = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen = { method: request.method, url: request.url, headers: request.headers, body };
        response.setHeader('content-type', 'application/json').end('{"ok":true}\n');
      });
    });
    const { outcome, log, started } = await call(`http://${host}/hook?token=abc`, {
      method: 'POST',
      headers: { 'X-A': 'b' },
      body: '{"x":1}',
    });
    expect(outcome).toMatchObject({
      outcome: 'succeeded',
      httpStatus: 200,
      exitCode: null,
      result: { status: 200, bytes: 12, content_type: 'application/json' },
    });
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/hook?token=abc',
      body: '{"x":1}',
      headers: { 'x-a': 'b', 'jtp-fence': '5', host, 'content-length': '7' },
    });
    expect(seen?.headers['idempotency-key']).toMatch(/^schedule-1@/);
    expect(log).toBe(`system: POST http://${host}/hook?…\nsystem: 200 OK\nstdout: {"ok":true}`);
    expect(started).toBe(1);
  });

  test.each([
    [500, 'unknown'],
    [404, 'unknown'],
    [401, 'auth_error'],
    [403, 'auth_error'],
    [429, 'api_limit'],
  ])('answered with %i fails as %s', async (status, category) => {
    const host = await serve((_, response) => response.writeHead(status, { 'retry-after': '7' }).end('no'));
    const { outcome } = await call(`http://${host}/`);
    expect(outcome).toMatchObject({
      outcome: 'failed',
      httpStatus: status,
      retryAfterMs: 7000,
      retryable: true,
      failure: { category },
    });
    expect(outcome.failure?.message).toContain(`HTTP ${status}`);
  });

  test('succeeds with the status it expects, and only with that', async () => {
    const host = await serve((_, response) => response.writeHead(404).end());
    expect((await call(`http://${host}/`, { expectedStatus: [404] })).outcome.outcome).toBe('succeeded');
    expect((await call(`http://${host}/`, { expectedStatus: [200, 410] })).outcome.failure?.message).toContain(
      'expected 200, 410',
    );
  });

  test('fails by what does not hold of its answer, which is told with what was found', async () => {
    const host = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'secret=1' }).end('{"state":"down"}'),
    );
    const assertions = [
      { kind: 'json_equals', path: '$.state', value: 'up' },
      { kind: 'header_equals', name: 'content-type', value: 'application/json' },
      { kind: 'body_contains', text: 'fine' },
    ] as const;
    const { outcome, log } = await call(`http://${host}/`, { assertions });
    expect(outcome).toMatchObject({
      outcome: 'failed',
      httpStatus: 200,
      failure: {
        category: 'script_error',
        message: 'Not so: $.state is "up". It is "down".',
        detail: 'Not so: Body contains “fine”. It begins “{"state":"down"}”.',
      },
      result: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        assertions: [{ ok: false }, { check: 'Header content-type is “application/json”', ok: true }, { ok: false }],
      },
    });
    expect(JSON.stringify(outcome.result)).not.toContain('secret');
    expect(log).toContain('system: Holds: Header content-type');
    const [, only] = assertions;
    expect((await call(`http://${host}/`, { assertions: [only] })).outcome.outcome).toBe('succeeded');
  });

  test('does not follow a redirect (SEC-F3)', async () => {
    let asked = 0;
    const host = await serve((_, response) => {
      asked += 1;
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    const { outcome } = await call(`http://${host}/`);
    expect(outcome).toMatchObject({ outcome: 'failed', httpStatus: 302 });
    expect(outcome.failure?.message).toContain('redirects are not followed');
    expect(asked).toBe(1);
  });

  test('ignores proxies that the environment names (SEC-F8)', async () => {
    const host = await serve((_, response) => response.end('direct'));
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = 'http://127.0.0.1:9';
    process.env['NODE_USE_ENV_PROXY'] = '1';
    try {
      expect((await call(`http://${host}/`)).log).toContain('stdout: direct');
    } finally {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY']) delete process.env[name];
    }
  });
});

describe('a server that cannot prove who it is (SEC-F7)', () => {
  test.each([
    ['signed by itself', Date.now() + 86_400_000],
    ['over since yesterday', Date.now() - 86_400_000],
  ])('by a certificate %s is told nothing', async (_, validTo) => {
    let asked = 0;
    const server = createSecureServer(selfSigned(validTo), (_request, response) => {
      asked += 1;
      response.end('secret');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { outcome, log } = await call(`https://127.0.0.1:${port}/`);
    expect(outcome).toMatchObject({ outcome: 'failed' });
    expect(outcome.failure?.message).toMatch(/certificate/i);
    expect([asked, log.includes('secret')]).toEqual([0, false]);
  });
});

describe('an address inside', () => {
  test.each([
    'http://127.0.0.1:9/',
    'http://127.1/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/',
    'http://localhost/',
    'http://[64:ff9b::7f00:1]/',
  ])('%s is refused at running (SEC-F1)', async (url) => {
    const { outcome } = await call(url, {}, { settings: { outgoingAllow: [] } });
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: 'blocked_address',
      retryable: false,
      failure: { category: 'config_error' },
    });
  });

  test('behind a public name is refused where the name is resolved (SEC-F2)', async () => {
    let asked = 0;
    const host = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const port = host.split(':')[1];
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['10.0.0.1']]) {
      const { outcome } = await call(
        `http://rebind.example:${port}/`,
        {},
        { settings: { outgoingAllow: [] }, ports: resolvingTo(...addresses) },
      );
      expect(outcome).toMatchObject({ outcome: 'failed', reason: 'blocked_address' });
    }
    expect(asked).toBe(0);
  });

  test('is resolved once, and that answer is connected to', async () => {
    const host = await serve((request, response) => response.end(request.headers.host));
    const port = host.split(':')[1];
    const resolver = resolvingTo('127.0.0.1');
    const { log } = await call(`http://once.example:${port}/`, {}, { ports: resolver });
    expect(log).toContain(`stdout: once.example:${port}`);
    expect(resolver.asked()).toBe(1);
  });

  test('is reached by a host name that the installation allows', async () => {
    const host = await serve((_, response) => response.end('inside'));
    const port = host.split(':')[1];
    const options = { settings: { outgoingAllow: [`inside.example:${port}`] }, ports: resolvingTo('127.0.0.1') };
    expect((await call(`http://inside.example:${port}/`, {}, options)).log).toContain('stdout: inside');
    expect((await call(`http://other.example:${port}/`, {}, options)).outcome.reason).toBe('blocked_address');
  });
});

describe('a name', () => {
  const never = { resolve: () => new Promise<never>(() => undefined) };

  test('that nobody resolves ends at the time limit, and holds up no other request (F57)', async () => {
    const host = await serve((_, response) => response.end('here'));
    const hanging = call('http://slow.example/', {}, { ports: never, context: { timeoutMs: 1000 } });
    expect((await call(`http://${host}/`)).outcome.outcome).toBe('succeeded');
    expect((await hanging).outcome).toMatchObject({ outcome: 'timed_out', failure: { category: 'timeout' } });
  });

  test('that is asked for while the run is cancelled is waited for no longer (F57)', async () => {
    const stop = new AbortController();
    const hanging = call('http://slow.example/', {}, { ports: never, context: { signal: stop.signal } });
    stop.abort('cancelled');
    expect((await hanging).outcome.outcome).toBe('cancelled');
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])(
    'that is refused with %s fails as network, and may be tried again (F57)',
    async (code) => {
      const refusal = Object.assign(new Error(`getaddrinfo ${code} gone.example`), { code });
      const { outcome } = await call('http://gone.example/', {}, { ports: { resolve: () => Promise.reject(refusal) } });
      expect(outcome).toMatchObject({ outcome: 'failed', failure: { category: 'network_error' } });
      expect(outcome.retryable).not.toBe(false);
    },
  );
});

describe('a bad answer (SEC-F5)', () => {
  test('without end is kept up to 1 MB', async () => {
    const host = await serve((_, response) => {
      response.on('error', () => undefined);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const { outcome, log } = await call(
      `http://${host}/`,
      {},
      { settings: { outgoingAllow: ['127.0.0.1'], outputLimitBytes: 4_000_000 } },
    );
    expect(outcome).toMatchObject({ outcome: 'succeeded', result: { bytes: 1_048_576 } });
    expect(log).toContain('first 1048576 bytes were kept');
  });

  test('that is a compressed bomb is limited by what it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const host = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect((await call(`http://${host}/`)).outcome).toMatchObject({
      outcome: 'succeeded',
      result: { bytes: 1_048_576 },
    });
  });

  test('that is compressed is kept as text', async () => {
    const host = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello\n')),
    );
    expect((await call(`http://${host}/`)).log).toContain('stdout: hello');
  });

  test('that comes a byte at a time ends at the time limit', async () => {
    const host = await serve((_, response) => {
      response.write('x');
    });
    expect((await call(`http://${host}/`, {}, { context: { timeoutMs: 200 } })).outcome).toMatchObject({
      outcome: 'timed_out',
      failure: { category: 'timeout' },
    });
  });

  test('that breaks off or never comes fails as network', async () => {
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => response.destroy());
    });
    expect((await call(`http://${broken}/`)).outcome).toMatchObject({
      outcome: 'failed',
      failure: { category: 'network_error' },
    });
    const torn = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '100' });
      response.write(gzipSync('hello').subarray(0, 12), () => response.destroy());
    });
    expect((await call(`http://${torn}/`)).outcome).toMatchObject({
      outcome: 'failed',
      failure: { category: 'network_error' },
    });
    const gone = await serve(() => undefined);
    servers.splice(0).forEach((server) => server.close());
    expect((await call(`http://${gone}/`)).outcome).toMatchObject({
      outcome: 'failed',
      failure: { category: 'network_error' },
    });
  });

  test('with a megabyte of headers fails', async () => {
    const host = await serve((_, response) => {
      for (let at = 0; at < 100; at += 1) response.setHeader(`x-${at}`, 'y'.repeat(1000));
      response.end();
    });
    expect((await call(`http://${host}/`)).outcome.outcome).toBe('failed');
  });
});
