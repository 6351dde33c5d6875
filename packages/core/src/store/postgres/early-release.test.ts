import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import type { NewAuditRow } from '../../model/audit.ts';
import { ChainWalk } from '../audit-chain.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';

let database: Awaited<ReturnType<typeof freshPostgres>>;
let store: Store;
let watching: pg.Client;

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  store = await openStore({ url: database.url, system: realSystem(), migrate: true, pool: 10 });
  watching = new pg.Client(database.url);
  await watching.connect();
});
afterAll(async () => {
  await watching.end();
  await store.close();
  await database.drop();
});

const said = (name: string): NewAuditRow => ({
  who: { personId: null, name, via: 'api', address: null, requestId: null, keyId: null },
  action: 'job.paused',
  subject: { kind: 'job', id: null, name },
  changes: [{ field: 'note', before: null, after: `"${name}" \\ é \u{1F600} \u0001` }],
});
const change = (name: string, more = 1): Promise<void> =>
  store.transaction(({ audit }) => audit.add(Array.from({ length: more }, () => said(name))));

test('changes at the same time form one chain, each row as it was written', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => change(`change ${n}`, 1 + (n % 3))));
  const walk = new ChainWalk();
  for (const row of await store.audit.after(0, 1000)) expect(walk.take(row)).toBe(true);
  expect(walk.finish(await store.audit.head())).toBeNull();
  // The first row says that the chain begins.
  expect(walk.end.sequence).toBe(1 + Array.from({ length: 40 }, (_, n) => 1 + (n % 3)).reduce((a, b) => a + b));
});

test('the end of the chain is let go before the disk has answered, and nobody is told before it has', async () => {
  const sent: string[] = [];
  const query = Reflect.get(pg.Client.prototype, 'query') as (...all: unknown[]) => unknown;
  const waits = Promise.withResolvers<void>();
  const patched = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(async function spied(
    this: pg.Client,
    ...given: unknown[]
  ) {
    const [config] = given as [string | pg.QueryConfig];
    const text = typeof config === 'string' ? config : config.text;
    sent.push(text);
    if (text.includes('pg_logical_emit_message')) await waits.promise;
    return query.apply(this, given);
  });
  const { rows } = await watching.query<{ sequence: number }>('SELECT sequence FROM audit_head');
  let isTold = false;
  const changing = change('slow disk').then(() => (isTold = true));
  await vi.waitFor(() => expect(sent.at(-1)).toContain('pg_logical_emit_message'));
  patched.mockRestore();
  const after = await watching.query<{ sequence: number }>('SELECT sequence FROM audit_head FOR UPDATE NOWAIT');
  expect(Number(after.rows[0]?.sequence)).toBe(Number(rows[0]?.sequence) + 1);
  expect(isTold).toBe(false);
  const [off, commit] = [sent.indexOf('SET LOCAL synchronous_commit = off'), sent.indexOf('COMMIT')];
  expect(off).toBeGreaterThan(0);
  expect(commit).toBe(off + 1);
  waits.resolve();
  await changing;
});

test('a change that says nothing to the audit waits for the disk in its commit', async () => {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  await store.transaction(({ jobs }) => jobs.insert(factories.job(), null));
  const texts = sent.mock.calls.map(([config]) =>
    typeof config === 'string' ? config : (config as { text: string }).text,
  );
  sent.mockRestore();
  expect(texts).toContain('COMMIT');
  expect(texts.join()).not.toMatch(/synchronous_commit|emit_message/);
});

test('what fails with the commit is told, and nothing is kept', async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  const run = factories.newRun({ jobId: job.id });
  await store.runs.insert([run]);
  const head = await store.audit.head();
  const twice = store.transaction(async ({ runs, audit }) => {
    await audit.add([said('twice')]);
    await runs.insertLast([run]);
  });
  await expect(twice).rejects.toMatchObject({ code: '23505' });
  expect(await store.audit.head()).toEqual(head);
  await change('afterwards');
});

test('a table that was changed since a connection prepared its queries is read anew', async () => {
  const job = factories.job();
  await store.jobs.insert(job, null);
  const read = (): Promise<unknown> => store.transaction(async ({ jobs }) => jobs.get(job.id));
  // Each connection of the pool has prepared it.
  await Promise.all(Array.from({ length: 20 }, read));
  await watching.query('ALTER TABLE jobs ADD COLUMN later integer');
  expect(await Promise.all(Array.from({ length: 20 }, read))).toHaveLength(20);
  await watching.query('ALTER TABLE jobs DROP COLUMN later');
});
