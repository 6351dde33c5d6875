import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, claimAll, finished, givenJob, givenRuns, givenWorker, runFor, type MakeBed } from './bed.ts';

export function jobConformance(make: MakeBed): void {
  describe('jobs', () => {
    const bed = bedOf(make);

    test('a stored job reads back as it was written', async () => {
      const { store } = bed();
      const definition = { description: 'naïve – ünï "quotes" \\ ☃', tags: ['b', 'a'], retry: null };
      const job = factories.job({ definition, pausedUntil: 5, active: false, demo: true });
      await store.jobs.insert(job, 'ann');
      expect(await store.jobs.get(job.id)).toEqual(job);
      expect(await store.jobs.byName(job.definition.name, null)).toEqual(job);
      expect(await store.jobs.get(1)).toBeNull();
      expect(await store.jobs.byIds([job.id, 1])).toEqual(new Map([[job.id, job]]));
      expect(await store.jobs.byIds([])).toEqual(new Map());
      expect(await store.jobs.pausedUntil(5)).toContainEqual(job);
      expect(await store.jobs.pausedUntil(4)).toEqual([]);
      expect((await store.maintenance.turns()).resumeAt).toBe(5);
      await store.jobs.insert(factories.job({ pausedUntil: 2, active: false, deletedAt: 1 }), null);
      await store.jobs.insert(factories.job({ pausedUntil: 3, active: true }), null);
      await store.jobs.insert(factories.job({ pausedUntil: 9, active: false }), null);
      expect((await store.maintenance.turns()).resumeAt).toBe(5);
    });

    test('a name is taken once an owner, and free again after deletion', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const { name } = job.definition;
      await expect(givenJob(bed(), { name })).rejects.toMatchObject({ code: 'name_taken' });
      await store.jobs.insert(factories.job({ ownerId: 7, definition: { name } }), null);
      const other = await givenJob(bed());
      const renamed = { ...other, definition: { ...other.definition, name } };
      await expect(store.jobs.update({ ...renamed, version: 2 }, 1, null)).rejects.toMatchObject({
        code: 'name_taken',
      });
      expect(await store.jobs.update({ ...job, deletedAt: 1 }, 1, null)).toBe(true);
      expect(await store.jobs.update({ ...renamed, version: 2 }, 1, null)).toBe(true);
      expect((await store.jobs.byName(name, null))?.id).toBe(other.id);
    });

    test('an update needs the version it was made from, and a new version is kept beside the old', async () => {
      const { store } = bed();
      const job = await givenJob(bed(), { tags: ['old'] });
      const changed = {
        ...job,
        version: 2,
        updatedAt: 9,
        definition: { ...job.definition, tags: ['new'], timeoutSeconds: 5 },
      };
      expect(await store.jobs.update(changed, 2, 'bob')).toBe(false);
      expect(await store.jobs.update(changed, 1, 'bob')).toBe(true);
      expect(await store.jobs.get(job.id)).toEqual(changed);
      const { items } = await store.jobs.versions(job.id, { limit: 10 });
      expect(items.map(({ version, author }) => [version, author])).toEqual([
        [2, 'bob'],
        [1, null],
      ]);
      expect(await store.jobs.version(job.id, 1)).toEqual(job.definition);
      expect((await store.jobs.list({ tag: 'new' }, 'name', false, { limit: 5 })).items).toHaveLength(1);
      expect((await store.jobs.list({ tag: 'old' }, 'name', false, { limit: 5 })).items).toHaveLength(0);
    });

    test('the counter of automatic runs only adds', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      await Promise.all([1, 2, 3].map((by) => store.jobs.countAutomaticRuns(job.id, by)));
      expect((await store.jobs.get(job.id))?.automaticRuns).toBe(6);
    });

    test('a purge leaves nothing of the job but its events', async () => {
      const { store } = bed();
      const job = await givenJob(bed(), { tags: ['x'] });
      const worker = await givenWorker(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      await store.ledger.insert([factories.occurrence({ scheduleId: schedule.id, dueAt: 1 })]);
      const [ended, waiting] = await givenRuns(bed(), [runFor(worker, job.id), runFor(worker, job.id)]);
      const [claim] = await claimAll(bed(), worker, 1);
      if (claim) await store.dispatch.finish([finished(claim)]);
      await store.jobs.purge(job.id);
      expect(await store.jobs.get(job.id)).toBeNull();
      expect(await store.jobs.version(job.id, 1)).toBeNull();
      expect(await store.schedules.ofJob(job.id)).toEqual([]);
      expect((await store.ledger.ofJob(job.id, { limit: 5 })).items).toEqual([]);
      for (const run of [ended, waiting]) expect(run && (await store.runs.find(run.id))).toBeNull();
      expect(await claimAll(bed(), worker)).toEqual([]);
    });
  });

  describe('drafts', () => {
    const bed = bedOf(make);

    test('a draft keeps no name, is in no list and no count, and is spent with its last run', async () => {
      const { store } = bed();
      const name = 'drafted';
      const draft = factories.job({ version: 0, active: false, deletedAt: 1, definition: { name } });
      await store.jobs.insert(draft, 'ann');
      await givenJob(bed(), { name });
      expect(await store.jobs.get(draft.id)).toEqual(draft);
      expect(await store.jobs.version(draft.id, 0)).toEqual(draft.definition);
      for (const filter of [{}, { deleted: true }, { search: name, deleted: true }]) {
        const { items } = await store.jobs.list(filter, 'name', false, { limit: 10 });
        expect(items.map(({ job }) => job.id)).not.toContain(draft.id);
        expect(await store.jobs.count(filter)).toBe(items.length);
      }
      const run = factories.newRun({ jobId: draft.id, jobVersion: 0 });
      await givenRuns(bed(), [run]);
      expect(await store.dispatch.load([run])).toMatchObject([{ run: { jobName: name }, definition: { name } }]);
      expect(await store.jobs.spentDrafts(10)).toEqual([]);
      await store.runs.endWaiting([run.id], { state: 'cancelled', reason: 'cancel_requested', by: null });
      await store.runs.remove([run]);
      expect(await store.jobs.spentDrafts(10)).toEqual([draft.id]);
      await store.jobs.purge(draft.id);
      expect(await store.jobs.spentDrafts(10)).toEqual([]);
    });
  });

  describe('lists of jobs', () => {
    const bed = bedOf(make);

    test('every filter narrows, and a search is taken literally whatever its case', async () => {
      const { store } = bed();
      const plain = await givenJob(bed(), { name: 'Straße 100%_done', tags: ['red', 'blue'], source: 'crm' });
      const http = {
        type: 'http',
        config: { method: 'GET', url: 'https://example.org', headers: {}, body: null, expectedStatus: null },
      };
      const web = await givenJob(bed(), { name: 'zebra', ...(http as object) });
      await store.jobs.update({ ...web, active: false }, 1, null);
      await store.schedules.insert([factories.schedule({ jobId: plain.id })]);
      const found = async (filter: Parameters<typeof store.jobs.list>[0]): Promise<string[]> => {
        const { items } = await store.jobs.list(filter, 'name', false, { limit: 10 });
        expect(await store.jobs.count(filter)).toBe(items.length);
        return items.map(({ job }) => job.definition.name);
      };
      expect(await found({})).toEqual(['Straße 100%_done', 'zebra']);
      expect(await found({ search: 'STRASSE' })).toEqual([]);
      expect(await found({ search: '100%_D' })).toEqual(['Straße 100%_done']);
      expect(await found({ search: '%' })).toEqual(['Straße 100%_done']);
      expect(await found({ type: 'http' })).toEqual(['zebra']);
      expect(await found({ tag: 'red' })).toEqual(['Straße 100%_done']);
      expect(await found({ source: 'crm', active: true })).toEqual(['Straße 100%_done']);
      expect(await found({ active: false })).toEqual(['zebra']);
      expect(await found({ scheduled: true })).toEqual(['Straße 100%_done']);
      expect(await found({ scheduled: false })).toEqual(['zebra']);
      expect(await found({ demo: true })).toEqual([]);
      expect(await found({ deleted: true })).toEqual([]);
    });
  });

  describe('pages of jobs', () => {
    const bed = bedOf(make);

    test('pages in every order hold each job once', async () => {
      const { store } = bed();
      for (let index = 0; index < 12; index += 1) {
        const job = factories.job({
          createdAt: 1000 + (index % 3),
          updatedAt: 5000 - index,
          definition: { name: `Page ${index % 10}${index}`, tags: index % 3 === 0 ? ['third'] : [] },
        });
        await store.jobs.insert(job, null);
        if (index % 2 === 0)
          await store.schedules.insert([factories.schedule({ jobId: job.id, nextDueAt: 100 + (index % 4) })]);
      }
      for (const sort of ['created_at', 'name', 'next_due_at', 'updated_at'] as const) {
        for (const descending of [false, true]) {
          const whole = await store.jobs.list({}, sort, descending, { limit: 100 });
          const paged: number[] = [];
          let after: string | null = null;
          do {
            const page: Awaited<ReturnType<typeof store.jobs.list>> = await store.jobs.list({}, sort, descending, {
              limit: 5,
              after,
            });
            paged.push(...page.items.map(({ job }) => job.id));
            after = page.next;
          } while (after !== null);
          expect(paged).toEqual(whole.items.map(({ job }) => job.id));
          expect(new Set(paged).size).toBe(12);
          const back = await store.jobs.list({}, sort, !descending, { limit: 100 });
          expect(back.items.map(({ job }) => job.id).toReversed()).toEqual(paged);
          const { items, next } = await store.jobs.list({ tag: 'third' }, sort, descending, { limit: 3 });
          const rest = await store.jobs.list({ tag: 'third' }, sort, descending, { limit: 3, after: next });
          const tagged = whole.items.filter(({ job }) => job.definition.tags.includes('third'));
          expect([...items, ...rest.items]).toEqual(tagged);
          expect([items.length, rest.next]).toEqual([3, null]);
        }
      }
    });
  });

  describe('jobs of a tag', () => {
    const bed = bedOf(make);

    test('come by their present names, those that are deleted apart, as many as are seen', async () => {
      const { store } = bed();
      const tags = ['named'];
      const [first, second, gone] = await Promise.all(
        ['b first', 'C second', 'a gone'].map((name) => givenJob(bed(), { name, tags })),
      );
      if (first === undefined || second === undefined || gone === undefined) throw new Error('there are three');
      await store.jobs.insert(factories.job({ ownerId: 4, definition: { name: 'of another', tags } }), null);
      const renamed = { ...first, version: 2, definition: { ...first.definition, name: 'D renamed' } };
      expect(await store.jobs.update(renamed, 1, null)).toBe(true);
      expect(await store.jobs.update({ ...gone, deletedAt: 1 }, 1, null)).toBe(true);
      const names = async (tables: Pick<typeof store, 'jobs'>, descending: boolean): Promise<readonly string[]> => {
        const { items } = await tables.jobs.list({ tag: 'named' }, 'name', descending, { limit: 10 });
        return items.map(({ job }) => job.definition.name);
      };
      expect(await names(store, false)).toEqual(['C second', 'D renamed', 'of another']);
      expect(await names(store, true)).toEqual(['of another', 'D renamed', 'C second']);
      expect(await names(store.seenBy({ personId: 4 }), false)).toEqual(['of another']);
      expect(await store.timeline.matching({ tag: 'named', search: 'D' }, 5)).toEqual([second.id, first.id]);
    });
  });

  // On a bed of its own: what other tests leave due would be told first.
  describe('what comes next', () => {
    const bed = bedOf(make);

    test('is told job by job, soonest first, with the schedule that names it', async () => {
      const { store } = bed();
      const jobs = await Promise.all(['later', 'paused', 'sooner'].map((name) => givenJob(bed(), { name })));
      const stopped = await givenJob(bed(), { name: 'stopped' });
      const trouble = { failingSince: 1, failuresFrom: null, breaker: factories.openBreaker() };
      await store.transaction(({ jobs: own }) => own.writeTrouble(stopped.id, trouble));
      const [later, paused, sooner] = jobs;
      if (later === undefined || paused === undefined || sooner === undefined) throw new Error('there are three');
      const due = (jobId: number, nextDueAt: number, active = true) => factories.schedule({ jobId, nextDueAt, active });
      const first = due(sooner.id, 50);
      await store.schedules.insert([
        due(later.id, 70),
        due(sooner.id, 60),
        due(paused.id, 10, false),
        due(sooner.id, 20, false),
        due(stopped.id, 30),
        first,
      ]);
      const coming = await store.jobs.coming(10);
      expect(coming.map(({ job, at }) => [job.definition.name, at])).toEqual([
        ['sooner', 50],
        ['later', 70],
      ]);
      expect(coming[0]?.schedule.id).toBe(first.id);
    });
  });

  describe('positions and summaries of jobs', () => {
    const bed = bedOf(make);

    test('a position that is not ours is malformed', async () => {
      const { store } = bed();
      for (const after of ['x', 'bm9uc2Vuc2U', Buffer.from('["a","b"]').toString('base64url')]) {
        await expect(store.jobs.list({}, 'created_at', false, { limit: 5, after })).rejects.toMatchObject({
          code: 'malformed',
        });
      }
    });

    test('a summary tells schedules, live and waiting runs, the last run and failures in a row', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const soon = factories.schedule({ jobId: job.id, nextDueAt: 50 });
      await store.schedules.insert([soon, factories.schedule({ jobId: job.id, nextDueAt: 40, active: false })]);
      const at = (index: number) => ({ createdAt: clock.wall() + index, trigger: 'schedule' as const });
      await givenRuns(
        bed(),
        [0, 1, 2, 3, 4].map((index) => runFor(worker, job.id, at(index))),
      );
      const claims = await claimAll(bed(), worker, 4);
      const fail = { outcome: 'failed', state: 'failed', exitCode: 1 } as const;
      const [first, second, third] = claims;
      if (!first || !second || !third) throw new Error('three claims were due');
      await store.dispatch.finish([finished(first), finished(second, fail), finished(third, fail)]);
      const summary = await store.jobs.summary(job.id);
      expect(summary).toMatchObject({ nextDueAt: 50, live: 1, queued: 1, consecutiveFailures: 2, runCount: 5 });
      expect(summary?.schedules).toHaveLength(2);
      expect(summary?.lastRun).toMatchObject({ id: third.runId, state: 'failed', exitCode: 1 });
      expect(await store.jobs.summary(1)).toBeNull();
    });
  });
}
