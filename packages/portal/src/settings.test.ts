/** Settings changed over REST while a portal runs: what they do at once, and what is told of it. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('settings on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, null, {
      JOB_PORTAL_RATE_PER_MINUTE: '',
    });
  });
  afterAll(() => portal.close());

  const change = (values: Readonly<Record<string, unknown>>) => portal.client.changeSettings({ body: { values } });
  const told = async () =>
    (await portal.client.listAudit({ query: { action: 'settings.changed', limit: 5 } })).items.map((row) => ({
      subject: row.subject.kind,
      changes: row.changes,
    }));

  test('count in the portal at once, and every difference is told (R-290)', async () => {
    await change({ 'server.rate_per_minute': 40, 'retry.delay_seconds': '90' });
    const answer = await portal.raw('/api/jobs');
    expect(answer.headers.get('ratelimit-policy')).toBe('"person";q=400;w=60');
    expect((await told())[0]).toEqual({
      subject: 'installation',
      changes: [
        { field: 'server.rate_per_minute', before: null, after: 40 },
        { field: 'retry.delay_seconds', before: null, after: 90 },
      ],
    });
    const body = { name: `retries ${database}`, type: 'function' as const, config: { name: 'none' }, retry: {} };
    expect((await portal.client.createJob({ body })).retry).toMatchObject({ delay_seconds: 90 });
    const before = await told();
    await change({ 'server.rate_per_minute': 40 });
    expect(await told()).toEqual(before);
    await change({ 'server.rate_per_minute': null, 'retry.delay_seconds': null });
    expect((await told())[0]?.changes).toContainEqual({ field: 'retry.delay_seconds', before: 90, after: null });
  });

  test('of a person are shown on their jobs, and go with their account', async () => {
    const { person, client } = await portal.someone('editor');
    const params = { id: (await client.session()).person?.id ?? '' };
    const values = { 'breaker.consecutive': 2 };
    await portal.client.changePersonSettings({ params, body: { values } });
    const body = { name: `owned ${database}`, type: 'function' as const, config: { name: 'none' } };
    const job = await client.createJob({ body });
    expect(job.breaker).toMatchObject({ consecutive: 2 });
    // What is saved as it is shown goes on following the person's.
    await client.patchJob({ params: { id: job.id }, body: { breaker: job.breaker } });
    await portal.client.changePersonSettings({ params, body: { values: { 'breaker.consecutive': 4 } } });
    expect((await client.getJob({ params: { id: job.id } })).breaker).toMatchObject({ consecutive: 4 });
    const [row] = await told();
    expect(row).toMatchObject({ subject: 'person', changes: [{ field: 'breaker.consecutive', before: 2, after: 4 }] });
    await portal.client.deleteUser({ params });
    expect((await portal.store.pageSettings.all()).filter(({ ownerId }) => ownerId === person.id)).toEqual([]);
  });

  test('bound what a person may hold from then on', async () => {
    const { client } = await portal.someone('editor');
    const body = (name: string) => ({
      name: `${name} ${database}`,
      type: 'function' as const,
      config: { name: 'none' },
    });
    await client.createJob({ body: body('held') });
    await change({ 'quota.jobs': 1 });
    await expect(client.createJob({ body: body('too many') })).rejects.toMatchObject({ code: 'quota_reached' });
    await change({ 'quota.jobs': null });
    await client.createJob({ body: body('one more') });
  });

  test('that shorten retention are counted before, and nothing is changed by counting', async () => {
    const body = { values: { 'retention.run_days': 7 }, dry_run: true };
    const { deletes, items } = await portal.client.changeSettings({ body });
    expect(deletes).toMatchObject({ dry_run: true, runs: expect.any(Number) });
    expect(items).toMatchObject([{ value: 30, source: 'default' }]);
    const longer = { values: { 'retention.run_days': 60 }, dry_run: true };
    expect((await portal.client.changeSettings({ body: longer })).deletes).toBeNull();
  });
});
