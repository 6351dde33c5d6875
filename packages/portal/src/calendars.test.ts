import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { CalendarInput, ScheduleInput } from 'job-trigger-contract';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const page = { limit: 500 };

describe.each(['SQLite', 'PostgreSQL'] as const)('calendars over REST, on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  const daily: ScheduleInput = { kind: 'daily', times: ['09:00'], timezone: 'UTC' };
  const dailyWith = (calendar: string, more: Partial<ScheduleInput> = {}): ScheduleInput =>
    ({ ...daily, calendars: [calendar], ...more }) as ScheduleInput;
  let made = 0;
  const jobWith = (schedule: ScheduleInput) =>
    portal.client.createJob({
      body: {
        name: `job ${(made += 1)}`,
        type: 'script',
        config: { script: 'hello.sh' },
        schedules: [schedule],
      },
    });

  test('a country brings its holidays along, and a schedule that attaches them is previewed with their names', async () => {
    const source = { kind: 'country', country: 'de', from_year: 2027, to_year: 2028 } as const;
    const calendar = await portal.client.createCalendar({ body: { kind: 'holiday', name: 'Germany', source } });
    expect(calendar).toMatchObject({
      kind: 'holiday',
      used_by: 0,
      version: 1,
      working_weekdays: null,
      source: { kind: 'country', country: 'DE', region: null, from_year: 2027, to_year: 2028 },
    });
    expect(calendar.holidays).toContainEqual({ date: '2027-12-25', name: 'Christmas Day', closed_from: null });
    const preview = await portal.client.preview({
      body: {
        schedule: dailyWith(calendar.id, { holiday_policy: 'next' }),
        from: '2027-12-24T12:00:00Z',
        count: 3,
      },
    });
    // Christmas Day and the day after it are a Saturday and a Sunday in 2027: both go to Monday the 27th.
    expect(preview.items.map(({ at }) => at)).toEqual([
      '2027-12-27T09:00:00Z',
      '2027-12-28T09:00:00Z',
      '2027-12-29T09:00:00Z',
    ]);
    expect(preview.items[0]?.notes[0]?.sentence).toBe('Moved from 2027-12-25: holiday “Christmas Day” (Germany).');
    expect(preview.description).toContain('Germany');
    const skipping = await portal.client.preview({
      body: { schedule: dailyWith(calendar.id), from: '2027-12-24T12:00:00Z', count: 2 },
    });
    expect(skipping.skipped[0]).toMatchObject({
      count: 1,
      reason: 'holiday',
      reason_text: 'On the holiday “Christmas Day” (Germany), 2027-12-25.',
    });
  });

  test('a change answers with the jobs it moved, and so does the job', async () => {
    const calendar = await portal.client.createCalendar({ body: { kind: 'holiday', name: 'Moving' } });
    const job = await jobWith(dailyWith(calendar.id));
    const params = { id: calendar.id };
    expect(job.schedules[0]).toMatchObject({ calendars: [calendar.id] });
    const before = job.next_due_at ?? '';
    const changed = await portal.client.putCalendar({
      params,
      body: { holidays: [{ date: before.slice(0, 10), name: 'Fair' }] },
    });
    const next = (await portal.client.getJob({ params: { id: job.id } })).next_due_at;
    expect(changed).toMatchObject({
      version: 2,
      used_by: 1,
      users: [{ job_id: job.id, job_name: job.name, schedules: 1 }],
      affected_count: 1,
      affected: [{ job_id: job.id, before, next_due_at: next }],
    });
    expect(next).not.toBe(before);
    expect(
      (await portal.client.listCalendars({ query: page })).items.find(({ id }) => id === calendar.id),
    ).toMatchObject({ entries: 1, used_by: 1, scope: 'attached' });
    const stale = await portal.raw(`/api/calendars/${calendar.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '"1"' },
      body: '{"name":"Moved"}',
    });
    expect(stale.status).toBe(412);
    const refused = await portal.raw(`/api/calendars/${calendar.id}`, { method: 'DELETE' });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'calendar_in_use', used_by: [{ job_name: job.name }] });
    const removed = await portal.client.deleteCalendar({ params, query: { force: 'true' } });
    expect(removed.affected).toMatchObject([{ job_id: job.id, next_due_at: before }]);
    expect((await portal.client.getJob({ params: { id: job.id } })).schedules[0]).not.toHaveProperty('calendars');
  });

  test('a blackout for a tag tells a preview of an unsaved job, and keeps its fields', async () => {
    const body: CalendarInput = {
      kind: 'blackout',
      name: 'Quarter close',
      policy: 'defer',
      timezone: 'Europe/Berlin',
      scope: { kind: 'tags', tags: ['finance'] },
      ranges: [{ name: 'Q1', from: '2027-03-31T22:00:00Z', to: '2027-04-02T04:00:00Z' }],
      weekly: [{ name: 'Sunday night', weekdays: [7], from: '22:00', to: '02:00' }],
      yearly: [{ name: 'Year end', from: '12-24T12:00', to: '01-02T06:00' }],
    };
    const calendar = await portal.client.createCalendar({ body });
    expect(calendar).toMatchObject(body);
    expect(await portal.client.getCalendar({ params: { id: calendar.id } })).toMatchObject(body);
    const asked = { schedule: daily, from: '2027-03-31T12:00:00Z', count: 1 };
    const tagged = await portal.client.preview({ body: { ...asked, tags: ['finance'] } });
    expect(tagged.items[0]?.notes).toMatchObject([{ code: 'deferred' }]);
    expect((await portal.client.preview({ body: asked })).items[0]?.notes).toEqual([]);
    await portal.client.deleteCalendar({ params: { id: calendar.id } });
  });

  test('files are taken over, or only looked at', async () => {
    const ics = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//test//EN',
      'X-WR-CALNAME:Plant',
      'BEGIN:VEVENT',
      'UID:1@test',
      'DTSTAMP:20260101T000000Z',
      'SUMMARY:Stocktaking',
      'DTSTART;VALUE=DATE:20270104',
      'DTEND;VALUE=DATE:20270106',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const looked = await portal.client.importCalendar({ body: { format: 'ics', text: ics, dry_run: true } });
    expect(looked).toMatchObject({ calendar: null, name: 'Plant', notes: [] });
    expect(looked.holidays.map(({ date }) => date)).toEqual(['2027-01-04', '2027-01-05']);
    const { calendar } = await portal.client.importCalendar({ body: { format: 'ics', text: ics } });
    expect(calendar).toMatchObject({ name: 'Plant', entries: 2, source: { kind: 'ics' } });
    const json = JSON.stringify(['2027-05-01', { date: '12-24', name: 'Eve', closed_from: '12:00' }]);
    const replaced = await portal.client.importCalendar({
      body: { format: 'json', text: json, calendar_id: calendar?.id ?? '' },
    });
    expect(replaced.calendar).toMatchObject({ name: 'Plant', entries: 2, version: 2, source: { kind: 'json' } });
    const bad = portal.client.importCalendar({ body: { format: 'json', text: '[{"day":1}]', name: 'x' } });
    await expect(bad).rejects.toMatchObject({ status: 422 });
  });

  test('countries and regions are listed, with whom the data is from', async () => {
    const all = await portal.client.nationalHolidays({});
    expect(all.countries).toContainEqual({ code: 'DE', name: 'Germany' });
    const bavaria = await portal.client.nationalHolidays({ query: { country: 'DE', region: 'BY', year: 2027 } });
    expect(bavaria.items).toContainEqual({ date: '2027-01-06', name: 'Epiphany', closed_from: null });
    expect(bavaria.attribution).toContain('CC BY 3.0');
    await expect(portal.client.nationalHolidays({ query: { country: 'XX' } })).rejects.toMatchObject({ status: 422 });
  });

  test('a calendar that is not there is refused at its field, and an unknown one is not found', async () => {
    const nothing = '00000000-0001-7000-8000-0000000f4240';
    await expect(jobWith(dailyWith(nothing))).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ path: 'schedules.0.calendars.0' }] },
    });
    await expect(portal.client.getCalendar({ params: { id: nothing } })).rejects.toMatchObject({ status: 404 });
  });
});
