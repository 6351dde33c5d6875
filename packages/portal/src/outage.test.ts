import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { tcpProxy, type TcpProxy } from '../../../test/setup/tcp-proxy.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

let proxy: TcpProxy;
let portal: TestPortal;
beforeAll(async () => {
  proxy = await tcpProxy(inject('postgresUrl'));
  portal = await startTestPortal('PostgreSQL', proxy.url);
});
afterAll(async () => {
  await portal.close();
  await proxy.close();
});

test('without its database the portal tells whoever asks to come again, and answers when it is back (F24, F28)', async () => {
  proxy.down();
  for (const path of ['/api/workers', '/api/jobs', '/api/health']) {
    const refused = await portal.raw(path);
    expect([path, refused.status, refused.headers.get('retry-after')]).toEqual([path, 503, '5']);
  }
  expect((await fetch(`${portal.base}/api/health/live`)).status).toBe(200);
  proxy.pass();
  expect((await portal.raw('/api/workers')).status).toBe(200);
});
