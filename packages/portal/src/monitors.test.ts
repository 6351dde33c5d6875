import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { MonitorDetail } from 'job-trigger-contract';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('pings on %s', (database) => {
  let portal: TestPortal;
  let made = 0;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  async function monitor(): Promise<{
    readonly id: string;
    readonly url: string;
    readonly now: () => Promise<MonitorDetail>;
  }> {
    const { id, ping_path } = await portal.client.createMonitor({
      body: { name: `m${(made += 1)}`, period_seconds: 3600 },
    });
    return { id, url: `${portal.base}${ping_path}`, now: () => portal.client.getMonitor({ params: { id } }) };
  }
  const status = async (url: string, init: RequestInit = {}): Promise<number> => (await fetch(url, init)).status;

  test('come by GET, HEAD and POST without any other credential, and say how it went by the address', async () => {
    const { url, now } = await monitor();
    expect(await status(url)).toBe(200);
    expect(await status(url, { method: 'HEAD' })).toBe(200);
    expect(await status(`${url}/start`, { method: 'POST' })).toBe(200);
    expect((await now()).started_at).not.toBeNull();
    expect(await status(`${url}/0`, { method: 'POST' })).toBe(200);
    expect(await now()).toMatchObject({ state: 'up', started_at: null });
    expect(await status(`${url}/137`)).toBe(200);
    expect(await now()).toMatchObject({ state: 'down', pings: [{ kind: 'fail', exit_code: 137 }, {}, {}, {}, {}] });
    for (const wrong of ['256', '-1', 'stop', '1x', '%00']) expect(await status(`${url}/${wrong}`)).toBe(404);
    expect(await status(url, { method: 'DELETE' })).toBe(404);
  });

  test('may carry what the job said, in any type; ten thousand characters of it are kept', async () => {
    const { url, now } = await monitor();
    const send = (body: string, type: string) =>
      status(`${url}/fail`, { method: 'POST', body, headers: { 'content-type': type } });
    expect(await send('disk full\n', 'application/x-www-form-urlencoded')).toBe(200);
    expect((await now()).last_output).toBe('disk full\n');
    expect(await send('{"a":', 'application/json')).toBe(200);
    expect((await now()).last_output).toBe('{"a":');
    expect(await send('x'.repeat(200_000), 'text/plain')).toBe(200);
    expect((await now()).last_output).toHaveLength(10_000);
    expect(await send('x'.repeat(1_100_000), 'text/plain')).toBe(413);
  });

  test('are taken sixty times a minute for a token, and wrong tokens ten times for an address', async () => {
    const { url } = await monitor();
    const found: number[] = [];
    for (let count = 0; count < 61; count += 1) found.push(await status(url));
    expect(found.filter((each) => each === 200)).toHaveLength(60);
    expect(found.at(-1)).toBe(429);
    const wrong = async (): Promise<number> => status(`${portal.base}/api/pings/${'y'.repeat(24)}`);
    const answers: number[] = [];
    for (let count = 0; count < 12; count += 1) answers.push(await wrong());
    expect(answers).toContain(404);
    expect(answers.at(-1)).toBe(429);
  });

  test('need a token that is still there, and the rest of monitors a person', async () => {
    const { id, url } = await monitor();
    await portal.client.deleteMonitor({ params: { id } });
    expect([404, 429]).toContain(await status(url));
    expect(await status(`${portal.base}/api/monitors`)).toBe(401);
    expect(await status(`${portal.base}/api/webhooks`)).toBe(401);
  });

  test('go down with a sentence that the event log shows', async () => {
    const { url } = await monitor();
    await status(`${url}/2`);
    const { items } = await portal.client.listEvents({ query: { kind: 'monitor.down', limit: 1 } });
    expect(items).toMatchObject([{ text: `m${made} is down: it ended with exit code 2.` }]);
  });
});
