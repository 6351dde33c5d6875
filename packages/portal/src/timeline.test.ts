import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { JobInput, MaintenanceInput, ScheduleInput } from 'job-trigger-contract';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const dayMs = 86_400_000;
const text = (at: number): string => new Date(at).toISOString();

describe.each(['SQLite', 'PostgreSQL'] as const)('the timeline, on %s', (database) => {
  let portal: TestPortal;
  let midnight: number;
  const script = (name: string, extra: Partial<JobInput>): JobInput => ({
    name,
    type: 'script',
    config: { script: 'hello.sh' },
    ...extra,
  });

  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    midnight = (Math.floor((await portal.store.now()) / dayMs) + 1) * dayMs;
    for (let at = 0; at < 14; at += 1)
      await portal.client.createJob({
        body: script(`crowd ${at}`, {
          tags: ['crowd'],
          schedules: [{ kind: 'daily', times: ['00:00'], timezone: 'UTC' }],
        }),
      });
  });
  afterAll(() => portal.close());

  test('what is planned is what the preview tells, one mark an instant', async () => {
    const schedule: ScheduleInput = {
      kind: 'cron',
      expression: '0 */6 * * *',
      timezone: 'UTC',
      active_hours: [{ from: '05:00', to: '20:00' }],
    };
    const twin: ScheduleInput = { kind: 'daily', times: ['12:00'], timezone: 'UTC' };
    const job = await portal.client.createJob({ body: script('marks', { schedules: [schedule, twin] }) });
    const query = { job: job.id, from: text(midnight), to: text(midnight + 2 * dayMs) };
    const timeline = await portal.client.timeline({ query });
    const preview = await portal.client.preview({ body: { schedule, from: text(midnight - 1000), count: 6 } });
    expect(timeline.coming.filter(({ reason }) => reason === null).map(({ at }) => at)).toEqual(
      preview.items.slice(0, 6).map(({ at }) => at),
    );
    expect(timeline.coming.filter(({ reason }) => reason === 'active_hours')).toHaveLength(2);
    expect(timeline).toMatchObject({
      stretch_seconds: null,
      jobs: [{ name: 'marks', timezone: 'UTC', usual_seconds: null }],
    });
    await portal.client.deleteJob({ params: { id: job.id } });
    expect((await portal.client.timeline({ query })).jobs).toEqual([]);
  });

  test('the windows of calendars stand as bands, of all jobs or of those they count for', async () => {
    const day = text(midnight).slice(0, 10);
    const [from, to] = [`${day}T08:00:00Z`, `${day}T09:00:00Z`];
    const windows = { ranges: [{ name: 'Close', from, to }] };
    const calendar = (name: string, more: object) =>
      portal.client.createCalendar({ body: { kind: 'blackout', name, ...windows, ...more } });
    const everybody = await calendar('Everybody', { scope: { kind: 'all' } });
    const books = await calendar('Books', {});
    const schedule: ScheduleInput = { kind: 'hourly', minute: 0, timezone: 'UTC' };
    const job = await portal.client.createJob({
      body: script('banded', { schedules: [{ ...schedule, calendars: [books.id] }] }),
    });
    const query = { job: job.id, from: text(midnight), to: text(midnight + dayMs) };
    expect((await portal.client.timeline({ query })).blackouts).toEqual([
      { job: null, from, to, name: 'Everybody: Close' },
      { job: 0, from, to, name: 'Books: Close' },
    ]);
    await portal.client.deleteJob({ params: { id: job.id } });
    for (const { id } of [everybody, books]) await portal.client.deleteCalendar({ params: { id } });
  });

  test('holidays stand as bands of the jobs that keep them', async () => {
    const [from, to] = [midnight, midnight + dayMs].map((at) => text(at).replace('.000Z', 'Z')) as [string, string];
    const holidays = [{ date: from.slice(0, 10), name: 'Founding day' }];
    const office = await portal.client.createCalendar({ body: { kind: 'holiday', name: 'Office', holidays } });
    const schedule: ScheduleInput = { kind: 'hourly', minute: 0, timezone: 'UTC', calendars: [office.id] };
    const job = await portal.client.createJob({ body: script('kept', { schedules: [schedule] }) });
    const query = { job: job.id, from: text(midnight - dayMs), to: text(midnight + 2 * dayMs) };
    const bands = [{ job: 0, from, to, name: 'Office: Founding day' }];
    expect((await portal.client.timeline({ query })).holidays).toEqual(bands);
    const long = { ...query, to: text(midnight + 200 * dayMs) };
    expect((await portal.client.timeline({ query: long })).holidays).toEqual([]);
    await portal.client.deleteJob({ params: { id: job.id } });
    await portal.client.deleteCalendar({ params: { id: office.id } });
  });

  test('maintenance stands as bands too, of all jobs or of those it reaches', async () => {
    const whole = (at: number): string => text(at).replace('.000Z', 'Z');
    const [from, to] = [whole(midnight + 8 * 3_600_000), whole(midnight + 9 * 3_600_000)];
    const schedules: ScheduleInput[] = [{ kind: 'hourly', minute: 0, timezone: 'UTC' }];
    const job = await portal.client.createJob({ body: script('held', { tags: ['rack'], schedules }) });
    const other = await portal.client.createJob({ body: script('free', { schedules }) });
    const set = async (scope: MaintenanceInput['scope'], until: string | null, reason: string | null) => {
      const { window } = await portal.client.setMaintenance({ body: { scope, from, until, reason }, query: {} });
      return window?.id ?? '';
    };
    const windows = [
      await set({ kind: 'all' }, to, 'New rack'),
      await set({ kind: 'tags', tags: ['rack'] }, null, null),
      await set({ kind: 'jobs', job_ids: [other.id] }, to, 'Called off'),
    ];
    await portal.client.endMaintenance({ params: { id: windows[2] ?? '' } });
    const query = { search: 'held', from: whole(midnight), to: whole(midnight + dayMs) };
    const bands = [
      { job: null, from, to, reason: 'New rack' },
      { job: 0, from, to: query.to, reason: null },
    ];
    expect((await portal.client.timeline({ query })).maintenance).toEqual(bands);
    const long = { ...query, search: 'free', to: text(midnight + 200 * dayMs) };
    expect((await portal.client.timeline({ query: long })).maintenance).toEqual(bands.slice(0, 1));
    for (const id of windows.slice(0, 2)) await portal.client.endMaintenance({ params: { id } });
    for (const { id } of [job, other]) await portal.client.deleteJob({ params: { id } });
  });

  test('a long horizon is counted by stretches, exactly while the budget lasts', async () => {
    const job = await portal.client.createJob({
      body: script('dense', { schedules: [{ kind: 'hourly', minute: 0, timezone: 'UTC' }] }),
    });
    const query = { job: job.id, from: text(midnight), to: text(midnight + 90 * dayMs) };
    const timeline = await portal.client.timeline({ query });
    expect(timeline).toMatchObject({ stretch_seconds: 86_400, estimated: false, coming: [], left_out: 0 });
    expect(timeline.counts.reduce((sum, { due }) => sum + due, 0)).toBe(90 * 24);
    await portal.client.deleteJob({ params: { id: job.id } });
  });

  test('the heat map counts by weekday and hour of a zone', async () => {
    const query = { tag: 'crowd', from: text(midnight), to: text(midnight + 7 * dayMs), timezone: 'Asia/Kolkata' };
    const { cells } = await portal.client.heatMap({ query });
    expect(cells.filter(({ due }) => due > 0)).toHaveLength(7);
    expect(cells.every(({ due, hour }) => due === 0 || (due === 14 && hour === 5))).toBe(true);
  });

  test('runs and skips of the past stand beside what comes', async () => {
    const job = await portal.client.createJob({ body: script('past', {}) });
    const { run_id } = await portal.client.runJob({ params: { id: job.id }, body: {} });
    const now = await portal.store.now();
    const timeline = await portal.client.timeline({
      query: { job: job.id, from: text(now - dayMs), to: text(now + dayMs) },
    });
    expect(timeline.runs).toMatchObject([{ run_id, state: 'queued', trigger: 'manual', to: null }]);
  });

  test('the forecast tells the peak, and advice lowers it (R-337)', async () => {
    const forecast = await portal.client.forecast({
      query: { tag: 'crowd', from: text(midnight - 3_600_000), hours: 24 },
    });
    expect(forecast).toMatchObject({
      slots: 0,
      highest: 14,
      peaks: [{ at: text(midnight).replace('.000', ''), starts: 14 }],
    });
    expect(forecast.highest_spread).toBeLessThan(7);
    expect(forecast.peaks[0]?.advice).toHaveLength(14);
    expect(forecast.peaks[0]?.last_wait_seconds).toBe(13 * 60);
  });

  test('a blackout tells beforehand what it takes away', async () => {
    const from = text(midnight - 60_000);
    const answer = await portal.client.whatIf({ body: { tag: 'crowd', from, to: text(midnight + 2 * dayMs) } });
    expect(answer.count).toBe(28);
    expect(answer.items[0]).toMatchObject({ at: text(midnight).replace('.000', '') });
  });

  test('a calendar feed is read with its token alone, until it is ended', async () => {
    const made = await portal.client.createFeed({ body: { name: 'Crowd; all', tag: 'crowd' } });
    const answer = await fetch(`${portal.base}${made.path}`);
    expect(answer.headers.get('content-type')).toContain('text/calendar');
    const lines = (await answer.text()).split('\r\n');
    expect(lines).toContain(String.raw`X-WR-CALNAME:Crowd\; all`);
    expect(lines).toContain('SUMMARY:crowd 3');
    expect(lines).toContain(`DTSTART:${text(midnight).replace(/[-:]|\.\d{3}/g, '')}`);
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(JSON.stringify(await portal.client.listFeeds({}))).not.toContain(made.path.split('/')[3]);
    expect((await fetch(`${portal.base}/api/feeds/${'x'.repeat(43)}/jobs.ics`)).status).toBe(404);
    expect((await fetch(`${portal.base}/api/jobs`)).status).toBe(401);
    await portal.client.deleteFeed({ params: { id: made.id } });
    expect((await fetch(`${portal.base}${made.path}`)).status).toBe(404);
  });

  test('a span that is empty, or longer than ten years, is refused', async () => {
    for (const to of [midnight, midnight + 4000 * dayMs])
      await expect(portal.client.timeline({ query: { from: text(midnight), to: text(to) } })).rejects.toMatchObject({
        status: 422,
      });
  });

  test('words and crontab lines become schedules, and are asked back', async () => {
    expect(await portal.client.parseSchedule({ body: { text: 'weekdays at 9:30 Europe/Berlin' } })).toMatchObject({
      schedule: { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], times: ['09:30'], timezone: 'Europe/Berlin' },
      description: 'Every weekday at 09:30 (Europe/Berlin)',
      question: null,
    });
    const asked = await portal.client.parseSchedule({ body: { text: 'friday at 18:00' } });
    expect(asked.schedule).toBeNull();
    expect(asked.choices).toHaveLength(2);
    await expect(portal.client.parseSchedule({ body: { text: 'blorp' } })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ path: 'text' }] },
    });
  });

  test('a preview tells load, difference in words, and compares a new schedule with nothing', async () => {
    const job = await portal.client.createJob({
      body: script('compared', { schedules: [{ kind: 'daily', times: ['09:00'], timezone: 'UTC' }] }),
    });
    const schedule: ScheduleInput = { kind: 'daily', times: ['00:00'], timezone: 'UTC' };
    // From a noon on, 00:00 comes before 09:00 whatever the hour is now.
    const noon = new Date((Math.floor(Date.now() / dayMs) + 1.5) * dayMs).toISOString();
    const replaced = await portal.client.preview({ body: { schedule, job_id: job.id, from: noon } });
    expect(replaced.difference).toBe('In the next 30 days, against the schedule in force: 30 move to 00:00.');
    expect(replaced.warnings.find(({ code }) => code === 'load')?.sentence).toBe(
      '14 other schedules start in the same minute, 00:00.',
    );
    const beside = await portal.client.preview({ body: { schedule, job_id: job.id, replaces: null, from: noon } });
    expect(beside).toMatchObject({ removed: [], moved: [] });
    expect(beside.added).toHaveLength(30);
    await expect(
      portal.client.preview({ body: { schedule: { kind: 'cron', expression: '0 0 30 2 *' } } }),
    ).rejects.toMatchObject({ problem: { code: 'schedule_never_due' } });
  });
});
