import { describe, expect, test } from 'vitest';
import type { Id } from '../../model/id.ts';
import type { Job } from '../../model/job.ts';
import type { Store } from '../../store/store.ts';
import * as factories from '../factories.ts';
import { bedOf, claimAll, finished, givenWorker, runFor, type MakeBed } from './bed.ts';

let lastPerson = 900_000;
const somebody = (): Id => ++lastPerson;

export function sharingConformance(make: MakeBed): void {
  describe('sharing', () => {
    const bed = bedOf(make);

    async function jobOf(ownerId: Id | null, name?: string): Promise<Job> {
      const job = factories.job({ ownerId, ...(name === undefined ? {} : { definition: { name } }) });
      await bed().store.jobs.insert(job, null);
      return job;
    }
    const namesOf = async (store: Store): Promise<readonly string[]> =>
      (await store.jobs.list({}, 'name', false, { limit: 50 })).items
        .map(({ job }) => job.definition.name)
        .filter((name) => !name.startsWith('job '));

    test('a person sees what they own, what is shared with them, with a team of theirs, and with everyone (SEC-B5)', async () => {
      const { store } = bed();
      const [mei, noor] = [somebody(), somebody()];
      const own = await jobOf(mei, 'mine');
      const shared = await jobOf(noor, 'shared with mei');
      const ofTeam = await jobOf(noor, 'of the team');
      const ofAll = await jobOf(null, 'of everyone');
      const unseen = [await jobOf(noor, 'of noor alone'), await jobOf(null, 'of nobody')];
      const [teamId = 0] = await store.ids(1);
      const team = { id: teamId, createdAt: 1, name: 'Night', members: [mei] };
      await store.sharing.setTeam(team);
      await store.sharing.setShares(shared.id, [{ with: 'person', granteeId: mei, level: 'view' }]);
      await store.sharing.setShares(ofTeam.id, [{ with: 'team', granteeId: teamId, level: 'run' }]);
      await store.sharing.setShares(ofAll.id, [{ with: 'everyone', granteeId: 0, level: 'view' }]);

      const seen = store.seenBy({ personId: mei });
      expect(await namesOf(seen)).toEqual(['mine', 'of everyone', 'of the team', 'shared with mei']);
      expect(await seen.jobs.count({})).toBe(4);
      await store.sharing.setShares(ofAll.id, []);
      expect(await seen.jobs.count({})).toBe(3);
      await store.sharing.setShares(ofAll.id, [{ with: 'everyone', granteeId: 0, level: 'view' }]);
      expect(await namesOf(store.seenBy({ personId: -1 }))).toEqual(['of everyone']);
      const all = [own, shared, ofTeam, ofAll, ...unseen].map(({ id }) => id);
      expect((await store.jobs.byIds(all)).size).toBe(6);
      expect((await seen.jobs.byIds(all)).size).toBe(4);
      expect(await store.sharing.levels([own.id, shared.id, ofTeam.id, ofAll.id], mei)).toEqual(
        new Map([
          [own.id, 'own'],
          [shared.id, 'view'],
          [ofTeam.id, 'run'],
          [ofAll.id, 'view'],
        ]),
      );
      expect(await store.sharing.grants(ofTeam.id, mei)).toEqual([{ kind: 'team', level: 'run', team: 'Night' }]);

      await store.sharing.setTeam({ ...team, members: [] });
      expect(await namesOf(seen)).not.toContain('of the team');
      await store.sharing.setTeam(team);
      expect(await store.sharing.removeTeam(teamId)).toBe(true);
      expect(await store.sharing.shares(ofTeam.id)).toEqual([]);
      await store.sharing.setShares(ofAll.id, []);
      await store.jobs.purge(shared.id);
      expect(await store.sharing.levels([shared.id], mei)).toEqual(new Map());
    });

    test('a job changes hands with its name, which is its owner’s alone', async () => {
      const { store } = bed();
      const [mei, noor] = [somebody(), somebody()];
      const job = await jobOf(mei, 'nightly');
      await store.sharing.setOwner(job.id, noor);
      expect((await store.jobs.get(job.id))?.ownerId).toBe(noor);
      expect(await namesOf(store.seenBy({ personId: mei }))).toEqual([]);
      expect(await namesOf(store.seenBy({ personId: noor }))).toEqual(['nightly']);
      const other = await jobOf(mei, 'nightly');
      await expect(store.sharing.setOwner(other.id, noor)).rejects.toMatchObject({ code: 'name_taken' });
    });

    test('with an account go its shares and its places in teams (SEC-B9)', async () => {
      const { store } = bed();
      const [id = 0, teamId = 0] = await store.ids(2);
      await store.people.insert(factories.person({ id, email: `leaves-${id}@example.org` }));
      const job = await jobOf(somebody());
      await store.sharing.setShares(job.id, [{ with: 'person', granteeId: id, level: 'view' }]);
      await store.sharing.setTeam({ id: teamId, createdAt: 1, name: 'Leaving', members: [id] });
      await store.people.remove(id);
      expect(await store.sharing.shares(job.id)).toEqual([]);
      expect((await store.sharing.team(teamId))?.members).toEqual([]);
    });

    test('a team is told by its name, whatever the case', async () => {
      const { store } = bed();
      const [first = 0, second = 0] = await store.ids(2);
      await store.sharing.setTeam({ id: first, createdAt: 1, name: 'Billing', members: [] });
      await expect(
        store.sharing.setTeam({ id: second, createdAt: 1, name: 'BILLING', members: [] }),
      ).rejects.toMatchObject({ code: 'name_taken' });
      expect((await store.sharing.teamByName('billing'))?.id).toBe(first);
      expect(await store.sharing.removeTeam(first)).toBe(true);
      expect(await store.sharing.removeTeam(first)).toBe(false);
    });

    test('runs, their parts, what waits, events and counts are those of jobs one sees (SEC-B3)', async () => {
      const { store, clock } = bed();
      const [mei, noor] = [somebody(), somebody()];
      const [job, foreign] = [await jobOf(mei), await jobOf(noor)];
      const worker = await givenWorker(bed());
      const began = clock.wall();
      const mine = [1, 2, 3].map(() => runFor(worker, job.id, { slots: null }));
      await store.runs.insert([...mine, ...[1, 2, 3, 4].map(() => runFor(worker, foreign.id, { slots: null }))]);
      const held = await claimAll(bed(), worker, 4);
      await store.dispatch.intend(worker.incarnation, held);
      await store.dispatch.finish(
        held.map((claim, at) =>
          finished(claim, at % 2 === 0 ? {} : { outcome: 'failed', state: 'failed', reason: 'exit_code', exitCode: 1 }),
        ),
      );
      await store.events.append([{ kind: 'job.changed', jobId: foreign.id }, { kind: 'worker.paused' }]);
      const seen = store.seenBy({ personId: mei });
      const own = held.filter(({ jobId }) => jobId === job.id).length;
      const all = await seen.runs.list({}, { limit: 50 });
      expect(new Set(all.items.map(({ id }) => id))).toEqual(new Set(mine.map(({ id }) => id)));
      const paged = await seen.runs.list({}, { limit: 2 });
      expect((await seen.runs.list({}, { limit: 2, after: paged.next })).items).toHaveLength(1);
      expect((await seen.runs.list({ states: ['queued'] }, { limit: 50 })).items).toHaveLength(3 - own);
      expect((await seen.runs.list({ triggers: ['manual'], workerId: worker.id }, { limit: 50 })).items.length).toBe(
        all.items.filter((run) => run.workerId === worker.id && run.trigger === 'manual').length,
      );
      expect((await seen.runs.list({ jobId: foreign.id }, { limit: 50 })).items).toEqual([]);
      const other = (await store.runs.list({ jobId: foreign.id }, { limit: 1 })).items[0];
      expect(other === undefined ? undefined : await seen.runs.get(other)).toBeNull();
      expect(other === undefined ? undefined : await seen.runs.attempts(other)).toEqual([]);
      const { succeeded, failed } = await seen.runs.counts(began, clock.wall() + 1);
      expect(succeeded + failed).toBe(own);
      expect((await seen.runs.countLive()).queued).toBe(3 - own);
      expect((await seen.runs.waiting(50)).every(({ jobId }) => jobId === job.id)).toBe(true);
      expect((await seen.runs.ended(50)).every(({ jobId }) => jobId === job.id)).toBe(true);
      const { items } = await seen.events.list({}, { limit: 500 });
      expect(items.every(({ jobId }) => jobId === job.id || jobId === null)).toBe(true);
      expect(items.map(({ kind }) => kind)).toContain('worker.paused');
      expect((await seen.events.list({ jobId: foreign.id }, { limit: 50 })).items).toEqual([]);
      const span = { from: began - 1, to: clock.wall() + 1 };
      expect((await seen.timeline.runs({}, span, 50))?.every(({ job: of }) => of.id === job.id)).toBe(true);
      const sums = await seen.timeline.sums(null, { from: began - 3 * 86_400_000, to: clock.wall() + 1 }, 86_400_000);
      expect(sums.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    });

    test('of more jobs than are looked up one by one, lists still hold what one sees', async () => {
      const { store } = bed();
      const mei = somebody();
      const worker = await givenWorker(bed());
      const jobs = [];
      for (let made = 0; made < 102; made += 1) jobs.push(await jobOf(mei));
      const foreign = await jobOf(somebody());
      await store.runs.insert(
        [jobs[0], jobs[101], foreign, foreign].map((job) => runFor(worker, job?.id ?? 0, { slots: null })),
      );
      await store.events.append([
        { kind: 'job.changed', jobId: jobs[7]?.id ?? 0 },
        { kind: 'job.changed', jobId: foreign.id },
      ]);
      const seen = store.seenBy({ personId: mei });
      expect(
        (await seen.runs.list({}, { limit: 50 })).items.map(({ jobId }) => jobId).toSorted((a, b) => a - b),
      ).toEqual([jobs[0]?.id, jobs[101]?.id]);
      const events = await seen.events.list({ kinds: ['job.changed'] }, { limit: 50 });
      expect(events.items.map(({ jobId }) => jobId)).toEqual([jobs[7]?.id]);
      expect((await seen.jobs.list({}, 'created_at', true, { limit: 200 })).items).toHaveLength(102);
      const span = { from: 0, to: 2 ** 42 };
      expect(await store.timeline.runs({ jobIds: [foreign.id] }, span, 1)).toBeNull();
      expect(await seen.timeline.runs({ jobIds: [foreign.id] }, span, 1), 'not even that they are many').toEqual([]);
      expect(await seen.timeline.busy({ jobIds: [foreign.id] }, span, 1)).toEqual([]);
    });

    test('a monitor is seen by whose it is, and its name is theirs', async () => {
      const { store } = bed();
      const [mei, noor] = [somebody(), somebody()];
      await store.monitors.insert(factories.monitor({ name: 'Backup', ownerId: mei }));
      await store.monitors.insert(factories.monitor({ name: 'backup', ownerId: noor }));
      expect((await store.seenBy({ personId: mei }).monitors.list()).map(({ name }) => name)).toEqual(['Backup']);
    });
  });
}
