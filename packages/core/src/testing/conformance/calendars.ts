import { describe, expect, test } from 'vitest';
import type { BlackoutScope } from '../../model/calendar.ts';
import { toUuid } from '../../model/id.ts';
import type { ScheduleSpec } from '../../model/schedule.ts';
import * as factories from '../factories.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

export function calendarConformance(make: MakeBed): void {
  describe('calendars', () => {
    const bed = bedOf(make);
    const daily: ScheduleSpec = { kind: 'daily', times: ['09:00'], timezone: 'UTC' };
    const noon = factories.holidays({ holidays: [{ date: '2027-12-24', name: 'Eve', closedFrom: '12:00' }] });

    test('a stored calendar reads back as it was written, and a change needs its version', async () => {
      const { store } = bed();
      const source = { kind: 'country', country: 'DE', region: null, fromYear: 2026, toYear: 2030 } as const;
      const calendar = factories.calendar({ name: 'Germany', description: 'all of it', content: noon, source });
      await store.calendars.insert(calendar);
      expect(await store.calendars.get(calendar.id)).toEqual(calendar);
      const changed = { ...calendar, name: 'Deutschland', version: 2, source: null };
      expect(await store.calendars.update(changed, 2)).toBe(false);
      expect(await store.calendars.update(changed, 1)).toBe(true);
      expect(await store.calendars.get(calendar.id)).toEqual(changed);
      await store.calendars.remove(calendar.id);
      expect(await store.calendars.get(calendar.id)).toBeNull();
    });

    test('a name belongs to one calendar, whatever its case', async () => {
      const { store } = bed();
      const [first, second] = [factories.calendar({ name: 'Bank' }), factories.calendar()];
      await store.calendars.insert(first);
      await store.calendars.insert(second);
      await expect(store.calendars.insert(factories.calendar({ name: 'bank' }))).rejects.toMatchObject({
        code: 'name_taken',
      });
      await expect(store.calendars.update({ ...second, name: 'BANK', version: 2 }, 1)).rejects.toMatchObject({
        code: 'name_taken',
      });
    });

    test('a schedule is read with what it attaches, in the version that stands, and written without', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const calendar = factories.calendar({ content: noon });
      await store.calendars.insert(calendar);
      const spec = { ...daily, calendars: [toUuid(calendar)] };
      const schedule = factories.schedule({ jobId: job.id, spec });
      await store.schedules.insert([schedule]);
      expect((await store.schedules.get(schedule.id))?.spec).toEqual({ ...spec, resolved: [calendar] });
      const again = (await store.schedules.ofJob(job.id))[0]?.spec.resolved?.[0];
      expect((await store.schedules.ofJob(job.id))[0]?.spec.resolved?.[0]).toBe(again);

      const changed = { ...calendar, version: 2, content: factories.holidays() };
      await store.calendars.update(changed, 1);
      const due = (await store.schedules.due(schedule.planAt ?? 0, 10_000)).flatMap(({ schedules }) => schedules);
      expect(due.find(({ id }) => id === schedule.id)?.spec.resolved).toEqual([changed]);
      expect(await store.calendars.attachedTo(calendar.id)).toEqual([{ scheduleId: schedule.id, jobId: job.id }]);
      expect((await store.calendars.list()).find(({ id }) => id === calendar.id)).toMatchObject({
        kind: 'holiday',
        entries: 0,
        usedBy: 1,
      });

      await store.schedules.update({ ...schedule, spec: daily, revision: 2 }, 1);
      expect(await store.calendars.attachedTo(calendar.id)).toEqual([]);
      await store.schedules.update({ ...schedule, spec, revision: 3 }, 2);
      await store.jobs.purge(job.id);
      expect(await store.calendars.attachedTo(calendar.id)).toEqual([]);
      expect(await store.calendars.count()).toBeGreaterThan(0);
    });

    test('a blackout for all jobs, a tag or a job counts without being attached', async () => {
      const { store } = bed();
      const [plain, tagged] = [await givenJob(bed()), await givenJob(bed(), { tags: ['db'] })];
      const scoped = (scope: Parameters<typeof factories.blackout>[0]) =>
        factories.calendar({ content: factories.blackout(scope) });
      const all = scoped({ scope: { kind: 'all' } });
      const byTag = scoped({ scope: { kind: 'tags', tags: ['db'] } });
      const byJob = scoped({ scope: { kind: 'jobs', jobs: [plain.id] } });
      for (const calendar of [all, byTag, byJob]) await store.calendars.insert(calendar);
      await store.schedules.insert([plain, tagged].map(({ id }) => factories.schedule({ jobId: id })));
      const idsOf = async (jobId: number) =>
        (await store.schedules.ofJob(jobId))[0]?.spec.resolved?.map(({ id }) => id).toSorted((a, b) => a - b);
      expect(await idsOf(plain.id)).toEqual([all.id, byJob.id].toSorted((a, b) => a - b));
      const reachedBy = async (scope: BlackoutScope) =>
        (await store.calendars.reachedBy(byTag.id, [scope])).map(({ jobId }) => jobId);
      expect(await reachedBy({ kind: 'tags', tags: ['db'] })).toEqual([tagged.id]);
      expect(await reachedBy({ kind: 'jobs', jobs: [plain.id] })).toEqual([plain.id]);
      expect(await reachedBy({ kind: 'attached' })).toEqual([]);
      expect(await reachedBy({ kind: 'all' })).toEqual(expect.arrayContaining([plain.id, tagged.id]));
      expect(await idsOf(tagged.id)).toEqual([all.id, byTag.id].toSorted((a, b) => a - b));
      for (const { id } of [all, byTag, byJob]) await store.calendars.remove(id);
      expect(await idsOf(plain.id)).toBeUndefined();
    });
  });
}
