import { afterEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { GivenPing, MonitorInput } from '../operations/monitors.ts';
import { type Operations } from '../operations/operations.ts';
import { MonitorWatch } from './monitor-watch.ts';
import { benchOf } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';

const mei = { personId: null, name: 'mei', via: 'library' } as const;
const minute = 60_000;
const hour = 60 * minute;
const success: GivenPing = { kind: 'success', exitCode: null, output: null, address: '192.0.2.7', userAgent: 'curl/8' };

describe.each([
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
] as const)('monitors on %s', (_, place) => {
  const bench = benchOf(place);
  let made = 0;

  const operations = (): Operations['monitors'] => operationsOf(bench()).monitors;

  afterEach(async () => {
    for (const { id } of await bench().store.monitors.list()) await bench().store.monitors.remove(id);
  });

  async function monitor(input: Partial<MonitorInput> = {}) {
    const monitors = operations();
    const created = await monitors.create(
      { name: `m${(made += 1)}`, periodMs: hour, graceMs: 5 * minute, ...input },
      mei,
    );
    const token = monitors.tokenOf(created);
    return {
      id: created.id,
      ping: (given: Partial<GivenPing> = {}) => monitors.ping(token, { ...success, ...given }),
      now: async () => (await monitors.get(created.id)).monitor,
    };
  }
  const watch = (): MonitorWatch => new MonitorWatch({ store: bench().store, system: bench().system });
  const pass = (ms: number, ...watches: readonly MonitorWatch[]) =>
    bench().pass(ms, 30_000, () => Promise.all(watches.map((each) => each.tick())));
  const told = async (id: number): Promise<readonly string[]> => {
    const { name } = (await operations().get(id)).monitor;
    const { items } = await bench().store.events.list({ kinds: ['monitor.down', 'monitor.up'] }, { limit: 500 });
    return items
      .filter(({ data }) => data['name'] === name)
      .map(({ data }) => String(data['text']))
      .toReversed();
  };

  test('a ping that does not come makes a monitor late, then down, and is told once however many watch (R-333)', async () => {
    const dump = await monitor({ name: 'dump' });
    const other = new MonitorWatch({ store: await bench().another(), system: bench().system });
    await pass(2 * hour, watch());
    expect(await dump.now()).toMatchObject({ state: 'new' });
    await dump.ping();
    const watches = [watch(), other];
    await pass(hour - minute, ...watches);
    expect(await dump.now()).toMatchObject({ state: 'up' });
    await pass(2 * minute, ...watches);
    expect(await dump.now()).toMatchObject({ state: 'late' });
    await pass(5 * minute, ...watches);
    expect(await dump.now()).toMatchObject({ state: 'down', checkAt: null });
    await pass(hour, ...watches);
    await dump.ping();
    expect(await dump.now()).toMatchObject({ state: 'up' });
    expect(await told(dump.id)).toEqual([
      expect.stringMatching(
        /^dump is down: its ping was due at [-0-9]+ \S+ \(UTC\S+ UTC\) and did not come within 5 min\.$/,
      ) as string,
      'dump is up again after 1 h 1 min.',
    ]);
  });

  test('a failure is told at once, with what the job said', async () => {
    const dump = await monitor({ name: 'spool' });
    await dump.ping({ kind: 'fail', exitCode: 7, output: `disk full\0${'x'.repeat(20_000)}` });
    const now = await dump.now();
    expect(now).toMatchObject({ state: 'down' });
    expect(now.lastOutput).toHaveLength(10_000);
    expect(now.lastOutput).toMatch(/^disk fullx/);
    await dump.ping({ kind: 'fail', exitCode: 7 });
    expect(await told(dump.id)).toEqual(['spool is down: it ended with exit code 7.']);
    expect((await operations().get(dump.id)).pings).toMatchObject([
      { kind: 'fail', exitCode: 7, address: '192.0.2.7', userAgent: 'curl/8' },
      { kind: 'fail' },
    ]);
  });

  test('a start that is not followed by an end is told', async () => {
    const dump = await monitor();
    await dump.ping({ kind: 'start' });
    await pass(6 * minute, watch());
    expect(await dump.now()).toMatchObject({ state: 'down' });
    expect((await told(dump.id))[0]).toContain('did not report its end within 5 min');
  });

  test('when nobody watched, a monitor gets its grace before it is called down', async () => {
    const dump = await monitor();
    await dump.ping();
    bench().clock.advance(10 * hour);
    const back = watch();
    await back.tick();
    expect(await told(dump.id)).toEqual([]);
    await pass(4 * minute, back);
    expect(await told(dump.id)).toEqual([]);
    await pass(2 * minute, back);
    expect(await told(dump.id)).toHaveLength(1);
  });

  test('a paused monitor is never late, and is expected again from its resume', async () => {
    const dump = await monitor();
    await dump.ping();
    await operations().pause(dump.id, mei);
    await pass(3 * hour, watch());
    expect(await dump.now()).toMatchObject({ state: 'paused' });
    await operations().resume(dump.id, mei);
    const now = await bench().store.now();
    expect(await dump.now()).toMatchObject({ state: 'up', expectedAt: now + hour });
  });

  test('a schedule says when a ping is due, in its zone (R-333)', async () => {
    const spec = { kind: 'daily', times: ['02:00'], timezone: 'Asia/Hong_Kong' } as const;
    const dump = await monitor({ spec, periodMs: null });
    await dump.ping();
    const { expectedAt } = await dump.now();
    expect(new Date(expectedAt ?? 0).toISOString()).toMatch(/T18:00:00.000Z$/);
    await operations().change(dump.id, { periodMs: minute }, mei);
    expect(await dump.now()).toMatchObject({ state: 'up', expects: { spec: null, periodMs: minute } });
  });

  test('a token that is none is no ping, and the database does not hold one that can be read (H5)', async () => {
    const dump = await monitor();
    expect(await operations().ping('nothing-of-ours', success)).toBe(false);
    const stored = await dump.now();
    expect(JSON.stringify(stored)).not.toContain(operations().tokenOf(stored));
    await expect(operations().create({ name: 'both', spec: null, periodMs: 5 }, mei)).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(operations().create({ name: stored.name, periodMs: hour }, mei)).rejects.toMatchObject({
      code: 'name_taken',
    });
  });
});
