/** The calls of a person who tries everything once, by noun; each on an installation with two samples and no other job. */
import { setTimeout as rest } from 'node:timers/promises';
import type { Client, Job } from 'job-trigger-contract';
import { expect } from 'vitest';

const hourMs = 3_600_000;
const daily = (time: string) => ({ kind: 'daily' as const, times: [time], timezone: 'Asia/Hong_Kong' });

export async function ended(client: Client, id: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { state } = await client.getRun({ params: { id } });
    if (!['queued', 'starting', 'running'].includes(state)) return state;
    await rest(50);
  }
  throw new Error('the run did not end');
}

/** What a first look finds, and how it is put away. */
export async function walkDemo(client: Client): Promise<void> {
  const told = await client.demo();
  expect(told.jobs).toBe(20);
  expect((await client.overview({})).demo_jobs).toBe(20);
  expect(await client.removeDemo()).toMatchObject({ jobs: 20, files_kept: [] });
  expect(await client.demo()).toMatchObject({ filled_at: null, jobs: 0, runs: 0 });
}

/** What a job may be of: without plugins, what comes with the product. */
export async function walkJobTypes(client: Client): Promise<void> {
  const { items } = await client.listJobTypes();
  expect(items.map(({ id }) => id)).toEqual(['script', 'command', 'http', 'function']);
  expect(await client.listPlugins()).toMatchObject({ items: [{ types: [], problem: expect.any(String) }] });
}

/** @returns the path of a sample that exists */
export async function walkScripts(client: Client): Promise<string> {
  const { items: scripts } = await client.listScripts();
  const script = scripts.find(({ path }) => path === 'two-streams.py')?.path ?? '';
  expect((await client.readScript({ query: { path: script } })).text).toContain('stderr');
  return script;
}

export async function walkSchedules(client: Client): Promise<void> {
  expect((await client.timezones()).items.length).toBeGreaterThan(300);
  expect((await client.preview({ body: { schedule: daily('09:00'), count: 3 } })).items).toHaveLength(3);
  const text = 'every day at 9:00 Asia/Hong_Kong';
  expect(await client.parseSchedule({ body: { text } })).toMatchObject({ schedule: daily('09:00'), question: null });
}

/** A job that waits for another, with a run of both. */
async function walkGraph(client: Client, config: Job['config']): Promise<void> {
  const { id, name } = await client.createJob({ body: { name: 'before the walk', type: 'script', config } });
  const after = await client.createJob({
    body: { name: 'after the walk', type: 'script', config, depends_on: { jobs: [id] } },
  });
  expect(after.depends_on).toEqual({ mode: 'all_success', jobs: [id], window_seconds: null });
  const graph = await client.graph({ query: { job_id: id } });
  expect(graph.nodes.map((node) => node.name)).toEqual([name, 'after the walk']);
  expect(graph.edges).toEqual([{ from: id, to: after.id, mode: 'all_success', window_seconds: null }]);
  expect((await client.jobWhy({ params: { id: after.id } })).prerequisites).toMatchObject({
    awaited: [{ job_name: name }],
    text: `Waits for ${name} (0 of 1).`,
  });
  const { run_id: runId } = await client.runJob({ params: { id }, body: { with_downstream: true } });
  await ended(client, runId);
  expect((await client.getRun({ params: { id: runId } })).chain).toMatchObject({
    id: runId,
    entries: [
      { job_name: name, relation: 'this' },
      { job_name: 'after the walk', relation: 'downstream' },
    ],
  });
  await client.deleteJob({ params: { id: after.id }, query: { purge: 'true', cancel_running: 'true' } });
  await client.deleteJob({ params: { id }, query: { purge: 'true' } });
}

/** @returns a job that is due at nine */
export async function walkJobs(client: Client, script: string): Promise<Job> {
  const job = await client.createJob({
    body: { name: 'walk', type: 'script', config: { script }, schedules: [daily('09:00')] },
  });
  const params = { id: job.id };
  expect((await client.coming({})).items).toMatchObject([{ job_name: 'walk' }]);
  // Between nine and ten today's is new, not moved.
  const { moved, added } = await client.preview({ body: { schedule: daily('10:00'), job_id: job.id } });
  expect((moved?.length ?? 0) + (added?.length ?? 0)).toBe(30);
  expect((await client.patchJob({ params, body: { tags: ['a'] } })).tags).toEqual(['a']);
  expect((await client.putJob({ params, body: { description: 'A walk' } })).version).toBe(3);
  expect(await client.listJobs({ query: { search: 'walk', total: 'true' } })).toMatchObject({ total: 1 });
  expect((await client.deactivateJob({ params, body: { reason: 'holiday' } })).paused).toMatchObject({
    reason: 'holiday',
  });
  expect((await client.activateJob({ params })).active).toBe(true);
  await client.deleteJob({ params, query: { cancel_running: 'true' } });
  expect((await client.restoreJob({ params })).name).toBe('walk');
  expect((await client.activateJob({ params })).active).toBe(true);
  expect((await client.jobVersions({ params })).items.length).toBeGreaterThanOrEqual(3);
  const why = await client.jobWhy({ params });
  expect(why.next).toContain('09:00');
  expect(await client.jobFailures({ params })).toMatchObject({ recommended_action: null, intervention: null });
  expect((await client.resetJob({ params })).intervention).toBeNull();
  expect((await client.intervention()).requires_immediate_attention).toBe(false);
  expect(why.prerequisites).toBeNull();
  await walkGraph(client, job.config);
  return client.getJob({ params });
}

export async function walkRuns(client: Client, { id, config }: Job): Promise<void> {
  const hooks = { after: 'leave-note.sh' };
  expect(await client.patchJob({ params: { id }, body: { hooks } })).toMatchObject({
    hooks: { before: null, ...hooks },
  });
  const { run_id } = await client.runJob({ params: { id }, body: { note: 'by hand', priority: 'high' } });
  expect(['succeeded', 'failed']).toContain(await ended(client, run_id));
  const again = await client.retryRun({ params: { id: run_id }, body: { note: 'once more' } });
  await ended(client, again.run_id);
  expect((await client.listRuns({ query: { job_id: id, limit: 2 } })).items).toHaveLength(2);
  expect((await client.jobParameters({ params: { id } })).items).toEqual([]);
  const compared = await client.compareRuns({ params: { id: again.run_id }, query: { with: run_id } });
  expect(compared).toMatchObject({ with: { id: run_id }, parameters: [] });
  expect((await client.runLog({ params: { id: run_id }, query: { tail: 5 } })).items.length).toBeGreaterThan(0);
  expect((await client.getLog({ params: { id: run_id } })).run.id).toBe(run_id);
  expect((await client.jobLogs({ params: { id } })).items.length).toBeGreaterThan(1);
  await client.jobOccurrences({ params: { id }, query: { state: 'skipped', limit: 5 } });
  const hour = { from: new Date(Date.now() - hourMs).toISOString(), to: new Date().toISOString() };
  expect((await client.backfill({ params: { id }, body: { ...hour, dry_run: true } })).created_at).toBeNull();
  expect((await client.backfillProgress({ params: { id } })).waiting).toBe(0);
  expect(await client.cancelBackfill({ params: { id } })).toEqual({ cancelled: 0 });

  await walkArtifacts(client, run_id);

  const unsaved = { name: 'tried', type: 'script' as const, config };
  const draft = await client.runDraft({ body: { ...unsaved, note: 'a try' } });
  await ended(client, draft.run_id);
  expect(await client.getRun({ params: { id: draft.run_id } })).toMatchObject({ draft: true, note: 'a try' });

  // Nobody serves these labels: the run waits until it is cancelled.
  const slow = await client.createJob({ body: { ...unsaved, name: 'slow', worker_labels: ['moon'] } });
  const waits = await client.runJob({ params: { id: slow.id }, body: {} });
  expect((await client.queue()).items).toMatchObject([{ run: { id: waits.run_id } }]);
  const many = await client.bulkJobs({ body: { act: 'pause', ids: [slow.id, id], dry_run: true } });
  expect(many).toMatchObject({ done: 2, failed: 0, items: [{ name: 'slow', ok: true }, {}] });
  const refused = await client.bulkRuns({ body: { act: 'retry', ids: [waits.run_id] } });
  expect(refused).toMatchObject({ done: 0, failed: 1, items: [{ code: 'run_not_retryable' }] });
  await client.cancelRun({ params: { id: waits.run_id }, body: { note: 'enough' } });
  expect(await ended(client, waits.run_id)).toBe('cancelled');
}

/** The files that the walk's script left. */
async function walkArtifacts(client: Client, id: string): Promise<void> {
  const { items, bytes } = await client.listArtifacts({ params: { id } });
  expect(items).toMatchObject([{ name: 'note.txt', kept: true, type: 'text/plain', preview: 'text' }]);
  expect(bytes).toBe(items[0]?.bytes);
  const params = { id, artifact_id: items[0]?.id ?? '' };
  expect(await client.getArtifact({ params })).toEqual(items[0]);
  expect((await client.artifactVersions({ params, query: { limit: 5 } })).items.length).toBeGreaterThan(1);
}

export async function walkTimeline(client: Client, job: Job): Promise<void> {
  const now = Date.now();
  const [from, to] = [now - 24 * hourMs, now + 48 * hourMs].map((at) => new Date(at).toISOString());
  const span = { job: job.id, from: from ?? '', to: to ?? '' };
  const timeline = await client.timeline({ query: span });
  expect(timeline).toMatchObject({ jobs: [{ name: 'walk' }], runs: [{}, {}] });
  expect(timeline.coming).toHaveLength(2);
  const { cells } = await client.heatMap({ query: { ...span, timezone: 'Asia/Hong_Kong' } });
  expect(cells.filter(({ due }) => due > 0)).toSatisfy((all: typeof cells) => all.every(({ hour }) => hour === 9));
  expect(await client.forecast({ query: { job: job.id, hours: 48 } })).toMatchObject({ highest: 1 });
  expect(await client.whatIf({ body: span })).toMatchObject({ count: 2, items: [{ job_name: 'walk' }, {}] });
  const feed = await client.createFeed({ body: { name: 'Walk', job_id: job.id } });
  expect((await client.listFeeds()).items).toMatchObject([{ id: feed.id, name: 'Walk' }]);
  await client.deleteFeed({ params: { id: feed.id } });
  expect((await client.listFeeds()).items).toEqual([]);
}

export async function walkCalendars(client: Client, job: Job): Promise<void> {
  const { items } = await client.nationalHolidays({ query: { country: 'DE', year: 2027 } });
  expect(items).toContainEqual({ date: '2027-12-25', name: 'Christmas Day', closed_from: null });
  const made = await client.createCalendar({ body: { kind: 'blackout', name: 'Nights', timezone: 'UTC' } });
  const params = { id: made.id };
  const schedules = [{ ...daily('09:00'), calendars: [made.id] }];
  await client.patchJob({ params: { id: job.id }, body: { schedules } });
  const weekdays = [1, 2, 3, 4, 5, 6, 7];
  const weekly = [{ name: 'One hour', weekdays, from: '00:30', to: '01:30' }];
  // Nine in Hong Kong is one in UTC: nothing is left of its schedule.
  const changed = await client.putCalendar({ params, body: { weekly } });
  expect(changed).toMatchObject({ version: 2, affected: [{ job_name: 'walk', next_due_at: null }] });
  expect((await client.getCalendar({ params })).users).toMatchObject([{ job_name: 'walk' }]);
  const text = JSON.stringify([{ date: '05-01', name: 'Labour Day' }]);
  const taken = await client.importCalendar({ body: { format: 'json', text, name: 'Plant' } });
  expect(taken.calendar).toMatchObject({ name: 'Plant', entries: 1 });
  expect((await client.listCalendars({})).items.map(({ name }) => name)).toEqual(['Nights', 'Plant']);
  expect(await client.deleteCalendar({ params, query: { force: 'true' } })).toMatchObject({ affected_count: 1 });
}

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
  // What a person asks for is not held back.
  await ended(client, (await client.runJob({ params: { id: job.id }, body: {} })).run_id);
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
  const closed = { name: 'Nobody listens', type: 'http', config: { url: 'http://127.0.0.1:65000/' } } as const;
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

/** Expects a worker that runs and one that is gone. */
export async function walkOperation(client: Client, job: Job): Promise<void> {
  expect((await client.listEvents({ query: { job_id: job.id } })).items.length).toBeGreaterThan(3);
  await walkWorkers(client);
  expect((await client.listWorkers({ query: { all: 'true' } })).items).toMatchObject([{ state: 'online' }]);
  expect((await client.listSchedulers()).items).toMatchObject([{ state: 'online', clock_hold: null }]);
  expect(await client.confirmClock()).toEqual({ confirmed: 0 });
  expect(await client.overview({})).toMatchObject({ jobs_total: 2, workers_online: 1, demo_jobs: 0 });
  expect((await client.settings()).items.length).toBeGreaterThan(20);
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
