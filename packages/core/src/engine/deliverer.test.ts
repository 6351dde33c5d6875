import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { secretBox } from '../secrets/secret-box.ts';
import { allowList } from '../handlers/address.ts';
import { toUuid } from '../model/id.ts';
import type { Delivery } from '../model/webhook.ts';
import { type Operations } from '../operations/operations.ts';
import type { Store } from '../store/store.ts';
import { Deliverer } from './deliverer.ts';
import { benchOf, type Bench } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';
import { firstOf, headerOf, isSigned, Receiver, type Answer, type Received } from './test-receiver.ts';

const mei = { personId: null, name: 'mei', via: 'library' } as const;
const hour = 3_600_000;

describe.each([
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
] as const)('the deliverer on %s', (_, place) => {
  const bench = benchOf(place);
  const receivers: Receiver[] = [];
  const deliverers: Deliverer[] = [];

  afterEach(async () => {
    for (const deliverer of deliverers.splice(0)) await deliverer.stop();
    for (const receiver of receivers.splice(0)) await receiver.close();
    for (const { id } of await bench().store.webhooks.list()) await bench().store.webhooks.remove(id);
  });

  async function receiver(answer?: Answer): Promise<Receiver> {
    const opened = await Receiver.open();
    receivers.push(opened);
    if (answer !== undefined) opened.answer = answer;
    return opened;
  }

  const operations = (opened: Bench): Operations => operationsOf(opened, { outgoingAllow: ['127.0.0.1'] });

  function deliverer(options: { readonly store?: Store; readonly allow?: readonly string[] } = {}): Deliverer {
    const { store, system, folder } = bench();
    const made = new Deliverer({
      store: options.store ?? store,
      system,
      outgoing: {
        secrets: secretBox({ dataDir: folder, secretKey: null, random: system.random }),
        allowed: allowList(options.allow ?? ['127.0.0.1']),
        messageOf: ({ event, run, job }) => ({
          type: event.kind,
          run: run?.id ?? null,
          job: job?.definition.name ?? null,
        }),
      },
    });
    deliverers.push(made);
    return made;
  }

  let named = 0;
  const endpoint = (url: string, kinds?: readonly string[]) =>
    operations(bench()).webhooks.create(
      { name: `hook ${(named += 1)}`, url, ...(kinds === undefined ? {} : { kinds }) },
      mei,
    );
  const happens = (...kinds: readonly string[]) => bench().store.events.append(kinds.map((kind) => ({ kind })));
  const deliveries = async (webhookId: number): Promise<readonly Delivery[]> =>
    (await bench().store.webhooks.deliveries(webhookId, { limit: 100 })).items.toReversed();

  test('posts what an endpoint asked for, once, signed and with its subject (R-132, R-133)', async () => {
    const told = await receiver();
    await happens('run.failed');
    const { webhook, secret } = await endpoint(told.url);
    const run = await bench().runOf((await bench().job({ name: 'nightly' })).job);
    const { id: runId, createdAt: runCreatedAt, jobId } = run;
    await bench().store.events.append([{ kind: 'run.failed', runId, runCreatedAt, jobId }]);
    await happens('run.succeeded', 'run.lost');
    const loop = deliverer();
    await loop.tick();
    await loop.tick();
    // Two are posted at once: which arrives first is not promised.
    expect(told.received.map(({ body }) => body).toSorted()).toEqual([
      JSON.stringify({ type: 'run.failed', run: run.id, job: 'nightly' }),
      JSON.stringify({ type: 'run.lost', run: null, job: null }),
    ]);
    for (const each of told.received) {
      expect(isSigned(each, secret)).toBe(true);
      expect(isSigned({ ...each, body: `${each.body} ` }, secret)).toBe(false);
      expect(headerOf(each, 'content-type')).toBe('application/json');
    }
    expect(await deliveries(webhook.id)).toMatchObject([
      { kind: 'run.failed', state: 'delivered', attempts: 1, tries: [{ status: 204, error: null }] },
      { kind: 'run.lost', state: 'delivered' },
    ]);
  });

  test('a group is heard as a whole, and nothing else', async () => {
    const told = await receiver();
    await endpoint(told.url, ['job.*', 'worker.lost']);
    await happens('job.created', 'run.failed', 'job.paused', 'worker.lost', 'jobs.odd');
    const loop = deliverer();
    await loop.tick();
    await loop.tick();
    expect(told.received.map(({ body }) => (JSON.parse(body) as { type: string }).type).toSorted()).toEqual([
      'job.created',
      'job.paused',
      'worker.lost',
    ]);
  });

  test('a receiver that answers 500 twice gets it a third time, under the same id (R-132)', async () => {
    const told = await receiver((response, count) => void response.writeHead(count < 3 ? 500 : 200).end('so-so'));
    const { webhook } = await endpoint(told.url);
    await happens('run.failed');
    const loop = deliverer();
    await loop.tick();
    expect((await bench().store.webhooks.get(webhook.id))?.failingSince).not.toBeNull();
    await bench().pass(10_000, 1000, () => loop.tick());
    expect(told.received).toHaveLength(2);
    await bench().pass(70_000, 5000, () => loop.tick());
    expect(new Set(told.received.map((each) => headerOf(each, 'webhook-id'))).size).toBe(1);
    expect(new Set(told.received.map((each) => headerOf(each, 'webhook-timestamp'))).size).toBe(3);
    const [delivery] = await deliveries(webhook.id);
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 3, nextAt: null });
    expect(delivery?.tries.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(delivery?.tries[0]).toMatchObject({ error: 'The receiver answered 500.', answer: 'so-so' });
    expect((await bench().store.webhooks.get(webhook.id))?.failingSince).toBeNull();
  });

  test('a receiver that is away for two hours gets everything afterwards, each once (F56)', async () => {
    const away = await Receiver.open();
    const { port } = new URL(away.url);
    await away.close();
    const { webhook } = await endpoint(away.url);
    await happens('run.failed', 'run.lost');
    const loop = deliverer();
    await bench().pass(2 * hour, 300_000, () => loop.tick());
    expect((await deliveries(webhook.id)).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    const back = await Receiver.open(Number(port));
    receivers.push(back);
    await bench().pass(3 * hour, 300_000, () => loop.tick());
    expect(back.received).toHaveLength(2);
    expect((await deliveries(webhook.id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  test('one byte a minute holds nobody else up, and is given up after 15 s (F56)', async () => {
    const open: ServerResponse[] = [];
    const slow = await receiver((response) => {
      open.push(response);
      response.socket?.write('H');
    });
    const quick = await receiver();
    const { webhook } = await endpoint(slow.url);
    await endpoint(quick.url);
    await happens(...Array.from({ length: 10 }, () => 'run.failed'));
    const loop = deliverer();
    loop.start();
    await bench().until(() => quick.received.length === 10);
    expect(slow.received.length).toBeLessThanOrEqual(2);
    bench().clock.advance(15_000);
    await bench().until(async () => (await deliveries(webhook.id))[0]?.attempts === 1);
    expect((await deliveries(webhook.id))[0]).toMatchObject({
      state: 'waiting',
      tries: [{ status: null, error: 'No answer within 15 s.', tookMs: expect.any(Number) as number }],
    });
  });

  test('endless redirects are not followed (F56)', async () => {
    const told: Receiver = await receiver((response) => void response.writeHead(302, { location: told.url }).end());
    const { webhook } = await endpoint(told.url);
    await happens('run.failed');
    await deliverer().tick();
    expect(told.received).toHaveLength(1);
    const [delivery] = await deliveries(webhook.id);
    expect(delivery?.tries[0]?.error).toBe('The receiver answered 302; redirects are not followed.');
  });

  test('of an answer of 10 MB no more than 64 kB is read (F56)', async () => {
    let written = 0;
    const told = await receiver((response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(65_536, 'x');
      const more = (): void => {
        while (written < 160 * piece.length) {
          written += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const { webhook } = await endpoint(told.url);
    await happens('run.failed');
    await deliverer().tick();
    const [delivery] = await deliveries(webhook.id);
    expect(delivery).toMatchObject({ state: 'delivered' });
    expect(delivery?.tries[0]?.answer).toHaveLength(500);
    expect(written).toBeLessThan(10_000_000);
  });

  test('410 switches the endpoint off, and says so', async () => {
    const told = await receiver((response) => void response.writeHead(410).end());
    const { webhook } = await endpoint(told.url);
    const other = await receiver();
    await endpoint(other.url, ['webhook.disabled']);
    await happens('run.failed', 'run.lost');
    const loop = deliverer();
    await loop.tick();
    await loop.tick();
    expect(await bench().store.webhooks.get(webhook.id)).toMatchObject({ active: false, offReason: 'gone' });
    expect(other.received).toHaveLength(1);
    await happens('run.failed');
    await bench().pass(hour, hour / 4, () => loop.tick());
    expect(told.received.length).toBeLessThanOrEqual(2);
  });

  test('after five days of failure the endpoint goes off with an event; on again it hears of what is new', async () => {
    const told = await receiver((response) => void response.writeHead(503).end());
    const { webhook } = await endpoint(told.url);
    const loop = deliverer();
    const before = await bench().eventCount('webhook.disabled');
    for (let day = 0; day < 6; day += 1) {
      await happens('run.failed');
      await bench().pass(24 * hour, 4 * hour, () => loop.tick());
    }
    expect(await bench().store.webhooks.get(webhook.id)).toMatchObject({ active: false, offReason: 'failing' });
    expect(await bench().eventCount('webhook.disabled')).toBe(before + 1);
    const { items } = await bench().store.events.list({ kinds: ['webhook.disabled'] }, { limit: 1 });
    expect(items).toMatchObject([{ data: { id: toUuid(webhook), reason: 'failing' } }]);
    expect((await deliveries(webhook.id))[0]).toMatchObject({ state: 'failed', nextAt: null });
    told.answer = (response) => void response.writeHead(200).end();
    await happens('run.lost');
    await operations(bench()).webhooks.change(webhook.id, { active: true }, mei);
    await happens('run.failed');
    for (let round = 0; round < 4; round += 1) await loop.tick();
    expect((await deliveries(webhook.id)).at(-1)).toMatchObject({ kind: 'run.failed', state: 'delivered' });
    expect((await deliveries(webhook.id)).some(({ kind }) => kind === 'run.lost')).toBe(false);
  });

  test('a crash between post and note posts it again under the same id (C12)', async () => {
    const told = await receiver();
    const { webhook } = await endpoint(told.url);
    await happens('run.failed');
    const { store } = bench();
    const dying: Store = {
      ...store,
      webhooks: { ...store.webhooks },
      transaction: () => Promise.reject(new Error('killed')),
    };
    await deliverer({ store: dying }).tick();
    expect(told.received).toHaveLength(1);
    expect((await deliveries(webhook.id))[0]).toMatchObject({ state: 'waiting', attempts: 0 });
    const next = deliverer();
    await next.tick();
    expect(told.received).toHaveLength(1);
    bench().clock.advance(61_000);
    await next.tick();
    expect(told.received.map((each) => headerOf(each, 'webhook-id'))).toEqual([
      headerOf(firstOf(told), 'webhook-id'),
      headerOf(firstOf(told), 'webhook-id'),
    ]);
    expect((await deliveries(webhook.id))[0]).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  test('several deliverers post each event once', async () => {
    const told = await receiver();
    const { webhook } = await endpoint(told.url);
    const stores = [await bench().another(), await bench().another(), bench().store];
    const loops = stores.map((store) => deliverer({ store }));
    await happens(...Array.from({ length: 40 }, () => 'run.failed'));
    for (let round = 0; round < 30 && told.received.length < 40; round += 1)
      await Promise.all(loops.map((loop) => loop.tick()));
    expect(told.received).toHaveLength(40);
    expect(new Set(told.received.map((each) => headerOf(each, 'webhook-id'))).size).toBe(40);
    expect((await deliveries(webhook.id)).every(({ state }) => state === 'delivered')).toBe(true);
    for (const loop of loops) await loop.stop();
    deliverers.splice(0);
  });

  test('for a day after a rotation both keys sign', async () => {
    const told = await receiver();
    const { webhook, secret } = await endpoint(told.url);
    const { secret: next } = await operations(bench()).webhooks.rotate(webhook.id, mei);
    const loop = deliverer();
    await happens('run.failed');
    await loop.tick();
    bench().clock.advance(24 * hour + 1);
    await happens('run.failed');
    await loop.tick();
    const [early, late] = told.received as [Received, Received];
    expect([isSigned(early, next), isSigned(early, secret)]).toEqual([true, true]);
    expect([isSigned(late, next), isSigned(late, secret)]).toEqual([true, false]);
  });

  test('an address inside is refused at saving, and again when it is posted to (SEC-F1, SEC-I3)', async () => {
    const told = await receiver();
    const { webhook } = await endpoint(told.url);
    await happens('run.failed');
    await deliverer({ allow: [] }).tick();
    expect(told.received).toEqual([]);
    expect((await deliveries(webhook.id))[0]?.tries[0]).toMatchObject({
      status: null,
      error: expect.stringContaining('security.outgoing_allow') as string,
    });
    await expect(endpoint('http://10.0.0.1/hook')).rejects.toMatchObject({ code: 'blocked_address' });
  });

  test('an event that becomes visible after a higher one is told too', async () => {
    const told = await receiver();
    await endpoint(told.url);
    const { store } = bench();
    await happens('run.failed', 'run.lost', 'run.timed_out');
    const latest = await store.events.latestId();
    let hidden = latest - 1;
    const visible = <T extends { readonly id: number }>(rows: readonly T[]): readonly T[] =>
      rows.filter(({ id }) => id !== hidden);
    const lagging: Store = {
      ...store,
      events: {
        ...store.events,
        after: async (id, limit) => visible(await store.events.after(id, limit)),
        byIds: async (ids) => visible(await store.events.byIds(ids)),
      },
    };
    const loop = deliverer({ store: lagging });
    await loop.tick();
    expect(told.received).toHaveLength(2);
    hidden = 0;
    bench().clock.advance(1000);
    await loop.tick();
    expect(told.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toContain('run.lost');
    expect(told.received).toHaveLength(3);
  });

  test('a person sends a delivery again, and tries an endpoint (R-134)', async () => {
    const told = await receiver();
    const { webhook, secret } = await endpoint(told.url);
    const { webhooks } = operations(bench());
    const mei = { personId: null, name: 'mei', via: 'library' } as const;
    const tried = await webhooks.test(webhook.id, mei);
    expect(tried).toMatchObject({ kind: 'webhook.test', state: 'delivered', tries: [{ status: 204 }] });
    expect(isSigned(firstOf(told), secret)).toBe(true);
    await webhooks.redeliver(webhook.id, tried.id, mei);
    await deliverer().tick();
    expect(told.received.map((each) => headerOf(each, 'webhook-id'))[1]).toBe(headerOf(firstOf(told), 'webhook-id'));
    await expect(webhooks.redeliver(webhook.id, 12, mei)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a stop breaks off what is being posted, and the next start posts it again', async () => {
    const told = await receiver(() => undefined);
    const { webhook } = await endpoint(told.url);
    await happens('run.failed');
    const loop = deliverer();
    loop.start();
    await bench().until(() => told.received.length === 1);
    await loop.stop();
    expect((await deliveries(webhook.id))[0]).toMatchObject({ state: 'waiting', attempts: 0 });
    told.answer = (response) => void response.writeHead(200).end();
    bench().clock.advance(61_000);
    await deliverer().tick();
    expect((await deliveries(webhook.id))[0]).toMatchObject({ state: 'delivered' });
  });
});
