import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Alert } from '../model/alert.ts';
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Store } from '../store/store.ts';
import type { OutputSize } from './quiet.ts';
import { benchOf, type Place } from './test-bench.ts';
import { Watch } from './watch.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const everyMinute: ScheduleSpec = { kind: 'interval', every: 1, unit: 'minutes', timezone: 'UTC' };
const hourly: ScheduleSpec = { kind: 'hourly', minute: 0, timezone: 'Europe/Berlin' };

describe.each(places)('watching on %s', (_, place) => {
  const bench = benchOf(place);

  function watch(options: { readonly store?: Store; readonly outputSize?: OutputSize } = {}): Watch {
    const { store, system, settings, folder } = bench();
    return new Watch({ store, system, settings, dataDir: folder, ...options });
  }

  async function alerts(filter: { readonly open?: boolean; readonly jobId?: Id } = {}): Promise<readonly Alert[]> {
    return (await bench().store.alerts.list(filter, { limit: 100 })).items;
  }

  /** Time passes for whoever is named: the others are dead. */
  async function live(ms: Millis, ...actors: readonly { tick(): Promise<unknown> }[]): Promise<void> {
    await bench().pass(ms, 10 * second, async () => {
      for (const actor of actors) await actor.tick();
    });
  }

  /** What an earlier test left standing ends: its jobs are gone. */
  async function settled(watcher: Watch): Promise<void> {
    await watcher.tick();
    for (const { id } of await alerts({ open: true })) await bench().store.alerts.resolve(id, 'test');
  }

  test('worker stopped: one late alert that says why, and its recovery when a worker is back', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    const { job } = await bench().job({ overlap: 'skip' }, [everyMinute]);
    await live(90 * second, scheduler, watcher);
    expect(await alerts({ jobId: job.id })).toEqual([]);
    await live(40 * second, scheduler, watcher);
    const [late, ...others] = await alerts({ jobId: job.id });
    expect(others).toEqual([]);
    expect(late).toMatchObject({ kind: 'late', severity: 'warning', title: `${job.definition.name} is late`, count: 1 });
    expect(late?.text).toContain('not started within 60 s. No worker is running.');
    const [run] = await bench().runs(job.id);
    expect(late).toMatchObject({ runId: run?.id, fromAt: run?.dueAt });

    const raised = (await bench().store.events.list({ kinds: ['alert.raised'], jobId: job.id }, { limit: 5 })).items;
    expect(raised).toMatchObject([{ runId: run?.id, data: { kind: 'late', severity: 'warning', title: late?.title } }]);
    expect(raised[0]?.data['link']).toMatch(/^\/runs\//);

    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await stage.next();
    await live(10 * second, watcher);
    const [over] = await alerts({ jobId: job.id });
    expect(over?.resolution).toMatch(/^It started \d+ (s|min) after it was due\.$/);
    const told = (await bench().store.events.list({ kinds: ['alert.resolved'], jobId: job.id }, { limit: 5 })).items;
    expect(told).toMatchObject([{ data: { kind: 'late', sentence: over?.resolution } }]);
  });
});
