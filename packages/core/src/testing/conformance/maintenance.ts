import { describe, expect, test } from 'vitest';
import type { MaintenanceScope } from '../../model/maintenance.ts';
import * as factories from '../factories.ts';
import { windowOf } from '../window-of.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

export function maintenanceConformance(make: MakeBed): void {
  describe('maintenance', () => {
    const bed = bedOf(make);

    test('a window reads back as it was written, and as it was changed', async () => {
      const { store } = bed();
      const scopes: readonly MaintenanceScope[] = [
        { kind: 'all' },
        { kind: 'tags', tags: ['db', 'eu'] },
        { kind: 'jobs', jobs: [3, 5] },
      ];
      for (const [at, scope] of scopes.entries()) {
        const [id = 0] = await store.ids(1);
        const window = windowOf(id, 10 + at, { scope, reason: 'new disk', resume: 'all', until: null });
        await store.maintenance.insert(window);
        expect(await store.maintenance.get(id)).toEqual(window);
        const ended = { ...window, endedAt: 20, endedBy: 'kai', settledAt: 30 };
        await store.maintenance.update(ended);
        expect(await store.maintenance.get(id)).toEqual(ended);
      }
      expect(await store.maintenance.get(987_654_321)).toBeNull();
    });

    test('those that are not settled are read with every schedule they reach', async () => {
      const { store } = bed();
      const [held, other] = [await givenJob(bed(), { tags: ['held'] }), await givenJob(bed())];
      const schedules = [held, other].map(({ id: jobId }) => factories.schedule({ jobId }));
      await store.schedules.insert(schedules);
      const [id = 0] = await store.ids(1);
      const window = windowOf(id, 10, { scope: { kind: 'tags', tags: ['held'] } });
      await store.maintenance.insert(window);
      const read = async () =>
        (await store.schedules.ofJobs([held.id, other.id])).map(({ spec }) => spec.maintenance ?? null);
      expect(await read()).toEqual([[window], null]);
      expect(await store.maintenance.reachedBy([window.scope])).toEqual([
        { scheduleId: schedules[0]?.id, jobId: held.id },
      ]);
      await store.maintenance.update({ ...window, settledAt: 2000 });
      expect(await read()).toEqual([null, null]);
      await store.maintenance.reopen(1010);
      expect(await read()).toEqual([null, null]);
      await store.maintenance.reopen(1009);
      expect(await read()).toEqual([[window], null]);
      await store.maintenance.update({ ...window, endedAt: 1, settledAt: 2000 });
    });

    test('the turns of a scheduler name the first window that is not settled', async () => {
      const { store } = bed();
      const ids = await store.ids(3);
      for (const [at, id] of ids.entries())
        await store.maintenance.insert(windowOf(id, 100 - at, { settledAt: at === 2 ? 1 : null }));
      expect((await store.maintenance.turns()).maintenanceFrom).toBe(99);
      const newest = (await store.maintenance.list(500)).map(({ from }) => from);
      expect(newest).toEqual(newest.toSorted((a, b) => b - a));
      for (const [at, id] of ids.entries())
        await store.maintenance.update(windowOf(id, 100 - at, { endedAt: 1, settledAt: 1 }));
      expect((await store.maintenance.turns()).maintenanceFrom).toBeNull();
    });
  });
}
