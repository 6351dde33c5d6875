import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('what people watch, on %s', (database) => {
  const built = freshDir();
  let portal: TestPortal;

  beforeAll(async () => {
    mkdirSync(join(built.path, 'assets'));
    writeFileSync(join(built.path, 'index.html'), '<!doctype html><title>start page</title>');
    writeFileSync(join(built.path, 'assets', 'main-1a2b.js'), 'export {};');
    portal = await startTestPortal(database, inject('postgresUrl'), built.path);
  });
  afterAll(async () => {
    await portal.close();
    built.remove();
  });

  test('every page address answers the start page, and a missing file or call does not', async () => {
    const asPage = { headers: { accept: 'text/html' } };
    for (const path of ['/', '/jobs', '/runs/019a0000-0000-7000-8000-000000000001?tab=log', '/setup']) {
      const answer = await fetch(`${portal.base}${path}`, asPage);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringContaining('start page')]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    }
    expect((await fetch(`${portal.base}/assets/gone.js`, asPage)).status).toBe(404);
    expect((await fetch(`${portal.base}/api/nothing`, asPage)).status).toBe(404);
    expect((await fetch(`${portal.base}/jobs`)).status).toBe(404);
  });

  test('a built file may be kept for ever: its name changes with its content', async () => {
    const answer = await fetch(`${portal.base}/assets/main-1a2b.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });

  test('the overview of an empty installation is whole', async () => {
    const portal = await startTestPortal(database, inject('postgresUrl'));
    try {
      const overview = await portal.client.overview({});
      expect(overview).toMatchObject({
        counts: { running: 0, queued: 0, succeeded: 0, failed: 0, missed: 0, skipped: 0, success_rate: null },
        attention: [],
        coming: [],
        jobs_total: 0,
        workers_online: 0,
      });
    } finally {
      await portal.close();
    }
  });

  test('what catch-up folded was missed too: the overview counts what the ledger of the job shows', async () => {
    const job = await portal.client.createJob({
      body: {
        name: 'folded',
        type: 'script',
        config: { script: 'hello.sh' },
        schedules: [{ kind: 'interval', every: 1, unit: 'hours', timezone: 'UTC' }],
      },
    });
    const counts = async () => (await portal.client.overview({})).counts;
    const before = await counts();
    const [schedule] = (await portal.store.jobs.list({ search: 'folded' }, 'name', false, { limit: 1 })).items.flatMap(
      ({ schedules }) => schedules,
    );
    const scheduleId = schedule?.id ?? 0;
    const decidedAt = await portal.store.now();
    const row = {
      kind: 'occurrence',
      scheduleId,
      revision: 1,
      causeRunId: null,
      causeCreatedAt: null,
      decidedAt,
    } as const;
    const skip = { ...row, runId: null, runCreatedAt: null };
    const hour = 3_600_000;
    await portal.store.ledger.insert([
      { ...skip, dueAt: decidedAt - hour, reason: 'coalesced' },
      { ...skip, dueAt: decidedAt - 2 * hour, reason: 'misfire' },
      { ...skip, dueAt: decidedAt - 1000, reason: 'coalesced' },
      { ...skip, dueAt: decidedAt, reason: 'overlap' },
    ]);
    const gap = {
      kind: 'gap',
      scheduleId,
      fromAt: decidedAt - 9 * hour,
      toAt: decidedAt - 3 * hour,
      decidedAt,
    } as const;
    await portal.store.ledger.insertGaps([{ ...gap, count: 7, reason: 'coalesced' }]);
    const after = await counts();
    expect([after.missed - before.missed, after.skipped - before.skipped]).toEqual([9, 2]);
    const { items } = await portal.client.jobOccurrences({ params: { id: job.id }, query: {} });
    const late = items.filter(({ why }) => / \d+ h late/.test(why.sentence));
    expect(late.reduce((sum, { count = 1 }) => sum + (count ?? 1), 0)).toBe(9);
    await portal.client.deleteJob({ params: { id: job.id } });
  });

  test('a scheduler that signed off leaves the list, and stays among all', async () => {
    const [id = 0] = await portal.store.ids(1);
    const now = await portal.store.now();
    const row = { id, createdAt: now, name: 'gone', host: 'h', pid: 1, version: '0', startedAt: now, beatAt: now };
    await portal.store.schedulers.register({ ...row, polledAt: now, stoppedAt: null, clockOffset: null, hold: null });
    const names = async (all: 'true' | 'false'): Promise<string[]> =>
      (await portal.client.listSchedulers({ query: { all } })).items.flatMap(({ name }) =>
        name === 'gone' ? name : [],
      );
    expect(await names('false')).toEqual(['gone']);
    await portal.store.schedulers.end(id);
    expect(await names('false')).toEqual([]);
    expect(await names('true')).toEqual(['gone']);
  });

  test('a scheduler between two passes is online, in the list as on the overview', async () => {
    const [id = 0] = await portal.store.ids(1);
    const now = await portal.store.now();
    const beatAt = now - 20_000;
    const row = { id, createdAt: now, name: 'slow', host: 'h', pid: 1, version: '0', startedAt: beatAt, beatAt };
    await portal.store.schedulers.register({
      ...row,
      polledAt: beatAt,
      stoppedAt: null,
      clockOffset: null,
      hold: null,
    });
    expect((await portal.client.listSchedulers({ query: {} })).items).toMatchObject([
      { name: 'slow', state: 'online' },
    ]);
    expect((await portal.client.overview({})).scheduler).toMatchObject({ online: 1 });
    await portal.store.schedulers.end(id);
  });

  test('a waiting run says why in overview, queue and why alike', async () => {
    const job = await portal.client.createJob({
      body: {
        name: 'waiting',
        type: 'script',
        config: { script: 'hello.sh' },
        schedules: [{ kind: 'daily', times: ['09:00'], timezone: 'Asia/Hong_Kong' }],
      },
    });
    const { run_id } = await portal.client.runJob({ params: { id: job.id }, body: {} });
    const overview = await portal.client.overview({});
    const queue = await portal.client.queue();
    const why = await portal.client.jobWhy({ params: { id: job.id } });
    expect(overview.waiting).toMatchObject([{ id: run_id, reason: 'worker_offline' }]);
    expect(queue).toMatchObject({ queued: 1, items: [{ position: 1, run: { id: run_id, reason: 'worker_offline' } }] });
    expect(why.waiting).toMatchObject([{ run_id, reason: 'worker_offline' }]);
    expect(why.next).toMatch(/^Next: .*09:00.*Asia\/Hong_Kong/);
    expect(overview.coming).toMatchObject([{ job_id: job.id, job_name: 'waiting', timezone: 'Asia/Hong_Kong' }]);
    expect((await portal.client.coming({})).items).toEqual(overview.coming);
    const detail = await portal.client.getRun({ params: { id: run_id } });
    expect(detail.why).toBe('Mei asked for it.');
    expect(detail.usual_seconds).toBeNull();
    expect((await portal.client.jobLogs({ params: { id: job.id } })).items).toMatchObject([{ id: run_id }]);
    expect(await portal.client.getLog({ params: { id: run_id } })).toMatchObject({ output: '', run: { id: run_id } });
  });

  test('a paused job says who paused it', async () => {
    const { id } = await portal.client.createJob({
      body: { name: 'rests', type: 'script', config: { script: 'hello.sh' } },
    });
    await portal.client.deactivateJob({ params: { id }, body: { reason: 'vendor outage' } });
    expect((await portal.client.jobWhy({ params: { id } })).next).toMatch(/^Next: none\. .*Mei/);
  });

  test('a job paused until an instant says when that ends, in the zone of its schedule', async () => {
    const { id } = await portal.client.createJob({
      body: {
        name: 'rests a while',
        type: 'script',
        config: { script: 'hello.sh' },
        schedules: [{ kind: 'daily', times: ['09:00'], timezone: 'Asia/Hong_Kong' }],
      },
    });
    await portal.client.deactivateJob({ params: { id }, body: { until: '2099-01-02T01:00:00Z' } });
    expect((await portal.client.jobWhy({ params: { id } })).next).toMatch(
      /^Next: none\. Paused by Mei on .*\. The pause ends at 2099-01-02 09:00 \(UTC\+08:00, Asia\/Hong_Kong\)\.$/,
    );
  });

  test('events are sentences about their subject', async () => {
    const { id } = await portal.client.createJob({
      body: { name: 'told', type: 'script', config: { script: 'hello.sh' } },
    });
    await portal.client.deactivateJob({ params: { id } });
    const { items } = await portal.client.listEvents({});
    expect(items.map((event) => event.text)).toContain('told was created by Mei.');
    const people = await portal.client.listEvents({ query: { kind: 'person.created' } });
    expect(people.items.map((event) => event.text)).toEqual(['Mei was added as a person.']);
    const paused = await portal.client.listEvents({ query: { kind: 'job.paused' } });
    expect(new Set(paused.items.map((event) => event.kind))).toEqual(new Set(['job.paused']));
  });

  test('a script can be read, and none outside the folder', async () => {
    expect(await portal.client.readScript({ query: { path: 'hello.sh' } })).toMatchObject({ text: 'echo hello\n' });
    const answer = await portal.raw('/api/scripts/content?path=..%2Fjtp.sqlite');
    expect(answer.status).toBe(422);
  });

  test('settings tell their source and never a secret', async () => {
    const { items } = await portal.client.settings();
    expect(items.find((setting) => setting.key === 'server.port')).toMatchObject({ source: 'default' });
    expect(items.length).toBeGreaterThan(20);
  });

  test('zones come with their present offset', async () => {
    const { items } = await portal.client.timezones();
    expect(items.find((zone) => zone.name === 'Asia/Hong_Kong')?.offset).toBe('+08:00');
  });

  test('the stream hints at a change, and repeats what was missed (F13)', async () => {
    const stop = new AbortController();
    const answer = await portal.raw('/api/stream', { signal: stop.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const until = async (text: string): Promise<void> => {
      while (!seen.includes(text)) seen += (await reader?.read())?.value ?? '';
    };
    await until('event: hello');
    const before = /id: (\d+)/.exec(seen)?.[1] ?? '';
    await portal.client.createJob({ body: { name: 'heard', type: 'script', config: { script: 'hello.sh' } } });
    await until('event: hint');
    await until('jobs');
    stop.abort();
    const again = new AbortController();
    const late = await portal.raw('/api/stream', { signal: again.signal, headers: { 'last-event-id': before } });
    const first = await late.body?.pipeThrough(new TextDecoderStream()).getReader().read();
    expect(first?.value).toContain('event: hint');
    again.abort();
  });

  test('whoever begins to listen is told what has just changed: what they show may be older', async () => {
    await portal.client.createJob({ body: { name: 'just now', type: 'script', config: { script: 'hello.sh' } } });
    const stop = new AbortController();
    const answer = await portal.raw('/api/stream', { signal: stop.signal });
    const first = await answer.body?.pipeThrough(new TextDecoderStream()).getReader().read();
    stop.abort();
    expect(first?.value).toMatch(/event: hello\n.*\n\nid: \d+\nevent: hint\ndata: .*"jobs"/);
  });

  test('without a credential there is no stream', async () => {
    expect((await fetch(`${portal.base}/api/stream`)).status).toBe(401);
  });
});

test('a portal without built pages says so', async () => {
  const portal = await startTestPortal('SQLite', '', null);
  try {
    const answer = await fetch(`${portal.base}/`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('The pages are not built');
  } finally {
    await portal.close();
  }
});
