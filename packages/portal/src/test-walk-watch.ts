/** The same person's calls about what needs somebody, what is told and what is operated. */
import type { Client, Job } from 'job-trigger-contract';
import { expect } from 'vitest';
import { daily, ended, hourMs } from './test-walk.ts';

/** A window over the job: what it costs, that it is set, made longer and ended. */
export async function walkMaintenance(client: Client, job: Job): Promise<void> {
  const scope = { kind: 'jobs' as const, job_ids: [job.id] };
  const until = new Date(Date.now() + 48 * hourMs).toISOString();
  const schedules = [{ ...daily('09:00'), calendars: [] }];
  await client.patchJob({ params: { id: job.id }, body: { schedules } });
  const body = { scope, until, resume: 'one' as const, reason: 'New disk' };
  const dry = await client.setMaintenance({ body, query: { dry_run: 'true' } });
  expect(dry).toMatchObject({ window: null, cost: { count: 2, runs_after: 1, jobs: [{ job_name: 'walk' }] } });
  expect((await client.listMaintenance()).items).toEqual([]);
  const { window } = await client.setMaintenance({ body });
  expect(window).toMatchObject({ state: 'active', scope_text: 'walk', set_by: 'Mei', running: 0 });
  const params = { id: window?.id ?? '' };
  expect((await client.jobWhy({ params: { id: job.id } })).maintenance).toMatchObject({ id: params.id });
  // A person runs it all the same.
  const { run_id: id } = await client.runJob({ params: { id: job.id }, body: {} });
  expect([(await client.getRun({ params: { id } })).trigger, await ended(client, id)]).toEqual(['manual', 'succeeded']);
  expect(await client.changeMaintenance({ params, body: { until: null } })).toMatchObject({ until: null });
  expect((await client.getJob({ params: { id: job.id } })).next_due_at).toBeNull();
  expect(await client.endMaintenance({ params })).toMatchObject({ state: 'ended', ended_by: 'Mei' });
}

/** One worker was lost, and somebody sees it. */
export async function walkAttention(client: Client): Promise<void> {
  const { items } = await client.listAttention({ query: { kind: 'worker_lost' } });
  expect(items).toMatchObject([{ title: 'Worker moon was lost with a run', state: 'open', opened: 1 }]);
  const params = { id: items[0]?.id ?? '' };
  expect(await client.getAttention({ params })).toMatchObject({ touched: [], runs: [], since_success: null });
  expect((await client.countAttention()).by_kind).toMatchObject({ worker_lost: 1 });
  expect(await client.assignAttention({ params, body: { owner: 'me' } })).toMatchObject({ owner: { name: 'Mei' } });
  expect((await client.listAttention({ query: { owner: 'me' } })).items).toHaveLength(1);
  expect(await client.noteAttention({ params, body: { note: 'Asked.' } })).toMatchObject({ note: 'Asked.' });
  const until = '2100-01-01T00:00:00Z';
  await expect(client.snoozeAttention({ params, body: { until } })).rejects.toMatchObject({ code: 'invalid' });
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  expect(await client.snoozeAttention({ params, body: { until: soon } })).toMatchObject({ state: 'snoozed' });
  expect(await client.snoozeAttention({ params, body: { until: null } })).toMatchObject({ state: 'open' });
  await expect(client.retryAttention({ params })).rejects.toMatchObject({ code: 'invalid' });
  const resolved = await client.resolveAttention({ params, body: { text: 'Plugged in.' } });
  expect(resolved).toMatchObject({ state: 'resolved', ending: { by: 'Mei', text: 'Plugged in.' } });
  expect(await client.reopenAttention({ params })).toMatchObject({ state: 'open' });
  await walkFailing(client);
}

/** A job that fails, as nobody listens there. */
async function walkFailing(client: Client): Promise<void> {
  const closed = { name: 'Nobody listens', type: 'http', config: { url: 'http://127.0.0.1:65530/' } } as const;
  const job = await client.createJob({ body: closed });
  const { run_id } = await client.runJob({ params: { id: job.id }, body: {} });
  expect(await ended(client, run_id)).toBe('failed');
  const query = { job_id: job.id };
  await expect.poll(async () => (await client.listAttention({ query })).items.length, { timeout: 15_000 }).toBe(1);
  const [failing] = (await client.listAttention({ query })).items;
  expect(failing).toMatchObject({ class: 'network_error', times: 1, recommended_action: { act: 'retry' } });
  const params = { id: failing?.id ?? '' };
  expect(await client.acknowledgeAttention({ params })).toMatchObject({ acknowledged_by: 'Mei' });
  expect(await client.retryAttention({ params })).toMatchObject({ retried: 1, refused: 0, before: 0 });
  const again = await client.retryAttention({ params, body: { which: 'all' } });
  expect(again.before).toBeGreaterThan(0);
}

export async function walkAlerts(client: Client): Promise<void> {
  const { items, unread } = await client.listAlerts({ query: { kind: 'worker_lost' } });
  expect([items.map(({ title }) => title), unread]).toEqual([['Worker moon was lost with a run'], 1]);
  expect(await client.countAlerts()).toMatchObject({ open: 1, unread: 1 });
  const seen = await client.acknowledgeAlert({ params: { id: items[0]?.id ?? '' } });
  expect(seen).toMatchObject({ state: 'resolved', acknowledged_by: 'Mei', resolution: 'Acknowledged by Mei.' });
  expect(await client.acknowledgeAllAlerts()).toEqual({ acknowledged: 0 });
  expect((await client.listAlerts({ query: { state: 'all' } })).items.length).toBeGreaterThan(0);
}

/** @param base an address that answers, though not to a message */
export async function walkWebhooks(client: Client, base: string): Promise<void> {
  expect((await client.webhookKinds()).default).toContain('run.failed');
  const made = await client.createWebhook({ body: { name: 'Walk', url: `${base}/api/health/live` } });
  expect(made.secret).toMatch(/^whsec_/);
  const params = { id: made.id };
  expect(await client.getWebhook({ params })).not.toHaveProperty('secret');
  expect((await client.listWebhooks()).items).toMatchObject([{ name: 'Walk', active: true }]);
  expect(await client.patchWebhook({ params, body: { active: false } })).toMatchObject({ off_reason: 'person' });
  expect((await client.rotateWebhook({ params })).secret).not.toBe(made.secret);
  const tried = await client.testWebhook({ params });
  expect(tried).toMatchObject({ state: 'failed', tries: [{ status: 404 }] });
  expect((await client.listDeliveries({ params })).items).toMatchObject([{ id: tried.id }]);
  const delivery = { id: made.id, delivery_id: tried.id };
  expect(await client.redeliver({ params: delivery })).toMatchObject({ state: 'waiting' });
  await client.deleteWebhook({ params });
}

export async function walkMonitors(client: Client, base: string): Promise<void> {
  const body = { name: 'Dump', schedule: daily('02:00'), grace_seconds: 60 };
  const { id, ping_path: path } = await client.createMonitor({ body });
  const params = { id };
  expect((await client.listMonitors()).items).toMatchObject([{ name: 'Dump', state: 'new', ping_path: path }]);
  expect(await (await fetch(`${base}${path}`)).text()).toBe('OK\n');
  expect(await client.getMonitor({ params })).toMatchObject({ state: 'up', pings: [{ kind: 'success' }] });
  expect(await client.patchMonitor({ params, body: { period_seconds: 60 } })).toMatchObject({ schedule: null });
  expect(await client.pauseMonitor({ params })).toMatchObject({ state: 'paused' });
  expect(await client.resumeMonitor({ params })).toMatchObject({ state: 'up' });
  const { ping_path: next } = await client.renewMonitor({ params });
  expect((await fetch(`${base}${path}`)).status).toBe(404);
  expect((await fetch(`${base}${next}`)).status).toBe(200);
  await client.deleteMonitor({ params });
  expect((await fetch(`${base}${next}`)).status).toBe(404);
}

/** Who works, what happened, and how it is. */
/** The one that lives is halted and goes on, and is not one to be removed; the one that is gone is. */
async function walkWorkers(client: Client): Promise<void> {
  const { items } = await client.listWorkers({ query: { all: 'true' } });
  const gone = items.find(({ state }) => state === 'offline');
  await client.removeWorker({ params: { id: gone?.id ?? '' } });
  const [worker] = (await client.listWorkers({ query: { all: 'true' } })).items;
  const params = { id: worker?.id ?? '' };
  expect(await client.drainWorker({ params })).toMatchObject({ state: 'draining' });
  expect(await client.resumeWorker({ params })).toMatchObject({ state: 'online' });
  expect((await client.pauseWorker({ params })).paused_at).not.toBeNull();
  expect(await client.resumeWorker({ params })).toMatchObject({ state: 'online', paused_at: null });
  await expect(client.removeWorker({ params })).rejects.toMatchObject({ status: 409 });
}

/** A threshold is changed and comes from the page; it is put back, for everybody and for one person. */
async function walkSettings(client: Client): Promise<void> {
  const key = 'breaker.consecutive';
  const [changed] = (await client.changeSettings({ body: { values: { [key]: 4 } } })).items;
  expect(changed).toMatchObject({ key, value: 4, source: 'page', editable: true });
  const [back] = (await client.changeSettings({ body: { values: { [key]: null } } })).items;
  expect(back).toMatchObject({ key, value: 5, source: 'default', page: null });
  const { person } = await client.session();
  const params = { id: person?.id ?? '' };
  await client.changePersonSettings({ params, body: { values: { [key]: 2 } } });
  const own = (await client.personSettings({ params })).items.find((setting) => setting.key === key);
  expect(own).toMatchObject({ value: 2, common: 5, source: 'person' });
  await client.changePersonSettings({ params, body: { values: { [key]: null } } });
}

/** Expects a worker that runs and one that is gone. */
export async function walkOperation(client: Client, job: Job): Promise<void> {
  expect((await client.listEvents({ query: { job_id: job.id } })).items.length).toBeGreaterThan(3);
  await walkWorkers(client);
  expect((await client.listWorkers({ query: { all: 'true' } })).items).toMatchObject([{ state: 'online' }]);
  expect((await client.listSchedulers()).items).toMatchObject([{ state: 'online', clock_hold: null }]);
  expect(await client.confirmClock()).toEqual({ confirmed: 0 });
  expect(await client.overview({})).toMatchObject({ jobs_total: 2, workers_online: 1, demo_jobs: 0 });
  expect((await client.settings()).items.length).toBeGreaterThan(20);
  await walkSettings(client);
  expect(Object.keys((await client.health()).checks ?? {})).toContain('database');
  const checks = await client.healthChecks();
  expect(checks.items.map(({ check }) => check)).toContain('clocks');
  expect(checks.counters?.['executed']).toBeGreaterThan(0);
  expect(await client.runRetention({ body: { dry_run: true } })).toMatchObject({ dry_run: true, jobs: 0, ledger: 0 });
  expect(await client.runRetention({ body: {} })).toMatchObject({ dry_run: false, jobs: 0 });
  expect(await client.backUp({ body: {} })).toMatchObject({ counts: { jobs: expect.any(Number) } });
}

/** A paused queue with a run in it that is put first; a lock with a count; limits of the system and of people. */
export async function walkLimits(client: Client, script: string, email: string): Promise<void> {
  const params = { name: 'shut' };
  const paused = await client.changeQueue({ params, body: { paused: true, limit: 2, note: 'vendor' } });
  expect(paused).toMatchObject({ name: 'shut', limit: 2, paused_by: 'Mei', note: 'vendor' });
  const config = { script };
  const body = { name: 'limited', type: 'script' as const, config, queue: 'shut', locks: ['licence'] };
  const job = await client.createJob({ body });
  const { run_id } = await client.runJob({ params: { id: job.id }, body: {} });
  const waiting = (await client.queue()).items.find(({ run }) => run.id === run_id);
  expect(waiting).toMatchObject({ queue_position: 1, expected_start_at: null });
  expect(await client.moveToFront({ params: { id: run_id } })).toEqual({ run_id });
  await client.cancelRun({ params: { id: run_id } });
  expect((await client.listQueues()).items.map(({ name }) => name)).toContain('shut');
  expect(await client.changeQueue({ params, body: { paused: false, limit: null } })).toMatchObject({ limit: null });
  const lock = { name: 'licence' };
  expect(await client.setLock({ params: lock, body: { count: 3 } })).toMatchObject({ count: 3, set: true });
  expect((await client.listLocks()).items).toMatchObject([{ ...lock, holders: [] }]);
  await client.resetLock({ params: lock });
  expect(await client.changeLimits({ body: { system: 50, person: 20 } })).toMatchObject({ system: 50, person: 20 });
  const own = await client.setPersonLimit({ params: { email }, body: { limit: null } });
  expect(own.people).toMatchObject([{ email, limit: null }]);
  expect((await client.resetPersonLimit({ params: { email } })).people).toEqual([]);
  await client.changeLimits({ body: { system: null, person: null } });
  expect(await client.limits()).toMatchObject({ system: null, person: null, people: [] });
}
