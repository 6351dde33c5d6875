import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { createClient, fetchTransport, ProblemError, type Client, type RunDetail } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../setup/databases.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';

/** Waits until a file named by its argument is there, so that a test decides when it ends. */
const waiting = `
import { existsSync } from 'node:fs';
console.log('began');
const timer = setInterval(() => {
  if (!existsSync(process.argv[2])) return;
  clearInterval(timer);
  console.log('ended by itself');
}, 20);
`;

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null) return 'accepted';
  if (error instanceof ProblemError) return `${error.status} ${error.code}`;
  throw error;
}

async function until<T>(ask: () => Promise<T>, isIt: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = await ask();
    if (isIt(value)) return value;
    await rest(50);
  }
  throw new Error('it never came');
}

describe.each(['SQLite', 'PostgreSQL'])('jobs of a real portal on %s', { timeout: 60_000 }, (database) => {
  let portal: PortalProcess;
  let client: Client;
  let drop = (): Promise<void> => Promise.resolve();
  let made = 0;

  beforeAll(async () => {
    const env: Record<string, string> = {};
    if (database === 'PostgreSQL') {
      const fresh = await freshPostgres(inject('postgresUrl'));
      drop = () => fresh.drop();
      env['JOB_PORTAL_DB_URL'] = fresh.url;
    }
    portal = await startPortal({ administrator: true, env });
    writeFileSync(join(portal.dataDir, 'scripts', 'waiting.mjs'), waiting);
    const { access_token } = await createClient(fetchTransport({ base: portal.base })).login({ body: administrator });
    client = createClient(fetchTransport({ base: portal.base, headers: { authorization: `Bearer ${access_token}` } }));
  });
  afterAll(async () => {
    await portal?.stop();
    await drop();
  });

  /** A job whose run goes on until `release` is called. */
  async function held(more: object = {}) {
    made += 1;
    const gate = join(portal.dataDir, `gate-${made}`);
    const job = await client.createJob({
      body: { name: `held ${made}`, type: 'script', config: { script: 'waiting.mjs', args: [gate] }, ...more },
    });
    return { job, params: { id: job.id }, release: () => writeFileSync(gate, '') };
  }
  const running = (id: string): Promise<RunDetail> =>
    until(
      () => client.getRun({ params: { id } }),
      (run) => run.state === 'running',
    );
  const ended = (id: string): Promise<RunDetail> =>
    until(
      () => client.getRun({ params: { id } }),
      (run) => run.ended_at !== null,
    );
  const eachSecond = { schedules: [{ kind: 'interval', every: 1, unit: 'seconds', timezone: 'UTC' }], overlap: 'skip' };

  test('a pause stops its schedules, ends by itself at its instant, and is one gap in the ledger (R-048)', async () => {
    const { params, release } = await held(eachSecond);
    release();
    await until(
      () => client.listRuns({ query: { job_id: params.id } }),
      ({ items }) => items.length > 0,
    );
    const wholeSecond = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000).toISOString().replace('.000Z', 'Z');
    const paused = await client.deactivateJob({ params, body: { until: wholeSecond, reason: 'vendor outage' } });
    expect(paused).toMatchObject({
      active: false,
      next_due_at: null,
      paused: { reason: 'vendor outage', until: wholeSecond },
    });
    expect((await client.getJob({ params })).next_due_at).toBeNull();
    expect(await codeOf(client.deactivateJob({ params }))).toBe('409 already_paused');
    const before = (await client.listRuns({ query: { job_id: params.id } })).items.length;
    const resumed = await until(
      () => client.getJob({ params }),
      (job) => job.active,
    );
    expect(resumed.paused).toBeNull();
    expect(resumed.next_due_at).not.toBeNull();
    const late = Date.parse(resumed.updated_at) - Date.parse(wholeSecond);
    expect([late >= 0, late < 5000]).toEqual([true, true]);
    await until(
      () => client.listRuns({ query: { job_id: params.id } }),
      ({ items }) => items.length > before,
    );
    const ledger = await until(
      () => client.jobOccurrences({ params }),
      ({ items }) => items.some(({ kind }) => kind === 'gap'),
    );
    expect(ledger.items.filter(({ kind, reason }) => kind === 'gap' && reason === 'paused')).toHaveLength(1);
    expect(await codeOf(client.activateJob({ params }))).toBe('409 not_paused');
    expect(await codeOf(client.deactivateJob({ params, body: { until: '2020-01-01T00:00:00Z' } }))).toBe('422 invalid');
    await client.deleteJob({ params });
  });

  test('run-now makes its own run and leaves the next instant; it refuses by name what it refuses (R-049)', async () => {
    const daily = { schedules: [{ kind: 'daily', times: ['00:00'], timezone: 'UTC' }] };
    const { job, params, release } = await held(daily);
    const { run_id } = await client.runJob({ params, body: { note: 'by hand' } });
    expect(await running(run_id)).toMatchObject({ trigger: 'manual', note: 'by hand', due_at: null });
    expect((await client.getJob({ params })).next_due_at).toBe(job.next_due_at);
    expect(await codeOf(client.runJob({ params, body: {} }))).toBe('409 already_running');
    release();
    expect((await ended(run_id)).state).toBe('succeeded');
    await client.deactivateJob({ params });
    expect(await codeOf(client.runJob({ params, body: {} }))).toBe('409 job_inactive');
    const allowed = await client.runJob({ params, body: { allow_inactive: true } });
    expect((await ended(allowed.run_id)).state).toBe('succeeded');
    expect(await client.getJob({ params })).toMatchObject({ active: false, next_due_at: null });
  });

  test('deleted during a run: the run ends normally, the waiting ones do not start, and it comes back paused (R-051)', async () => {
    const { params, release } = await held({ overlap: 'queue_all' });
    const first = (await client.runJob({ params, body: {} })).run_id;
    const second = (await client.runJob({ params, body: {} })).run_id;
    await running(first);
    await client.deleteJob({ params });
    expect(await codeOf(client.getJob({ params }))).toBe('404 not_found');
    expect(await client.getRun({ params: { id: second } })).toMatchObject({
      state: 'cancelled',
      reason: 'job_deleted',
    });
    expect((await client.getRun({ params: { id: first } })).state).toBe('running');
    release();
    expect(await ended(first)).toMatchObject({ state: 'succeeded', reason: null, failure: null });
    expect((await client.listJobs({ query: { deleted: 'true' } })).items.map(({ id }) => id)).toContain(params.id);
    expect(await client.restoreJob({ params })).toMatchObject({ active: false, deleted_at: null });
    expect(portal.said()).not.toMatch(/"level":"error"/);
  });

  test('deleted with its live run cancelled', async () => {
    const { params } = await held();
    const { run_id } = await client.runJob({ params, body: {} });
    await running(run_id);
    await client.deleteJob({ params, query: { cancel_running: 'true' } });
    expect(await ended(run_id)).toMatchObject({ state: 'cancelled', reason: 'job_deleted' });
  });

  test('purged: its runs and their output are gone (R-051)', async () => {
    const { params, release } = await held();
    release();
    const { run_id } = await client.runJob({ params, body: {} });
    const run = await ended(run_id);
    const log = join(portal.dataDir, 'logs', run.created_at.slice(0, 10), run_id, '1.log');
    expect(readFileSync(log, 'utf8')).toBe('began\nended by itself\n');
    await client.deleteJob({ params, query: { purge: 'true' } });
    expect(await codeOf(client.getRun({ params: { id: run_id } }))).toBe('404 not_found');
    expect((await client.listJobs({ query: { deleted: 'true' } })).items.map(({ id }) => id)).not.toContain(params.id);
    expect(existsSync(log)).toBe(false);
  });

  test('a purge waits for a live run, unless that is cancelled; also what is in the bin can be purged', async () => {
    const { params, release } = await held();
    const { run_id } = await client.runJob({ params, body: {} });
    await running(run_id);
    const purge = { purge: 'true' } as const;
    expect(await codeOf(client.deleteJob({ params, query: purge }))).toBe('409 already_running');
    expect((await client.getJob({ params })).active).toBe(true);
    await client.deleteJob({ params });
    release();
    expect((await ended(run_id)).state).toBe('succeeded');
    await client.deleteJob({ params, query: purge });
    expect(await codeOf(client.restoreJob({ params }))).toBe('404 not_found');
    expect(await codeOf(client.getRun({ params: { id: run_id } }))).toBe('404 not_found');

    const other = await held();
    const live = (await client.runJob({ params: other.params, body: {} })).run_id;
    await running(live);
    await client.deleteJob({ params: other.params, query: { ...purge, cancel_running: 'true' } });
    expect(await codeOf(client.getRun({ params: { id: live } }))).toBe('404 not_found');
    await until(
      () => client.queue(),
      ({ running: count }) => count === 0,
    );
  });

  test('a draft run is carried out by the worker, and nothing of it is kept but the run', async () => {
    const before = (await client.listJobs({ query: { total: 'true' } })).total;
    const gate = join(portal.dataDir, 'gate-draft');
    const body = { name: 'draft', type: 'script', config: { script: 'waiting.mjs', args: [gate] } } as const;
    const { run_id } = await client.runDraft({ body: { ...body, retry: { max_attempts: 5 } } });
    expect(await running(run_id)).toMatchObject({ draft: true, trigger: 'manual', job_name: 'draft' });
    writeFileSync(gate, '');
    expect(await ended(run_id)).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect((await client.runLog({ params: { id: run_id } })).items.map(({ text }) => text)).toEqual([
      'began',
      'ended by itself',
    ]);
    expect((await client.listJobs({ query: { total: 'true' } })).total).toBe(before);
    expect((await client.listJobs({ query: { deleted: 'true' } })).items.map(({ name }) => name)).not.toContain(
      'draft',
    );
  });
});
