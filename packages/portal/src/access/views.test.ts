/** An administrator who looks with the eyes of somebody else sees what they see, and changes nothing. */
import { endpoints, pathOf, type EndpointName } from 'job-trigger-contract';
import { manualClock, type ManualClock } from 'job-trigger-core/testing';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { asks } from '../test-asks.ts';
import { startTestPortal, type TestPortal } from '../test-portal.ts';
import { somebody, thingsOf, type Somebody, type Things } from '../test-things.ts';

const names = Object.keys(endpoints) as EndpointName[];
const reading = names.filter((name) => endpoints[name].method === 'GET');
const changing = names.filter((name) => endpoints[name].method !== 'GET');
/** What lets itself be asked in a view although it is no GET: it keeps nothing, or ends the view. */
const harmless: readonly string[] = ['preview', 'parseSchedule', 'whatIf', 'endView', 'logout'];
const lists: readonly string[] = [
  'listJobs',
  'listRuns',
  'listAlerts',
  'listMonitors',
  'listSecrets',
  'listEvents',
  'listKeys',
  'overview',
  'queue',
];
/** Whose answers say who asks, or when: an answer that differs there is no other sight. */
const ofTheAsking: readonly string[] = ['session', 'listSessions', 'health', 'ready', 'live'];

describe.each(['SQLite', 'PostgreSQL'] as const)('a view on %s', (database) => {
  let portal: TestPortal;
  let clock: ManualClock;
  let umeko: Somebody;
  let ulla: Somebody;
  let boss: Somebody;
  let things: Things;
  let others: Things;
  beforeAll(async () => {
    clock = manualClock();
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock, {
      // Time goes on by half an hour below.
      JOB_PORTAL_PROOF_MINUTES: '1440',
    });
    umeko = await somebody(portal, 'umeko');
    ulla = await somebody(portal, 'ulla');
    boss = await somebody(portal, 'boss', 'admin');
    things = await thingsOf(portal, umeko);
    others = await thingsOf(portal, ulla);
    clock.advance(60_000);
  });
  afterAll(() => portal.close());
  afterEach(() => boss.client.endView());

  const idOf = async ({ person }: Somebody): Promise<string> =>
    (await portal.client.listUsers()).items.find(({ email }) => email === person.email)?.id ?? '';
  const view = async (of: Somebody = umeko) => boss.client.beginView({ params: { id: await idOf(of) } });
  /** The administrator's, after its first word. */
  async function streamOf(signal: AbortSignal) {
    const headers = { authorization: `Bearer ${boss.token}` };
    const { body } = await fetch(`${portal.base}/api/stream`, { headers, signal });
    if (body === null) throw new Error('The stream has no body.');
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    return reader;
  }
  const actsOn = async (action: string): Promise<number> =>
    (await portal.client.listAudit({ query: { action, limit: 500 } })).items.length;

  // One database answers all there is, the other the lists that most is made of: the eyes are the same.
  const asked = database === 'SQLite' ? reading : reading.filter((name) => lists.includes(name));
  const refused = database === 'SQLite' ? changing : changing.filter((name) => name.endsWith('Job'));

  test('answers as that person is answered, for what is theirs and for what is another’s (SEC-B3)', async () => {
    await view();
    let seen = 0;
    for (const name of asked.filter((each) => !ofTheAsking.includes(each)))
      for (const ask of [things, others].flatMap((of) => asks[name](of)).slice(0, 6)) {
        const address = pathOf(endpoints[name].path, ask);
        const [own, viewed] = [await umeko.ask('GET', address), await boss.ask('GET', address)];
        // Which request it was, and tokens that let their holder report.
        const plain = (text: string): string =>
          text
            .replaceAll(/"request_id":"[^"]*"/g, '')
            .replaceAll(/"(?:token|url|path|ping_path|ping_url)":(?:"[^"]*"|null)/g, '');
        expect([viewed.status, plain(viewed.text)], address).toEqual([own.status, plain(own.text)]);
        if (own.status === 200) seen += 1;
      }
    expect(seen).toBeGreaterThan(database === 'SQLite' ? 60 : 8);
  });

  test('changes nothing, whatever is asked (SEC-B3)', async () => {
    await view();
    const before = (await portal.client.listAudit({ query: { limit: 1 } })).items;
    for (const name of refused.filter((each) => !harmless.includes(each)))
      for (const ask of asks[name](things)) {
        const { method, path } = endpoints[name];
        const { status, text } = await boss.ask(method, pathOf(path, ask), ask.body);
        expect(`${status} ${text}`, `${name} ${text}`).toContain('as umeko sees it');
        expect(status).toBe(403);
      }
    expect((await portal.client.listAudit({ query: { limit: 1 } })).items).toEqual(before);
    for (const ask of asks.preview(things))
      expect((await boss.ask('POST', '/api/schedules/preview', ask.body)).status).toBeLessThan(300);
  });

  test('is said by the session, and told to the audit at its start and its end', async () => {
    const [started, ended] = [await actsOn('view.started'), await actsOn('view.ended')];
    const { name, until } = await view();
    expect(name).toBe('umeko');
    expect(await boss.client.session()).toMatchObject({
      person: { name, role: 'editor' },
      view: { by: 'boss', until },
    });
    expect(await umeko.client.session()).toMatchObject({ view: null });
    await boss.client.endView();
    await boss.client.endView();
    expect(await boss.client.session()).toMatchObject({ person: { name: 'boss', role: 'admin' }, view: null });
    const [last] = (await portal.client.listAudit({ query: { action: 'view.*', limit: 1 } })).items;
    expect(last).toMatchObject({ who: { name: 'boss' }, action: 'view.ended', subject: { kind: 'person', name } });
    expect([await actsOn('view.started'), await actsOn('view.ended')]).toEqual([started + 1, ended + 1]);
  });

  test('is over after half an hour, and its first change then does nothing', async () => {
    const ended = await actsOn('view.ended');
    await view();
    clock.advance(30 * 60_000);
    const refused = await boss.ask('PATCH', endpoints.patchProfile.path, { name: 'late' });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('view as somebody else is over')]);
    expect(await boss.client.session()).toMatchObject({ person: { name: 'boss' }, view: null });
    expect(await actsOn('view.ended')).toBe(ended + 1);
  });

  test('is over once its administrator or its person is not that any more', async () => {
    const [bossId, viewedId] = [await idOf(boss), await idOf(umeko)];
    const set = (id: string, body: object) => portal.client.patchUser({ params: { id }, body });
    await view();
    await set(viewedId, { role: 'admin' });
    expect(await boss.client.session()).toMatchObject({ person: { name: 'boss' }, view: null });
    await set(viewedId, { role: 'editor' });
    await view();
    await set(bossId, { role: 'viewer' });
    expect(await boss.client.session()).toMatchObject({ person: { name: 'boss', role: 'viewer' }, view: null });
    await expect(view()).rejects.toMatchObject({ status: 403 });
    await set(bossId, { role: 'admin' });
  });

  test('is of no administrator, of nobody unknown, and of a sign-in alone', async () => {
    await expect(view(boss)).rejects.toMatchObject({ status: 403 });
    const id = '019a0000-0000-7000-8000-00000000ffff';
    await expect(boss.client.beginView({ params: { id } })).rejects.toMatchObject({ status: 404 });
    await expect(ulla.client.beginView({ params: { id: await idOf(umeko) } })).rejects.toMatchObject({ status: 403 });
    const { secret } = await boss.client.createKey({ body: { name: `view ${database}`, scopes: ['admin'] } });
    const byKey = await fetch(`${portal.base}/api/users/${await idOf(umeko)}/view`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(byKey.status).toBe(403);
  });

  test('ends what was followed before it, and its stream hints at that person’s runs alone', async () => {
    const stop = new AbortController();
    const asAdmin = await streamOf(stop.signal);
    await view();
    const asUmeko = await streamOf(stop.signal);
    const { run_id: foreign } = await ulla.client.runJob({ params: { id: others.job }, body: {} });
    await ulla.client.cancelRun({ params: { id: foreign } });
    const { run_id: theirs } = await umeko.client.runJob({ params: { id: things.job }, body: {} });
    await umeko.client.cancelRun({ params: { id: theirs } });
    let heard = '';
    while (!heard.includes(theirs)) heard += (await asUmeko.read()).value ?? '';
    expect(heard).not.toContain(foreign);
    // It is looked for each three seconds, on either database.
    if (database === 'SQLite') while (!(await asAdmin.read()).done);
    stop.abort();
  });
});
