import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

export function scheduleConformance(make: MakeBed): void {
  describe('schedules', () => {
    const bed = bedOf(make);

    test('a stored schedule reads back as it was written, and an edit needs its revision', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({
        jobId: job.id,
        name: 'nightly',
        active: false,
        planAt: null,
        nextDueAt: null,
      });
      await store.schedules.insert([schedule]);
      expect(await store.schedules.get(schedule.id)).toEqual(schedule);
      const edited = {
        ...schedule,
        revision: 2,
        spec: { kind: 'hourly', minute: 5, timezone: 'Europe/Berlin' },
      } as const;
      expect(await store.schedules.update(edited, 2)).toBe(false);
      expect(await store.schedules.update(edited, 1)).toBe(true);
      expect(await store.schedules.ofJob(job.id)).toEqual([edited]);
      await store.schedules.remove([schedule.id]);
      expect(await store.schedules.get(schedule.id)).toBeNull();
    });

    test('what is due comes earliest first, each job once with all its active schedules', async () => {
      const { store } = bed();
      const [late, early] = [await givenJob(bed()), await givenJob(bed())];
      const of = (jobId: number, planAt: number | null, active = true) => factories.schedule({ jobId, planAt, active });
      await store.schedules.insert([
        of(late.id, 30),
        of(late.id, 900),
        of(late.id, null, false),
        of(early.id, 10),
        of(early.id, 20),
      ]);
      const due = await store.schedules.due(30, 10);
      expect(due.map(({ job, schedules }) => [job.id, schedules.length])).toEqual([
        [early.id, 2],
        [late.id, 2],
      ]);
      expect(await store.schedules.due(9, 10)).toEqual([]);
      expect(await store.schedules.earliestPlan()).toBe(10);
    });

    test('what is due comes in parts, each job in one of them, whatever the ids of jobs have in common', async () => {
      const { store } = bed();
      const jobs: number[] = [];
      for (let n = 0; n < 60; n += 1) {
        const { id } = await givenJob(bed());
        jobs.push(id);
        await store.schedules.insert([factories.schedule({ jobId: id, planAt: 5000 })]);
      }
      const part = async (index: number, anybodys: number): Promise<number[]> =>
        (await store.schedules.due(5000, 1000, { of: 2, index, anybodys }))
          .map(({ job }) => job.id)
          .filter((id) => jobs.includes(id));
      const parts = [await part(0, 4999), await part(1, 4999)];
      expect(parts.flat().toSorted((a, b) => a - b)).toEqual(jobs.toSorted((a, b) => a - b));
      for (const ids of parts) expect(ids.length).toBeGreaterThan(15);
      expect(await part(0, 5000)).toHaveLength(60);
    });

    test('a plan made anew raises the revision, so that a planner with the old one finds nothing', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const { id: scheduleId, cursorAt } = schedule;
      const move = { scheduleId, revision: 1, cursorAt, newCursor: cursorAt + 1, newPlan: 7, newNext: null };
      expect(await store.schedules.replan([{ ...move, revision: 3 }])).toEqual([]);
      expect(await store.schedules.replan([move])).toEqual([scheduleId]);
      expect(await store.schedules.advance([move])).toEqual([]);
      expect(await store.schedules.get(scheduleId)).toEqual({
        ...schedule,
        revision: 2,
        cursorAt: cursorAt + 1,
        planAt: 7,
        nextDueAt: null,
      });
      await store.schedules.remove([scheduleId]);
    });

    test('of many who plan the same step one may write, and a stale revision or cursor never', async () => {
      const { store, another } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const { id: scheduleId, cursorAt } = schedule;
      const move = { scheduleId, revision: 1, cursorAt, newCursor: cursorAt + 1, newPlan: null, newNext: 7 };
      expect(await store.schedules.advance([{ ...move, revision: 2 }])).toEqual([]);
      expect(await store.schedules.advance([{ ...move, cursorAt: 1 }])).toEqual([]);
      const stores = [store, await another(), await another()];
      const won = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (stores[index % 3] ?? store).transaction((tables) =>
            tables.schedules.advance([{ ...move, newCursor: cursorAt + 1 + index }]),
          ),
        ),
      );
      expect(won.flat()).toEqual([scheduleId]);
      const index = won.findIndex((ids) => ids.length === 1);
      expect(await store.schedules.get(scheduleId)).toMatchObject({
        cursorAt: cursorAt + 1 + index,
        planAt: null,
        nextDueAt: 7,
      });
    });

    test('living jobs whose schedules stand ahead are found page by page, each once', async () => {
      const { store } = bed();
      const [one, two, gone, here] = [
        await givenJob(bed()),
        await givenJob(bed()),
        await givenJob(bed()),
        await givenJob(bed()),
      ];
      const far = 9_000_000_000_000;
      const ahead = [one, one, two, gone].map(({ id }) => factories.schedule({ jobId: id, cursorAt: far + 1 }));
      await store.schedules.insert([...ahead, factories.schedule({ jobId: here.id, cursorAt: far })]);
      await store.jobs.update({ ...gone, deletedAt: 1 }, gone.version, null);
      expect(await store.schedules.jobsAheadOf(far, 10, 0)).toEqual([one.id, two.id]);
      expect(await store.schedules.jobsAheadOf(far, 1, 0)).toEqual([one.id]);
      expect(await store.schedules.jobsAheadOf(far, 10, one.id)).toEqual([two.id]);
      expect(await store.schedules.jobsAheadOf(far + 1, 10, 0)).toEqual([]);
    });

    test('schedules of other zone data are found', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const old = factories.schedule({ jobId: job.id, tzVersion: '2020a' });
      await store.schedules.insert([old]);
      const others = await store.schedules.withOtherZoneData('2026a', 10);
      expect(others.map(({ id }) => id)).toEqual([old.id]);
    });
  });
}
