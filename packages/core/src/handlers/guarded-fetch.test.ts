import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedFetch } from './guarded-fetch.ts';

const asked = { method: 'GET', headers: {}, signal: AbortSignal.timeout(10_000) };

describe('a question to a server that a setting names', () => {
  let server: Server;
  let base = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
      else if (request.url === '/long') response.end('x'.repeat(1_100_000));
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"here":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test('is answered, without redirects and without more than 1 MB', async () => {
    const inside = { allowPrivate: true };
    expect(await (await guardedFetch(`${base}/`, asked, inside)).json()).toEqual({ here: true });
    expect((await guardedFetch(`${base}/elsewhere`, asked, inside)).status).toBe(302);
    await expect(guardedFetch(`${base}/long`, asked, inside)).rejects.toThrow('1 MB');
  });

  test.each([
    ['an address inside', '127.0.0.1', false],
    ['a private range', '10.1.2.3', false],
    ['the address of the link', '169.254.169.254', false],
    ['the address of the link, where addresses inside are allowed', '169.254.169.254', true],
    ['the same within IPv6', '::ffff:169.254.169.254', true],
    ['the link of IPv6', 'fe80::1', true],
  ])('is not sent to %s, by name or by number', async (_, address, allowPrivate) => {
    const resolve = () => Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
    const refused = { code: 'blocked_address' };
    await expect(guardedFetch('http://id.example/', asked, { allowPrivate, resolve })).rejects.toMatchObject(refused);
    const host = address.includes(':') ? `[${address}]` : address;
    await expect(guardedFetch(`http://${host}/`, asked, { allowPrivate })).rejects.toMatchObject(refused);
  });
});
