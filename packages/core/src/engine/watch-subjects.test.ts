import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { alertPath, type Alert, type AlertKind } from '../model/alert.ts';
import { toUuid } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { Webhook } from '../model/webhook.ts';
import { type Operations } from '../operations/operations.ts';
import { webhook as aWebhook } from '../testing/factories.ts';
import { MonitorWatch } from './monitor-watch.ts';
import { benchOf } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';
import { Watch } from './watch.ts';

const mei = { personId: null, name: 'mei', via: 'library' } as const;
const minute = 60_000;
const hour = 60 * minute;
const ping = { kind: 'success', exitCode: 0, output: null, address: null, userAgent: null } as const;

describe.each([
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
] as const)('alerts about monitors, webhooks and workers on %s', (_, place) => {
  const bench = benchOf(place);
  let made = 0;

  const operations = (): Operations => operationsOf(bench());

  function watch(): Watch {
    const { store, system, settings, folder } = bench();
    return new Watch({ store, system, settings, dataDir: folder });
  }

  const monitorWatch = (): MonitorWatch => new MonitorWatch({ store: bench().store, system: bench().system });

  async function pass(ms: Millis, ...actors: readonly { tick(): Promise<unknown> }[]): Promise<void> {
    await bench().pass(ms, 10_000, async () => {
      for (const actor of actors) await actor.tick();
    });
  }

  async function alertsOf(kind: AlertKind, title: string): Promise<readonly Alert[]> {
    const { items } = await bench().store.alerts.list({ kinds: [kind] }, { limit: 100 });
    return items.filter((alert) => alert.title.includes(title));
  }

  /** One that was expected and did not report. */
  async function silent(actors: readonly { tick(): Promise<unknown> }[]) {
    const { monitors } = operations();
    const name = `dump-${(made += 1)}`;
    const monitor = await monitors.create({ name, periodMs: hour, graceMs: 5 * minute }, mei);
    const token = monitors.tokenOf(monitor);
    await monitors.ping(token, ping);
    await pass(hour + 6 * minute, ...actors);
    return { id: monitor.id, uuid: toUuid(monitor), name, report: () => monitors.ping(token, ping) };
  }

  async function switchedOff(): Promise<Webhook> {
    const { store } = bench();
    const webhook = aWebhook({ name: `hook-${(made += 1)}`, active: false, offReason: 'failing' });
    await store.webhooks.insert(webhook);
    const data = { id: toUuid(webhook), name: webhook.name, reason: 'failing', error: 'It answered 503.' };
    await store.events.append([{ kind: 'webhook.disabled', data }]);
    return webhook;
  }

  async function unhealthy(): Promise<string> {
    const name = `w-${(made += 1)}`;
    await bench().worker({ name });
    bench().clock.advance(1000);
    const data = { name, message: 'spawn EAGAIN' };
    await bench().store.events.append([{ kind: 'worker.unhealthy', data }]);
    return name;
  }

  test('a monitor that is down has one alert, which leads to it and is over when it reports', async () => {
    const actors = [monitorWatch(), watch(), watch()];
    const { name, uuid, report } = await silent(actors);
    const [alert, ...more] = await alertsOf('monitor_down', name);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ severity: 'error', title: `${name} is down`, jobId: null, resolvedAt: null });
    expect(alert?.text).toMatch(
      /^Its ping was due at \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? \(UTC\+00:00, UTC\) and did not come within 5 min\.$/,
    );
    expect(alert === undefined ? '' : alertPath(alert)).toBe(`/monitors/${uuid}`);
    await report();
    await pass(20_000, ...actors);
    expect(await alertsOf('monitor_down', name)).toMatchObject([{ resolution: 'It reports again.' }]);
  });

  test('who has seen that a monitor is down has not mended it: its alert stands, counted no more', async () => {
    const actors = [monitorWatch(), watch()];
    const { id, name } = await silent(actors);
    const [alert] = await alertsOf('monitor_down', name);
    const unread = (await bench().store.alerts.count()).unread;
    const seen = await operations().alerts.acknowledge(alert?.id ?? 0, mei);
    expect(seen).toMatchObject({ acknowledgedBy: 'mei', resolvedAt: null });
    expect((await bench().store.alerts.count()).unread).toBe(unread - 1);
    await operations().monitors.pause(id, mei);
    await pass(20_000, ...actors);
    expect(await alertsOf('monitor_down', name)).toMatchObject([{ resolution: 'The monitor was paused.' }]);
  });

  test('the alert of a monitor is over with the monitor', async () => {
    const actors = [monitorWatch(), watch()];
    const { id, name } = await silent(actors);
    await operations().monitors.remove(id, mei);
    await pass(20_000, ...actors);
    expect(await alertsOf('monitor_down', name)).toMatchObject([{ resolution: 'The monitor was deleted.' }]);
  });

  test('a monitor that was down and is up again while nobody watched is not told', async () => {
    const { name, report } = await silent([monitorWatch()]);
    await report();
    await pass(20_000, watch());
    expect(await alertsOf('monitor_down', name)).toEqual([]);
  });

  test('a webhook that was switched off is told until it is on again, or gone', async () => {
    const watcher = watch();
    await watcher.tick();
    const [first, second] = [await switchedOff(), await switchedOff()];
    await pass(20_000, watcher);
    const [alert] = await alertsOf('webhook_off', first.name);
    expect(alert?.text).toBe('It failed for five days. Nothing is sent to it. Last: It answered 503.');
    expect(alert === undefined ? '' : alertPath(alert)).toBe(`/admin/webhooks/${toUuid(first)}`);
    await operations().webhooks.change(first.id, { active: true }, mei);
    await operations().webhooks.remove(second.id, mei);
    await pass(20_000, watcher);
    expect(await alertsOf('webhook_off', first.name)).toMatchObject([{ resolution: 'It is switched on again.' }]);
    expect(await alertsOf('webhook_off', second.name)).toMatchObject([{ resolution: 'The webhook was deleted.' }]);
  });

  test('a secret that expires is told two weeks before, with the jobs that get it, until it is rotated', async () => {
    const { secrets, jobs } = operations();
    const watcher = watch();
    await watcher.tick();
    const now = await bench().store.now();
    const value = 'a value that expires';
    const { secret } = await secrets.create(
      { name: 'turns.old', value, expiresAt: now + 14 * 24 * hour + minute },
      mei,
    );
    await secrets.create({ name: 'turns.old.later', value, expiresAt: now + 60 * 24 * hour }, mei);
    const ann = { ...mei, personId: 11 };
    await secrets.create({ name: 'turns.old.of.ann', scope: 'person', value, expiresAt: now + hour }, ann);
    const config = { method: 'GET', url: 'https://example.org/' };
    const { job } = await jobs.create({ name: 'gets it', type: 'http', config, secrets: { A: 'turns.old' } }, mei);
    expect(await alertsOf('secret_expiring', 'turns.old')).toEqual([]);
    await pass(2 * minute, watcher);
    const [alert, ...more] = await alertsOf('secret_expiring', 'turns.old');
    expect(alert).toMatchObject({ severity: 'warning', title: 'The secret turns.old expires soon', resolvedAt: null });
    expect(alert?.text).toContain(`Given to ${job.definition.name}.`);
    expect(alert === undefined ? '' : alertPath(alert)).toBe('/secrets');
    expect(more).toEqual([]);
    await secrets.rotate(secret.id, { value: 'a value that is new' }, mei);
    await pass(20_000, watcher);
    expect(await alertsOf('secret_expiring', 'turns.old')).toMatchObject([
      { resolution: 'It was rotated, or deleted.' },
    ]);
  });

  test('a worker that cannot start processes is told until it can', async () => {
    const watcher = watch();
    await watcher.tick();
    const name = await unhealthy();
    await pass(20_000, watcher);
    const [alert] = await alertsOf('worker_unhealthy', name);
    expect(alert).toMatchObject({ severity: 'error', resolvedAt: null });
    expect(alert?.text).toContain('spawn EAGAIN');
    expect(alert === undefined ? '' : alertPath(alert)).toBe('/workers');
    await bench().store.events.append([{ kind: 'worker.healthy', data: { name, message: '' } }]);
    await pass(10_000, watcher);
    expect(await alertsOf('worker_unhealthy', name)).toMatchObject([{ resolution: 'It starts processes again.' }]);
  });

  test('a worker that was started anew, or is gone, is not unhealthy any more', async () => {
    const watcher = watch();
    await watcher.tick();
    const [again, gone] = [await unhealthy(), await unhealthy()];
    await pass(10_000, watcher);
    expect(await alertsOf('worker_unhealthy', again)).toMatchObject([{ resolvedAt: null }]);
    await bench().worker({ name: again });
    const alive = (await bench().store.workers.list()).find(({ name }) => name === gone);
    await bench().store.workers.end({ workerId: alive?.id ?? 0, incarnation: alive?.incarnation ?? 0 });
    await pass(10_000, watcher);
    expect(await alertsOf('worker_unhealthy', again)).toMatchObject([{ resolution: 'The worker was started anew.' }]);
    expect(await alertsOf('worker_unhealthy', gone)).toMatchObject([{ resolution: 'The worker is gone.' }]);
  });
});
