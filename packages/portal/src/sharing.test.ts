/** Jobs shared, and what a person may do then (R-046, R-177, SECURITY.md B1-B4). */
import { endpoints, pathOf, type Client } from 'job-trigger-contract';
import { fromUuid } from 'job-trigger-core';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';
import { somebody, thingsOf, type Somebody, type Things } from './test-things.ts';

const missing = { status: 404, code: 'not_found' };
const refused = { status: 403, code: 'forbidden' };
const items = (email: string, level: 'view' | 'run' | 'edit') => ({
  items: [{ with: 'person' as const, email, level }],
});

describe.each(['SQLite', 'PostgreSQL'] as const)('a shared job on %s', (database) => {
  let portal: TestPortal;
  let noor: Somebody;
  let mika: Somebody;
  let opal: Somebody;
  let vera: Somebody;
  let things: Things;
  let made = 0;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, manualClock());
    noor = await somebody(portal, 'noor');
    mika = await somebody(portal, 'mika');
    opal = await somebody(portal, 'opal', 'operator');
    vera = await somebody(portal, 'vera', 'viewer');
    things = await thingsOf(portal, noor);
  });
  afterAll(() => portal.close());

  async function jobOf(client: Client): Promise<string> {
    const body = { name: `job ${(made += 1)}`, type: 'function', config: { name: 'none' } } as never;
    return (await client.createJob({ body })).id;
  }

  test('who made it owns it, and nobody else sees it (R-046)', async () => {
    const params = { id: await jobOf(noor.client) };
    expect(await noor.client.jobAccess({ params })).toMatchObject({
      level: 'own',
      owner: { name: 'noor' },
      reasons: [{ kind: 'owner', level: 'own' }],
      text: 'noor may see, run, edit and share it: it is theirs.',
    });
    await expect(mika.client.getJob({ params })).rejects.toMatchObject(missing);
    await expect(mika.client.jobAccess({ params })).rejects.toMatchObject(missing);
    expect((await portal.client.getJob({ params })).id).toBe(params.id);
  });

  test('one shared to view is seen and not run, to run is run and not edited, to edit is edited and not shared (R-177)', async () => {
    const params = { id: await jobOf(noor.client) };
    const { client } = mika;
    await noor.client.shareJob({ params, body: items('mika@example.org', 'view') });
    expect((await client.getJob({ params })).id).toBe(params.id);
    await expect(client.runJob({ params, body: {} })).rejects.toMatchObject({
      ...refused,
      problem: { needed_level: 'run', your_level: 'view' },
    });
    await noor.client.shareJob({ params, body: items('mika@example.org', 'run') });
    const { run_id: id } = await client.runJob({ params, body: {} });
    await client.cancelRun({ params: { id } });
    await expect(client.patchJob({ params, body: { description: 'mine' } })).rejects.toMatchObject(refused);
    await expect(client.deleteJob({ params })).rejects.toMatchObject(refused);
    await expect(client.jobShares({ params })).rejects.toMatchObject(refused);
    await noor.client.shareJob({ params, body: items('mika@example.org', 'edit') });
    expect(await client.patchJob({ params, body: { description: 'mine' } })).toMatchObject({ description: 'mine' });
    expect((await client.jobShares({ params })).items).toMatchObject([{ email: 'mika@example.org', level: 'edit' }]);
    await expect(client.shareJob({ params, body: { items: [] } })).rejects.toMatchObject(refused);
    await expect(client.shareJob({ params, body: { owner: 'mika@example.org' } })).rejects.toMatchObject(refused);
    await noor.client.shareJob({ params, body: { items: [] } });
    await expect(client.getJob({ params })).rejects.toMatchObject(missing);
  });

  test('the lesser of role and share holds: a viewer with an edit share looks, an operator runs (SEC-B1, R-175)', async () => {
    const params = { id: await jobOf(noor.client) };
    await noor.client.shareJob({ params, body: { items: [{ with: 'everyone', level: 'edit' }] } });
    expect((await vera.client.getJob({ params })).id).toBe(params.id);
    await expect(vera.client.runJob({ params, body: {} })).rejects.toMatchObject(refused);
    const { run_id: id } = await opal.client.runJob({ params, body: {} });
    await expect(opal.client.patchJob({ params, body: { description: 'x' } })).rejects.toMatchObject(refused);
    await opal.client.cancelRun({ params: { id } });
    expect(await vera.client.jobAccess({ params })).toMatchObject({
      level: 'view',
      ceiling: 'view',
      given: 'edit',
      text: 'vera may see it: it is shared with everyone to edit. The role viewer allows no more.',
    });
  });

  test('a run share takes declared parameters and nothing else of a job (SEC-B2)', async () => {
    const params = { id: await jobOf(noor.client) };
    await noor.client.shareJob({ params, body: items('mika@example.org', 'run') });
    for (const more of [
      { command: 'x' },
      { env: { A: '1' } },
      { working_dir: '/' },
      { worker_labels: ['x'] },
      { config: {} },
    ])
      expect((await mika.ask('POST', pathOf(endpoints.runJob.path, { params }), more)).status).toBe(422);
  });

  test('no field of a body makes anyone an owner (SEC-B4)', async () => {
    const body = { name: 'theirs', type: 'function', config: { name: 'none' } };
    for (const more of [
      { owner_id: noor.person.id },
      { owner: 'noor@example.org' },
      { created_at: '2020-01-01T00:00:00Z' },
    ])
      expect((await mika.ask('POST', '/api/jobs', { ...body, ...more })).status).toBe(422);
  });

  test('a team sees what is shared with it, for as long as one is in it (R-177)', async () => {
    const params = { id: await jobOf(noor.client) };
    await portal.client.setTeam({ params: { name: 'Night' }, body: { members: ['mika@example.org'] } });
    await noor.client.shareJob({ params, body: { items: [{ with: 'team', team: 'night', level: 'run' }] } });
    expect(await mika.client.jobAccess({ params })).toMatchObject({
      level: 'run',
      reasons: [{ kind: 'team', team: 'Night', level: 'run' }],
    });
    const teams = (await mika.client.listTeams()).items;
    expect(teams).toMatchObject([{ name: 'Night', member_count: 1, members: [{ name: 'mika' }] }]);
    expect((await noor.client.listTeams()).items).toMatchObject([{ name: 'Night', members: [] }]);
    await expect(mika.client.setTeam({ params: { name: 'Mine' }, body: {} })).rejects.toMatchObject(refused);
    await portal.client.setTeam({ params: { name: 'Night' }, body: { name: 'Day', members: [] } });
    await expect(mika.client.getJob({ params })).rejects.toMatchObject(missing);
    await portal.client.deleteTeam({ params: { name: 'Day' } });
    await expect(portal.client.deleteTeam({ params: { name: 'Day' } })).rejects.toMatchObject(missing);
    expect((await noor.client.jobShares({ params })).items).toEqual([]);
  });

  test('a job is given away by its owner, and its name goes along', async () => {
    const params = { id: await jobOf(noor.client) };
    const { owner } = await noor.client.shareJob({ params, body: { owner: 'mika@example.org' } });
    expect(owner).toMatchObject({ name: 'mika' });
    await expect(noor.client.getJob({ params })).rejects.toMatchObject(missing);
    const { name } = await mika.client.getJob({ params });
    await noor.client.createJob({ body: { name, type: 'function', config: { name: 'none' } } });
    await portal.client.shareJob({ params, body: { owner: null } });
    await expect(mika.client.getJob({ params })).rejects.toMatchObject(missing);
    for (const body of [items('nobody@example.org', 'view'), { owner: 'nobody@example.org' }])
      await expect(portal.client.shareJob({ params, body })).rejects.toMatchObject({ status: 422 });
  });

  test('asked for another, the reasons are told to who may share it', async () => {
    const params = { id: await jobOf(noor.client) };
    await noor.client.shareJob({ params, body: items('mika@example.org', 'edit') });
    const query = { person: 'vera@example.org' };
    expect(await noor.client.jobAccess({ params, query })).toMatchObject({
      level: null,
      text: 'vera does not see this job: it is not theirs, and not shared with them.',
    });
    await expect(mika.client.jobAccess({ params, query })).rejects.toMatchObject(refused);
    expect(await portal.client.jobAccess({ params })).toMatchObject({ level: 'own', reasons: [{ kind: 'admin' }] });
  });

  test('a dependency on what one does not see is on nothing, and a circle through it has no name (SEC-C14)', async () => {
    const hidden = await jobOf(noor.client);
    const between = await jobOf(noor.client);
    const shared = await jobOf(noor.client);
    const on = (id: string) => ({ depends_on: { mode: 'all_success' as const, jobs: [id] } });
    await noor.client.patchJob({ params: { id: between }, body: on(shared) });
    await noor.client.shareJob({ params: { id: shared }, body: items('mika@example.org', 'edit') });
    await expect(mika.client.patchJob({ params: { id: shared }, body: on(hidden) })).rejects.toMatchObject(missing);
    const own = await jobOf(mika.client);
    await portal.client.patchJob({ params: { id: own }, body: on(between) });
    await expect(mika.client.patchJob({ params: { id: shared }, body: on(own) })).rejects.toMatchObject({
      code: 'dependency_cycle',
      message: expect.stringContaining('a job that you do not see'),
    });
    await expect(mika.client.deleteJob({ params: { id: shared } })).rejects.toMatchObject({
      code: 'dependents_exist',
      message: expect.stringMatching(/^a job that you do not see waits for/),
    });
  });

  test('of a shared job nothing is told of those it hangs on (SEC-B3)', async () => {
    await noor.client.shareJob({ params: { id: things.waiting }, body: items('mika@example.org', 'view') });
    const own = new RegExp(`${things.word}-(job|failing|deleted|paused|note-none)\\b`);
    const ids = [things.job, things.failing, things.run, things.failedRun];
    const paths = [
      ...['', '/why', '/occurrences', '/logs', '/versions', '/failures', '/parameters', '/hooks', '/access'].map(
        (part) => `/api/jobs/${things.waiting}${part}`,
      ),
      ...['', '/log', '/artifacts'].map((part) => `/api/runs/${things.queuedRun}${part}`),
      '/api/jobs',
      '/api/runs',
      '/api/queue',
      '/api/events?limit=500',
      '/api/overview',
      '/api/graph',
      '/api/attention?state=all',
      '/api/maintenance',
      '/api/locks',
      '/api/timeline?from=2026-01-01T00:00:00Z&to=2026-01-20T00:00:00Z',
    ];
    for (const path of paths) {
      const { status, text } = await mika.ask('GET', path);
      expect(status, path).toBe(200);
      expect(text, path).not.toMatch(own);
      // What it waits for stands in its definition, as a number without a name.
      const isDefinition = path === '/api/jobs' || path === `/api/jobs/${things.waiting}`;
      for (const id of ids) if (!isDefinition || id !== things.job) expect(text, path).not.toContain(id);
    }
    expect((await mika.client.listRuns({ query: {} })).items.length).toBeGreaterThan(0);
  });

  test('an item that also touches jobs of others tells of one’s own, and is not one’s to settle (SEC-B3)', async () => {
    const { store } = portal;
    const [own, foreign] = [await jobOf(mika.client), await jobOf(noor.client)].map((id) => fromUuid(id));
    const [itemId = 0, ...runIds] = await store.ids(4);
    const at = await store.now();
    const words = {
      kind: 'failing',
      severity: 'error',
      category: 'network_error',
      evidence: 'noors-secret-host',
    } as const;
    await store.transaction(async (tables) => {
      const held = await tables.attention.hold(itemId, 'shared cause', { ...words, title: '' });
      await tables.attention.open(held.id);
      const told = [own, foreign, foreign].map((job, place) => ({
        id: runIds[place] ?? 0,
        createdAt: at,
        jobId: job?.id ?? 0,
        jobCreatedAt: job?.createdAt ?? 0,
        eventId: place + 1,
        endedAt: at,
      }));
      const fresh = await tables.attention.addRuns({ id: held.id, spell: 1 }, told);
      await tables.attention.tell(held.id, fresh, () => ({ ...words, title: 'noors-job and another fail' }));
    });
    const { items: seen } = await mika.client.listAttention({ query: { class: 'network_error' } });
    expect(seen).toMatchObject([{ title: 'Jobs fail for a cause they share', evidence: '', times: 1, jobs: 1 }]);
    const params = { id: seen[0]?.id ?? '' };
    const { text } = await mika.ask('GET', `/api/attention/${params.id}`);
    expect(text).not.toMatch(/noors/);
    await expect(mika.client.resolveAttention({ params })).rejects.toMatchObject(refused);
    await expect(mika.client.retryAttention({ params })).rejects.toMatchObject(refused);
    const { items: all } = await portal.client.listAttention({ query: { class: 'network_error' } });
    expect(all).toMatchObject([{ title: 'noors-job and another fail', times: 3 }]);
    expect((await vera.client.listAttention({ query: { class: 'network_error' } })).items).toEqual([]);
  });

  test('one act on many refuses those that one may not touch, each by itself (SEC-B3)', async () => {
    const [seen, hidden] = [await jobOf(noor.client), await jobOf(noor.client)];
    const own = await jobOf(mika.client);
    await noor.client.shareJob({ params: { id: seen }, body: items('mika@example.org', 'view') });
    const { items: results } = await mika.client.bulkJobs({ body: { act: 'pause', ids: [own, seen, hidden] } });
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, code: 'forbidden' },
      { ok: false, code: 'not_found', name: null },
    ]);
  });
});
