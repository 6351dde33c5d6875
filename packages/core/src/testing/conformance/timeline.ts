import { describe, expect, test } from 'vitest';
import { toUuid } from '../../model/id.ts';
import * as factories from '../factories.ts';
import { windowOf } from '../window-of.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

export function timelineConformance(make: MakeBed): void {
  describe('the timeline', () => {
    const bed = bedOf(make);
    const hour = 3_600_000;

    test('schedules in force come with their job, earliest first, narrowed by job, tag and name', async () => {
      const { store } = bed();
      const job = await givenJob(bed(), { name: 'In force 100%', tags: ['blue'] });
      const other = await givenJob(bed(), { name: 'in force also' });
      const [late, early, off, others] = [
        factories.schedule({ jobId: job.id, planAt: 900 }),
        factories.schedule({ jobId: job.id, planAt: 100 }),
        factories.schedule({ jobId: job.id, planAt: null, nextDueAt: null, active: false }),
        factories.schedule({ jobId: other.id, planAt: 500 }),
      ];
      await store.schedules.insert([late, early, off, others]);
      const named = { id: job.id, createdAt: job.createdAt, name: job.definition.name };
      const ruleOf = ({ id, jobId, cursorAt, spec }: typeof early) => ({ id, jobId, cursorAt, spec });
      const search = 'IN FORCE';
      expect(await store.timeline.inForce({ tag: 'blue' }, 10)).toEqual([
        { schedule: ruleOf(early), job: named },
        { schedule: ruleOf(late), job: named },
      ]);
      const ids = async (filter: object, limit = 10) =>
        (await store.timeline.inForce(filter, limit)).map(({ schedule }) => schedule.id);
      expect(await ids({ search })).toEqual([early.id, others.id, late.id]);
      expect(await ids({ search: '100%' })).toEqual([early.id, late.id]);
      expect(await ids({ search, planUntil: 500 })).toEqual([early.id, others.id]);
      expect(await ids({ search }, 1)).toEqual([early.id]);
      expect(await ids({ jobIds: [other.id] })).toEqual([others.id]);
      expect(await ids({ jobIds: [] })).toEqual([]);
      const [one, another] = await store.timeline.inForce({ search }, 10);
      expect(one?.schedule.spec, 'rules that read alike are one object').toBe(another?.schedule.spec);
    });

    test.each([
      ['the database counts where nothing asks whose they are', null],
      ['each by itself while maintenance of one job does', 'jobs'],
    ] as const)('rules in force are counted with their ledger: %s', async (_case, kind) => {
      const { store } = bed();
      const [job, other] = [await givenJob(bed()), await givenJob(bed())];
      const one = (jobId: number, planAt: number, cursorAt: number) => factories.schedule({ jobId, planAt, cursorAt });
      const daily = { ...one(other.id, 400, 6), spec: { kind: 'daily', times: ['04:00'], timezone: 'UTC' } as const };
      await store.schedules.insert([one(job.id, 100, 5), one(other.id, 200, 5), one(job.id, 300, 6), daily]);
      const [id = 0] = await store.ids(1);
      const window = windowOf(id, 1, { scope: { kind: 'jobs', jobs: [job.id] }, until: null });
      if (kind !== null) await store.maintenance.insert(window);
      const told = async (limit: number, more: { readonly planUntil?: number } = {}) => {
        const rules = await store.timeline.rulesInForce({ jobIds: [job.id, other.id], ...more }, limit);
        const words = rules.map(({ spec, cursorAt, count }) => {
          const held = spec.maintenance === undefined ? '' : ' held';
          return `${count} ${spec.kind} from ${cursorAt}${held}`;
        });
        return words.toSorted();
      };
      try {
        const [all, earliest] =
          kind === null
            ? [
                ['1 daily from 6', '1 hourly from 6', '2 hourly from 5'],
                ['1 hourly from 6', '2 hourly from 5'],
              ]
            : [
                ['1 daily from 6', '1 hourly from 5', '1 hourly from 5 held', '1 hourly from 6 held'],
                ['1 hourly from 5', '1 hourly from 5 held', '1 hourly from 6 held'],
              ];
        expect(await told(10)).toEqual(all);
        expect(await told(3), 'the earliest').toEqual(earliest);
        // What is held waits for the end of its maintenance, whenever it was to be planned.
        expect(await told(10, { planUntil: 300 })).toEqual(kind === null ? earliest : all);
      } finally {
        await store.maintenance.update({ ...window, endedAt: window.from, settledAt: window.from });
      }
    });

    test('rules that read alike stay one object where a window or a calendar counts for all', async () => {
      const { store } = bed();
      const calendar = factories.calendar();
      await store.calendars.insert(calendar);
      const spec = { kind: 'hourly', minute: 7, timezone: 'UTC', calendars: [toUuid(calendar)] } as const;
      const jobs = [await givenJob(bed()), await givenJob(bed())];
      await store.schedules.insert(jobs.map(({ id: jobId }) => factories.schedule({ jobId, spec })));
      const [one, another] = await store.timeline.inForce({ jobIds: jobs.map(({ id }) => id) }, 10);
      expect(one?.schedule.spec.resolved).toMatchObject([{ id: calendar.id }]);
      expect(another?.schedule.spec).toBe(one?.schedule.spec);
    });

    test('runs of a span are told as bars and as counts', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const at = (ahead: number) =>
        factories.newRun({ jobId: job.id, createdAt: 100 * hour + ahead, dueAt: 100 * hour });
      const runs = [at(0), at(1000), at(2 * hour)];
      await store.runs.insert(runs);
      const [first] = runs;
      await store.runs.endWaiting([first?.id ?? 0], { state: 'failed', reason: 'expired', by: null });
      const filter = { jobIds: [job.id] };
      const found = await store.timeline.runs(filter, { from: 100 * hour, to: 102 * hour }, 10);
      expect(found?.map(({ id, state, dueAt }) => [id, state, dueAt])).toEqual([
        [runs[1]?.id, 'queued', 100 * hour],
        [first?.id, 'failed', 100 * hour],
      ]);
      expect(found?.[0]).toMatchObject({ job: { id: job.id, name: job.definition.name }, endedAt: null });
      expect(await store.timeline.runs(filter, { from: 100 * hour, to: 103 * hour }, 3)).toHaveLength(3);
      expect(await store.timeline.runs(filter, { from: 100 * hour, to: 103 * hour }, 2)).toBeNull();
      const counts = await store.timeline.counts(filter, { from: 100 * hour, to: 103 * hour }, hour);
      expect(
        counts
          .map(({ at: start, state, count }) => `${start / hour} ${state} ${count}`)
          .sort((a, b) => a.localeCompare(b)),
      ).toEqual(['100 failed 1', '100 running 1', '102 running 1']);
    });

    test('the newest runs of several jobs are told together, those of a deleted job never', async () => {
      const { store } = bed();
      const [a, b, gone] = [await givenJob(bed()), await givenJob(bed()), await givenJob(bed())];
      const run = (jobId: number, ahead: number) => factories.newRun({ jobId, createdAt: 200 * hour + ahead });
      const runs = [run(a.id, 1), run(b.id, 2), run(a.id, 3), run(gone.id, 4), run(b.id, 5)];
      await store.runs.insert(runs);
      await store.jobs.update({ ...gone, deletedAt: 1 }, gone.version, null);
      const span = { from: 200 * hour, to: 201 * hour };
      const told = async (filter: object, limit: number): Promise<number[] | undefined> =>
        (await store.timeline.runs(filter, span, limit))?.map(({ createdAt }) => createdAt - span.from);
      expect(await told({ jobIds: [a.id, b.id, gone.id] }, 10)).toEqual([5, 3, 2, 1]);
      expect(await told({ jobIds: [a.id] }, 2)).toEqual([3, 1]);
      expect(await told({ jobIds: [a.id] }, 1)).toBeUndefined();
      expect(await told({ jobIds: [] }, 10)).toEqual([]);
      expect(await told({}, 10)).toEqual([5, 3, 2, 1]);
      const busy = async (filter: object, limit: number): Promise<number[]> =>
        (await store.timeline.busy(filter, span, limit)).map(({ id }) => id).sort((x, y) => x - y);
      expect(await busy({ jobIds: [a.id, b.id, gone.id] }, 1)).toEqual([a.id, b.id]);
      expect(await busy({ jobIds: [] }, 1)).toEqual([]);
      expect(await busy({}, 10)).toEqual([a.id, b.id]);
      expect(await busy({}, 3)).toEqual([a.id, b.id]);
      expect(await busy({}, 1)).toEqual([b.id]);
    });

    test('of more jobs than are looked into first, too many runs are told as too many', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const span = { from: 210 * hour, to: 211 * hour };
      const run = (ahead: number) => factories.newRun({ jobId: job.id, createdAt: span.from + ahead });
      await store.runs.insert([run(1), run(2)]);
      const jobIds = [job.id, ...Array.from({ length: 200 }, (_, nth) => 8_000_000 + nth)];
      expect(await store.timeline.runs({ jobIds }, span, 2)).toHaveLength(2);
      expect(await store.timeline.runs({ jobIds }, span, 1)).toBeNull();
    });

    test('skips and gaps of a span are told one by one and as counts', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const skip = (dueAt: number) => factories.occurrence({ scheduleId: schedule.id, dueAt, reason: 'overlap' });
      const ran = factories.occurrence({ scheduleId: schedule.id, dueAt: 150, runId: 1, runCreatedAt: 1 });
      await store.ledger.insert([skip(100), ran, skip(200), skip(5000)]);
      const gap = { kind: 'gap', scheduleId: schedule.id, reason: 'paused', decidedAt: 1 } as const;
      await store.ledger.insertGaps([{ ...gap, fromAt: 300, toAt: 400, count: 7 }]);
      const filter = { jobIds: [job.id] };
      const skips = await store.timeline.skips(filter, { from: 100, to: 1000 }, 10);
      expect(skips.map(({ from, to, count, reason }) => [from, to, count, reason])).toEqual([
        [300, 400, 7, 'paused'],
        [200, 200, 1, 'overlap'],
        [100, 100, 1, 'overlap'],
      ]);
      const counts = await store.timeline.counts(filter, { from: 0, to: 1000 }, 1000);
      expect(counts.map(({ at, state, count }) => [at, state, count])).toEqual([
        [0, 'skipped', 2],
        [0, 'skipped', 7],
      ]);
    });

    test('a job without a succeeded run has no usual length', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      expect([...(await store.timeline.usual([job.id]))]).toEqual([]);
      expect([...(await store.timeline.usual([]))]).toEqual([]);
    });
  });

  describe('calendar feeds', () => {
    const bed = bedOf(make);

    test('a feed is found by its hash until it is removed', async () => {
      const { store } = bed();
      const [id = 0] = await store.ids(1);
      const feed = {
        id,
        createdAt: 5,
        personId: null,
        name: 'mine',
        hash: `h${id}`,
        jobId: null,
        tag: 'db',
        search: null,
      };
      await store.feeds.insert(feed);
      expect(await store.feeds.byHash(feed.hash)).toEqual(feed);
      expect(await store.feeds.list()).toContainEqual(feed);
      expect(await store.feeds.byHash('another')).toBeNull();
      expect(await store.feeds.remove(id)).toBe(true);
      expect(await store.feeds.remove(id)).toBe(false);
      expect(await store.feeds.byHash(feed.hash)).toBeNull();
    });
  });
}
