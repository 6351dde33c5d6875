/** Requests that break HTTP: each gets a refusal or the end of its connection, and the portal goes on. */
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { ask, sendBytes } from './test-bytes.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

let portal: TestPortal;
beforeAll(async () => {
  portal = await startTestPortal('SQLite', inject('postgresUrl'));
});
afterAll(() => portal.close());
afterEach(async () => {
  expect((await fetch(`${portal.base}/api/health/live`)).status).toBe(200);
});

const post = 'POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n';
const json = 'Content-Type: application/json\r\n';
const body = '{"email":"a@example.org","password":"b"}';

describe('a body', () => {
  test.each([
    ['with two lengths', `${post}${json}Content-Length: 2\r\nContent-Length: 40\r\n\r\n${body}`],
    ['with a length and in pieces', `${post}${json}Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['in pieces that are none', `${post}${json}Transfer-Encoding: chunked\r\n\r\nZZ\r\n${body}\r\n0\r\n\r\n`],
    ['with a length that is none', `${post}${json}Content-Length: -1\r\n\r\n${body}`],
    ['in an encoding that is none', `${post}${json}Transfer-Encoding: xchunked\r\n\r\n${body}`],
  ])('%s is refused (SEC-C9, SEC-J1)', async (_, bytes) => {
    expect((await sendBytes(portal.base, bytes)).status).toBe(400);
  });

  test.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'image/png', ';;'])(
    'as %s is refused (SEC-C9)',
    async (type) => {
      const { status } = await sendBytes(
        portal.base,
        `${post}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      expect(status).toBe(415);
    },
  );

  test('that is announced with an expectation nobody has is refused (SEC-C9)', async () => {
    expect(
      (await sendBytes(portal.base, `${post}${json}Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}`)).status,
    ).toBe(417);
  });
});

describe('a request', () => {
  test('behind another one in the same bytes is one of its own, without the rights of the first (SEC-J1)', async () => {
    const first = `GET /api/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${portal.token}\r\n\r\n`;
    const second = 'GET /api/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const { text } = await sendBytes(portal.base, first + second);
    expect([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '401']);
  });

  test.each([
    ['with a space before the colon', ['Content-Length : 5']],
    ['with a line break that is half of one', ['X-A: b\nX-B: c\r']],
    ['with NUL in a header', ['X-A: \0']],
    ['of a folded header', ['X-A: b', ' Transfer-Encoding: chunked']],
  ])('%s is refused (SEC-J1)', async (_, headers) => {
    expect((await ask(portal.base, 'GET /api/health/live HTTP/1.1', headers)).status).toBe(400);
  });

  test('with 100 KB of headers is refused, in its first part (SEC-J1)', async () => {
    const { status } = await ask(portal.base, 'GET /api/health/live HTTP/1.1', [`X-A: ${'a'.repeat(100_000)}`]);
    expect(status).toBe(431);
  });

  test.each(['GET /api/jobs HTTP/9.9', 'get /api/jobs HTTP/1.1', 'PRI * HTTP/2.0', '\x16\x03\x01'])(
    'that begins %j is refused (SEC-J1)',
    async (line) => {
      expect([400, 505]).toContain((await ask(portal.base, line)).status);
    },
  );
});

test('a thousand connections that say nothing keep nobody else waiting (SEC-J1)', async () => {
  const { hostname, port } = new URL(portal.base);
  const idle: Socket[] = [];
  for (let n = 0; n < 1000; n += 1) idle.push(connect(Number(port), hostname).on('error', () => undefined));
  try {
    expect((await portal.raw('/api/jobs')).status).toBe(200);
  } finally {
    for (const socket of idle) socket.destroy();
  }
});
