/** Every endpoint, asked by one person for what is another's: no trace of it in any answer (R-176, SECURITY.md B3, B5). */
import { endpoints, pathOf, reaches, type EndpointName } from 'job-trigger-contract';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { asks } from './test-asks.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';
import { somebody, thingsOf, type Somebody, type Things } from './test-things.ts';

const names = Object.keys(endpoints) as EndpointName[];

describe.each(['SQLite', 'PostgreSQL'] as const)('two people on %s', (database) => {
  let portal: TestPortal;
  let umeko: Somebody;
  let ulla: Somebody;
  let things: Things;
  let own: Things;
  beforeAll(async () => {
    const clock = manualClock();
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock);
    umeko = await somebody(portal, 'umeko');
    ulla = await somebody(portal, 'ulla');
    things = await thingsOf(portal, umeko);
    own = await thingsOf(portal, ulla);
    clock.advance(60_000);
  });
  afterAll(() => portal.close());

  /** All of Umeko's that an administrator sees of it. */
  async function standing(): Promise<string> {
    const { client } = portal;
    const jobs = await client.listJobs({ query: { search: things.word, limit: 500 } });
    const bin = await client.listJobs({ query: { search: things.word, deleted: 'true' } });
    const runs = await client.listRuns({ query: { limit: 500 } });
    const monitor = await client.getMonitor({ params: { id: things.monitor } });
    const { items: hooks } = await client.listHooks({ params: { id: things.job } });
    const item = await client.getAttention({ params: { id: things.item } });
    const alerts = await client.listAlerts({ query: { job_id: things.failing, state: 'all' } });
    const { items: windows } = await client.listMaintenance();
    const mine = runs.items.filter(({ job_name }) => job_name.includes(things.word));
    const kept = windows.filter(({ id }) => id === things.maintenance);
    const { items: keys } = await umeko.client.listKeys({});
    const { items: secrets } = await umeko.client.listSecrets();
    return JSON.stringify([jobs.items, bin.items, mine, monitor, hooks, item.state, alerts.items, kept, keys, secrets]);
  }

  test('an endpoint says what it reaches, and the table has no other (SEC-B3)', () => {
    expect(Object.keys(reaches).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const { access, path } = endpoints[name];
      expect(reaches[name] === 'everything', `${name} is for administrators alone`).toBe(access === 'admin');
      if (typeof reaches[name] !== 'string') expect(path, name).toContain('{id}');
    }
  });

  test.each(names)('%s tells nothing of what is another’s (SEC-B3)', async (name) => {
    const { method, path, access } = endpoints[name];
    const reach = reaches[name];
    for (const ask of asks[name](things)) {
      const address = pathOf(path, ask);
      const { status, text } = await ulla.ask(method, address, ask.body);
      const said = `${method} ${address} ${JSON.stringify(ask.body ?? null)} → ${status}`;
      expect(status, said).toBeLessThan(500);
      if (access === 'admin') expect(status, said).toBe(403);
      if (typeof reach !== 'string' || (reach === 'own' && path.includes('{id}')))
        expect(status, `${said} ${text}`).toBe(404);
      const sent = `${address} ${JSON.stringify(ask.body ?? null)}`;
      for (const trace of things.traces.filter((each) => !sent.includes(each))) expect(text, said).not.toContain(trace);
      // Not even the word that was asked for comes back with more than was asked.
      expect(text, said).not.toMatch(
        new RegExp(`${things.word}-(job|failing|waiting|deleted|paused|words|note|why|value)`),
      );
    }
  });

  test('lists hold what is one’s own, and count it (SEC-B5)', async () => {
    const { client } = ulla;
    const jobs = await client.listJobs({ query: { total: 'true', limit: 500 } });
    expect(jobs.items.length).toBeGreaterThanOrEqual(4);
    expect(jobs.items.every(({ name }) => name.startsWith(own.word) || name === 'mine')).toBe(true);
    expect(jobs.total).toBe(jobs.items.length);
    const overview = await client.overview({});
    expect(overview.jobs_total).toBe(jobs.items.length);
    expect((await client.listRuns({ query: {} })).items.length).toBeGreaterThanOrEqual(3);
    const all = await portal.client.overview({});
    expect(overview.counts.succeeded).toBeLessThan(all.counts.succeeded);
    expect(overview.counts.succeeded).toBeGreaterThan(0);
    expect((await client.graph({})).nodes).toHaveLength(2);
    expect((await client.listLocks()).items.map(({ name }) => name)).toContain(own.lock);
  });

  test('nothing that is another’s was changed by all that (SEC-B3)', async () => {
    const before = await standing();
    for (const name of names)
      for (const ask of asks[name](things))
        await ulla.ask(endpoints[name].method, pathOf(endpoints[name].path, ask), ask.body);
    expect(await standing()).toBe(before);
  });

  test('a calendar by a token shows what its maker sees (SEC-B3)', async () => {
    const text = await (await fetch(`${portal.base}${own.feedPath}`)).text();
    expect(text).toContain(own.word);
    const { path } = await ulla.client.createFeed({ body: { name: 'all' } });
    expect(await (await fetch(`${portal.base}${path}`)).text()).not.toContain(things.word);
  });

  test('the stream hints at one’s own runs alone (SEC-B3)', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${portal.base}/api/stream`, {
      headers: { authorization: `Bearer ${ulla.token}` },
      signal: stop.signal,
    });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();
    const { run_id: foreign } = await umeko.client.runJob({ params: { id: things.job }, body: {} });
    await umeko.client.cancelRun({ params: { id: foreign } });
    const { run_id: mine } = await ulla.client.runJob({ params: { id: own.job }, body: {} });
    await ulla.client.cancelRun({ params: { id: mine } });
    let heard = '';
    while (!heard.includes(mine)) heard += (await reader?.read())?.value ?? '';
    expect(heard).not.toContain(foreign);
    stop.abort();
  });
});
