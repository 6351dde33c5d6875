import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Run } from '../model/run.ts';
import { Rescuer } from './rescuer.ts';
import { benchOf, deadHost, type Place } from './test-bench.ts';

/** A worker that is not heard of for a while: from nothing to see to a run that is settled. */

const second = 1000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);

  async function working(definition: Parameters<ReturnType<typeof bench>['run']>[0] = {}) {
    const run = await bench().run(definition);
    const { worker, stage } = await bench().worker({ host: deadHost('host-b') });
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    bench().clock.advance(300);
    await bench().until(async () => (await bench().read(run)).state === 'running');
    await bench().done(worker.beat());
    return { run, worker, stage };
  }
  const seen = async (run: Run) => {
    const { state, suspect } = await bench().read(run);
    return suspect ? 'suspect' : state;
  };

  test('stopped for ten seconds: nothing to see (F7)', async () => {
    const { run, worker, stage } = await working();
    const rescuer = bench().rescuer();
    await bench().pass(10 * second, second, async () => {
      await rescuer.tick();
      expect(await seen(run)).toBe('running');
    });
    await bench().done(worker.beat());
    expect(stage.act(0).context.signal.aborted).toBe(false);
    expect(stage.acts).toHaveLength(1);
  });

  test('its event loop blocked for twenty seconds: suspect, then running again, and started once (F53)', async () => {
    const { run, worker, stage } = await working();
    await bench().run();
    const rescuer = bench().rescuer();
    await bench().pass(20 * second, 5 * second, () => rescuer.tick());
    expect(await seen(run)).toBe('suspect');
    // What was due meanwhile comes at once: a claim before the renewal, and neither begins anything.
    await bench().done(worker.tick());
    expect(stage.acts).toHaveLength(1);
    await bench().done(worker.beat());
    expect(await seen(run)).toBe('running');
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 2);
    for (const act of stage.acts) act.end();
    await bench().done(worker.idle());
    expect(await bench().store.runs.attempts(run)).toMatchObject([{ outcome: 'succeeded' }]);
  });

  test('stopped for two minutes, its run started anew elsewhere: the late result changes nothing (F9, SEC-B8)', async () => {
    const late = await bench().eventCount('run.late_result');
    const { run, worker, stage } = await working({ onLost: 'rerun' });
    stage.deaf = true;
    const other = await bench().worker({ host: deadHost('host-c') });
    const rescuer = bench().rescuer();
    await bench().pass(120 * second, 5 * second, async () => {
      await other.worker.beat();
      await rescuer.tick();
    });
    await bench().done(other.worker.tick());
    await bench().until(() => other.stage.acts.length === 1);
    await bench().done(worker.beat());
    expect(stage.act(0).context.signal.reason).toBe('fenced');
    stage.act(0).end();
    await bench().done(worker.idle());
    expect(await seen(run)).toBe('starting');
    expect(await bench().eventCount('run.late_result')).toBe(late + 1);
    other.stage.act(0).end();
    await bench().done(other.worker.idle());
    expect(await bench().read(run)).toMatchObject({ state: 'succeeded', attempt: 2 });
  });

  test('gone for good, under the shortest limit: resolved within 25 s (F6)', async () => {
    const { run } = await working();
    const { store, system, settings } = bench();
    const rescuer = new Rescuer({
      store,
      system,
      settings: { ...settings, lostAfterMs: 20 * second },
      host: deadHost(),
      remains: () => null,
      lockOf: () => null,
    });
    await bench().pass(25 * second, second, () => rescuer.tick());
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'host_gone' });
  });

  test.each([
    ['rerun', true],
    ['fail', false],
  ] as const)('under %s puts a process on the leash: %s (P5)', async (onLost, isLeashed) => {
    await bench().run({ onLost });
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    const { lostAfterMs, leaseMs } = bench().settings;
    // It ends before anybody may start the run again.
    expect(stage.act(0).context.leashMs).toBe(isLeashed ? lostAfterMs - leaseMs : null);
    stage.act(0).end();
    await bench().done(worker.idle());
  });
});
