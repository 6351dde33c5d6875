import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createClient, fetchTransport, WebhookMessage, type Client } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { administrator, startPortal, type PortalProcess } from '../../../test/setup/portal-process.ts';

interface Posted {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

let portal: PortalProcess;
let receiver: Server;
let client: Client;
const posted: Posted[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      posted.push({ headers: request.headers, body: bytes.toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  portal = await startPortal({ administrator: true, env: { JOB_PORTAL_OUTGOING_ALLOW: '127.0.0.1' } });
  const { access_token } = await createClient(fetchTransport({ base: portal.base })).login({ body: administrator });
  const headers = { authorization: `Bearer ${access_token}` };
  client = createClient(fetchTransport({ base: portal.base, headers }));
});
afterAll(async () => {
  await portal?.stop();
  receiver.closeAllConnections();
  receiver.close();
});

test('a run is told to an endpoint as the published shape says, signed (R-133)', { timeout: 60_000 }, async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const { secret, id } = await client.createWebhook({ body: { name: 'receiver', url, kinds: ['run.*'] } });
  const job = await client.createJob({
    body: {
      name: 'told',
      type: 'script',
      config: { script: 'disk-usage.sh', args: ['200'], env: { PASSWORD: 'hunter22' } },
      parameters: [{ name: 'day', type: 'string', required: false }],
    },
  });
  const { run_id } = await client.runJob({ params: { id: job.id }, body: { parameters: { day: 'monday' } } });
  await expect.poll(() => posted.length, { timeout: 30_000 }).toBe(1);
  const [{ headers, body }] = posted as [Posted];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  const message: unknown = JSON.parse(body);
  expect(WebhookMessage.parse(message)).toEqual(message);
  const shown = await client.getRun({ params: { id: run_id } });
  expect(message).toMatchObject({
    type: `run.${shown.state}`,
    version: 1,
    data: { run: { id: run_id, state: shown.state, worker_id: shown.worker_id }, job: { id: job.id, name: 'told' } },
  });
  // The event is written with the end, by the same clock.
  const told = Date.parse((message as { readonly at: string }).at);
  expect(Math.abs(told - Date.parse(shown.ended_at ?? ''))).toBeLessThan(1000);
  expect(body).not.toContain('hunter22');
  expect(body).not.toContain('monday');
  await expect
    .poll(async () => (await client.listDeliveries({ params: { id } })).items)
    .toMatchObject([{ kind: `run.${shown.state}`, state: 'delivered', message_id: headers['webhook-id'] }]);
});
