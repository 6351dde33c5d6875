import { describe, expect, test } from 'vitest';
import type { Ping } from '../../model/monitor.ts';
import * as factories from '../factories.ts';
import { bedOf, type MakeBed } from './bed.ts';

export function monitorConformance(make: MakeBed): void {
  describe('monitors', () => {
    const bed = bedOf(make);

    test('a stored monitor reads back as it was written, and its name belongs to it whatever the case', async () => {
      const { store } = bed();
      const spec = { kind: 'daily', times: ['02:00'], timezone: 'Europe/Berlin' } as const;
      const monitor = factories.monitor({ name: 'Backup', expects: { spec, periodMs: null }, lastOutput: 'done\n' });
      await store.monitors.insert(monitor);
      expect(await store.monitors.get(monitor.id)).toEqual(monitor);
      expect(await store.monitors.byHash(monitor.hash)).toEqual(monitor);
      const changed = { ...monitor, expects: { spec: null, periodMs: 60_000 }, state: 'up' as const, checkAt: 5 };
      expect(await store.transaction(async ({ monitors }) => monitors.get(monitor.id, { lock: true }))).toEqual(
        monitor,
      );
      expect(await store.monitors.update(changed)).toBe(true);
      expect((await store.monitors.list()).find(({ id }) => id === monitor.id)).toEqual(changed);
      await expect(store.monitors.insert(factories.monitor({ name: 'BACKUP' }))).rejects.toMatchObject({
        code: 'name_taken',
      });
      const other = factories.monitor();
      await store.monitors.insert(other);
      await expect(store.monitors.update({ ...other, name: 'backup' })).rejects.toMatchObject({ code: 'name_taken' });
      await store.monitors.remove(monitor.id);
      expect(await store.monitors.get(monitor.id)).toBeNull();
    });

    test('those that have to be looked at come in the order of their instants', async () => {
      const { store } = bed();
      const made = [300, 100, 200, null].map((checkAt) => factories.monitor({ checkAt, state: 'up' }));
      for (const monitor of made) await store.monitors.insert(monitor);
      expect(await store.monitors.earliestCheck()).toBe(100);
      expect((await store.monitors.due(200, 10)).map(({ checkAt }) => checkAt)).toEqual([100, 200]);
      expect(await store.monitors.due(200, 1)).toHaveLength(1);
      expect(await store.monitors.count()).toBeGreaterThanOrEqual(4);
      for (const { id } of made) await store.monitors.remove(id);
      expect(await store.monitors.earliestCheck()).toBeNull();
    });

    test('of the pings the newest hundred are kept', async () => {
      const { store } = bed();
      const monitor = factories.monitor();
      await store.monitors.insert(monitor);
      const ping: Ping = {
        id: 0,
        createdAt: 5,
        monitorId: monitor.id,
        kind: 'fail',
        exitCode: 3,
        address: '192.0.2.1',
        userAgent: 'curl/8',
      };
      for (let id = 1; id <= 103; id += 1) await store.monitors.addPing({ ...ping, id: monitor.id * 1000 + id });
      const pings = await store.monitors.pings(monitor.id, 500);
      expect(pings).toHaveLength(100);
      expect(pings[0]).toEqual({ ...ping, id: monitor.id * 1000 + 103 });
      await store.monitors.remove(monitor.id);
      expect(await store.monitors.pings(monitor.id, 10)).toEqual([]);
    });
  });
}
