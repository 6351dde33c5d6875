import { beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { farthest } from '../model/maintenance.ts';
import { waitingReason } from '../policy/waiting.ts';
import * as factories from '../testing/factories.ts';
import { benchOf, type Place } from './test-bench.ts';
import { maintenanceStage, mei } from './test-maintenance.ts';

const minute = 60_000;
const hour = 60 * minute;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('runs that were dispatched before maintenance, on %s', (_, place) => {
  const bench = benchOf(place);
  const { now, operations, every, on, given, tickAfter, reset } = maintenanceStage(bench);
  beforeEach(reset);

  test('what runs already is shown and left alone', async () => {
    const { job } = await given(every(30));
    const [stage, run] = [await bench().worker({ slots: 1 }), await bench().runOf(job)];
    await stage.worker.tick();
    const waits = await bench().runOf(job);
    const { window } = await on(hour);
    expect(await operations().maintenance.get(window.id)).toMatchObject({ state: 'active', running: 1, queued: 1 });
    expect((await bench().read(run)).state).toBe('starting');
    expect((await bench().read(waits)).state).toBe('queued');
  });

  test('what waits is held until the end, unless a person asked for it', async () => {
    const { job } = await given(every(30));
    const [id = 0] = await bench().store.ids(1);
    const planned = { ...factories.newRun({ id, jobId: job.id, createdAt: now(), availableAt: now() }) };
    await bench().store.runs.insert([{ ...planned, trigger: 'schedule' }]);
    const asked = await operations().runs.start(job.id, {}, mei);
    const { window } = await on(hour);
    const held = await bench().read(planned);
    expect(held).toMatchObject({ availableAt: now() + hour, reason: 'maintenance' });
    expect((await bench().read(asked)).availableAt).toBe(now());
    const facts = { now: now(), workers: [], liveOfJob: 0, slots: null };
    expect(waitingReason({ run: { ...held, workerLabels: [] }, ...facts })).toBe('maintenance');
    await operations().maintenance.change(window.id, { until: null }, mei);
    expect((await bench().read(planned)).availableAt).toBe(farthest);
    await operations().maintenance.end(window.id, mei);
    expect(await bench().read(planned)).toMatchObject({ availableAt: now(), reason: null });
    expect(await bench().store.maintenance.placeWaiting(now())).toBe(0);
  });

  test('a window that begins by its time holds what waits then, and one whose end comes by its time lets go', async () => {
    const { job } = await given(every(240));
    const [id = 0] = await bench().store.ids(1);
    const planned = factories.newRun({ id, jobId: job.id, createdAt: now(), availableAt: now() + 90 * minute });
    await bench().store.runs.insert([{ ...planned, trigger: 'schedule' }]);
    await on(2 * hour, 'skip', hour);
    const scheduler = bench().scheduler();
    await scheduler.tick();
    expect((await bench().read(planned)).availableAt).toBe(planned.availableAt);
    await tickAfter(hour, scheduler);
    expect((await bench().read(planned)).availableAt).toBe(now() + 2 * hour);
    await tickAfter(2 * hour, scheduler);
    const worker = await bench().worker();
    await worker.worker.tick();
    expect((await bench().read(planned)).state).toBe('starting');
    expect(await bench().store.maintenance.unsettled()).toEqual([]);
  });
});
