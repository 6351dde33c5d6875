/** The calls of a person who tries everything once, by noun; each on an installation with two samples and no other job. */
import { setTimeout as rest } from 'node:timers/promises';
import type { Client, Job } from 'job-trigger-contract';
import { expect } from 'vitest';

export const hourMs = 3_600_000;
export const daily = (time: string) => ({ kind: 'daily' as const, times: [time], timezone: 'Asia/Hong_Kong' });

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

/** What a job may be of: what comes with the product, and what a plugin adds, which asks for one job. */
export async function walkJobTypes(client: Client): Promise<void> {
  const { items } = await client.listJobTypes();
  expect(items.map(({ id }) => id)).toEqual(['script', 'command', 'http', 'function', 'walked']);
  expect(await client.listPlugins()).toMatchObject({
    items: [
      { types: [], problem: expect.any(String) },
      { types: ['walked'], problem: null },
    ],
  });
  const { items: asked } = await client.provision({ body: { types: ['walked'] } });
  expect(asked).toMatchObject([{ type: 'walked', problem: null, jobs: [{ subject: 'one', name: 'walked one' }] }]);
  const params = { id: asked[0]?.jobs[0]?.job_id ?? '' };
  expect((await client.detachJob({ params })).provisioned).toEqual({ subject: 'one', detached: true });
  await client.deleteJob({ params, query: { purge: 'true' } });
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
  const pass = [{ parameter: 'file', job_id: id, field: 'files.0' }];
  const after = await client.createJob({
    body: {
      name: 'after the walk',
      type: 'script',
      config,
      parameters: [{ name: 'file' }],
      depends_on: { jobs: [id], pass },
    },
  });
  expect(after.depends_on).toEqual({ mode: 'all_success', jobs: [id], window_seconds: null, pass });
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
  expect(job.provisioned).toBeNull();
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
  const retried = await client.bulkRuns({ body: { act: 'retry', ids: [waits.run_id] } });
  const waiting = retried.items.flatMap(({ run_id: made }) => made ?? []);
  expect(await client.bulkRuns({ body: { act: 'cancel', ids: waiting } })).toMatchObject({ done: 1 });
  expect(await client.bulkJobs({ body: { act: 'pause', ids: [slow.id] } })).toMatchObject({ done: 1 });
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
