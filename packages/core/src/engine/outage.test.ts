import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { tcpProxy, type TcpProxy } from '../../../../test/setup/tcp-proxy.ts';
import { benchOf, deadHost } from './test-bench.ts';

/** A database that is away for a while. A file is never away for one process alone; that case is the rescuer's tests'. */

const second = 1000;
let proxy: TcpProxy;
beforeAll(async () => {
  proxy = await tcpProxy(inject('postgresUrl'));
});
afterAll(() => proxy.close());

describe('PostgreSQL away for a minute', () => {
  const bench = benchOf(async () => {
    const { url } = await freshPostgres(proxy.url);
    return { url, drop: () => Promise.resolve() };
  });

  test('nothing is lost: what runs goes on, and reports when the database is back (F24, R-350)', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker({ host: deadHost('host-b') });
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    const rescuer = bench().rescuer();
    const all = () => Promise.allSettled([worker.beat(), rescuer.tick()]);
    await bench().pass(30 * second, 5 * second, all);
    proxy.down();
    await bench().pass(60 * second, 5 * second, all);
    expect(stage.act(0).context.signal.aborted).toBe(false);
    proxy.pass();
    await bench().done(rescuer.tick());
    await bench().pass(19 * second, 5 * second, () => rescuer.tick());
    await bench().done(worker.beat());
    await bench().pass(30 * second, 5 * second, all);
    expect((await bench().read(run)).state).toBe('running');
    expect(await bench().eventCount('worker.lost')).toBe(0);
    stage.act(0).end();
    await bench().done(worker.idle());
    expect((await bench().read(run)).state).toBe('succeeded');
  });

  test('a result that comes while it is away is kept until it is back (F24)', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    proxy.down();
    stage.act(0).end();
    bench().clock.advance(second);
    proxy.pass();
    await bench().done(worker.idle());
    expect((await bench().read(run)).state).toBe('succeeded');
    expect(await bench().store.runs.attempts(run)).toHaveLength(1);
  });

  test('a result whose COMMIT was answered by nobody has its effect once (F26)', async () => {
    const late = await bench().eventCount('run.late_result');
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    const cut = proxy.cutAfterCommit();
    stage.act(0).end();
    await bench().done(cut);
    await bench().done(worker.idle());
    expect((await bench().read(run)).state).toBe('succeeded');
    expect(await bench().store.runs.attempts(run)).toHaveLength(1);
    expect(await bench().eventCount('run.late_result')).toBe(late);
  });
});
