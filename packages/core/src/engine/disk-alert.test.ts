import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { JobTriggerError } from '../errors.ts';
import { alertPath, type Alert } from '../model/alert.ts';
import type { Store } from '../store/store.ts';
import { Ballast } from './ballast.ts';
import { benchOf } from './test-bench.ts';
import { Watch } from './watch.ts';

const megabyte = 1_048_576;

describe.each([
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
] as const)('the alert of a full disk on %s', (_, place) => {
  const bench = benchOf(place);

  /** A data folder's volume that the test fills and clears, with the processes that look at it. */
  async function disk() {
    const { store, system, settings, folder } = bench();
    let freeBytes = 100 * megabyte;
    const volume = () => ({ freeBytes, totalBytes: 1000 * megabyte });
    const process = async (own: Store = store) => {
      const ballast = new Ballast({ system, folder, bytes: megabyte, volume });
      await ballast.tick();
      return { ballast, watch: new Watch({ store: own, system, settings, dataDir: folder, ballast }) };
    };
    return { process, fill: () => (freeBytes = 0), clear: () => (freeBytes = 100 * megabyte) };
  }

  async function pass(...actors: readonly { tick(): Promise<unknown> }[]): Promise<void> {
    await bench().pass(10_000, 10_000, async () => {
      for (const actor of actors) await actor.tick();
    });
  }

  const alerts = async (): Promise<readonly Alert[]> =>
    (await bench().store.alerts.list({ kinds: ['disk_full'] }, { limit: 10 })).items;
  /** What earlier tests told. */
  const fresh = async (before: readonly Alert[]): Promise<readonly Alert[]> =>
    (await alerts()).filter(({ id }) => !before.some((known) => known.id === id));

  test('begins when the ballast is let go and ends by itself, as an event each time, however many processes look (F17)', async () => {
    const before = await alerts();
    const { process, fill, clear } = await disk();
    const [one, other] = [await process(), await process()];
    await pass(one.watch, other.watch);
    expect(await fresh(before)).toEqual([]);
    fill();
    one.ballast.letGo();
    await pass(other.ballast, one.watch, other.watch);
    const [alert, ...more] = await fresh(before);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ severity: 'error', title: 'The disk is full', resolvedAt: null });
    expect(alert === undefined ? '' : alertPath(alert)).toBe('/admin/health');
    const restarted = await process();
    await pass(restarted.watch, one.watch, other.watch);
    expect(await fresh(before)).toMatchObject([{ resolvedAt: null }]);
    clear();
    await pass(one.ballast, other.ballast, one.watch, other.watch, restarted.watch);
    await pass(one.watch, other.watch, restarted.watch);
    expect(await fresh(before)).toMatchObject([{ resolution: 'There is room again.', text: alert?.text }]);
    const { items } = await bench().store.events.list({ kinds: ['alert.raised', 'alert.resolved'] }, { limit: 2 });
    expect(items).toMatchObject([
      { kind: 'alert.resolved', data: { kind: 'disk_full', sentence: 'There is room again.', text: alert?.text } },
      { kind: 'alert.raised', data: { kind: 'disk_full', sentence: alert?.text } },
    ]);
  });

  test('that found no room itself is told when there is some, and is over then (F17)', async () => {
    const before = await alerts();
    const { process, fill, clear } = await disk();
    let isFull = false;
    const full = async (): Promise<never> => {
      throw new JobTriggerError('no_space', 'There is no space left for the database.');
    };
    const { store } = bench();
    const starved = new Proxy(store, {
      get: (target, name: keyof Store) => (name === 'transaction' && isFull ? full : target[name]),
    });
    const { ballast, watch } = await process(starved);
    await pass(watch);
    fill();
    isFull = true;
    ballast.letGo();
    await expect(pass(watch)).rejects.toMatchObject({ code: 'no_space' });
    expect(await fresh(before)).toEqual([]);
    clear();
    isFull = false;
    await pass(ballast, watch, watch);
    expect(await fresh(before)).toMatchObject([{ title: 'The disk is full', resolution: 'There is room again.' }]);
  });
});
