import { describe, expect, test } from 'vitest';
import type { Monitor, PingKind } from '../model/monitor.ts';
import * as factories from '../testing/factories.ts';
import { afterLook, afterPing, paused, resumed } from './monitor.ts';

const minute = 60_000;
const hour = 60 * minute;
/** 2026-01-15T12:00:00Z */
const now = 1_768_478_400_000;
const hourly = (more: Partial<Monitor> = {}): Monitor =>
  factories.monitor({ name: 'dump', expects: { spec: null, periodMs: hour }, graceMs: 5 * minute, ...more });
const up = (more: Partial<Monitor> = {}): Monitor =>
  hourly({ state: 'up', lastPingAt: now - hour, expectedAt: now, checkAt: now, ...more });
const ping = (kind: PingKind, at = now, exitCode: number | null = null) => ({ kind, exitCode, now: at, output: null });

describe('a ping', () => {
  test('brings a new monitor up and says when the next is due', () => {
    const { monitor, told } = afterPing(hourly(), ping('success'));
    expect(monitor).toMatchObject({ state: 'up', stateSince: now, expectedAt: now + hour, checkAt: now + hour });
    expect(told).toBeNull();
  });
  test('by a schedule expects its next instant, in its zone and without what filters drop', () => {
    const spec = { kind: 'daily', times: ['02:00'], timezone: 'Europe/Berlin', holidays: ['2026-01-16'] } as const;
    const { monitor } = afterPing(hourly({ expects: { spec, periodMs: null } }), ping('success'));
    expect(monitor.expectedAt).toBe(Date.UTC(2026, 0, 17, 1));
  });
  test('of a failure puts it down at once, and only tells once', () => {
    const { monitor, told } = afterPing(up(), ping('fail', now, 3));
    expect(monitor).toMatchObject({ state: 'down', checkAt: null, lastPingAt: now });
    expect(told).toMatchObject({
      kind: 'monitor.down',
      reason: 'failed',
      text: 'dump is down: it ended with exit code 3.',
    });
    expect(afterPing(monitor, ping('fail', now + 1)).told).toBeNull();
  });
  test('of a success ends it, and says for how long it was down', () => {
    const down = up({ state: 'down', stateSince: now - 3 * hour, checkAt: null });
    const { monitor, told } = afterPing(down, ping('success'));
    expect(monitor).toMatchObject({ state: 'up', checkAt: now + hour });
    expect(told).toEqual({ kind: 'monitor.up', reason: null, text: 'dump is up again after 3 h.' });
  });
  test('of a start wants an end within the grace', () => {
    const started = afterPing(up({ checkAt: now + hour, expectedAt: now + hour }), ping('start')).monitor;
    expect(started).toMatchObject({ state: 'up', startedAt: now, checkAt: now + 5 * minute });
    expect(afterLook(started, now + 5 * minute).told).toMatchObject({ kind: 'monitor.down', reason: 'unfinished' });
    expect(afterPing(started, ping('success', now + minute)).monitor).toMatchObject({ startedAt: null, state: 'up' });
  });
  test('to a paused monitor is noted and changes nothing', () => {
    const { monitor, told } = afterPing(paused(up(), now), ping('fail'));
    expect(monitor).toMatchObject({ state: 'paused', checkAt: null, lastPingAt: now });
    expect(told).toBeNull();
  });
});

describe('no ping', () => {
  test('makes it late when it is due, and down when the grace is over', () => {
    const late = afterLook(up(), now);
    expect(late).toMatchObject({ monitor: { state: 'late', checkAt: now + 5 * minute }, told: null });
    expect(afterLook(late.monitor, now + 5 * minute - 1).monitor).toBe(late.monitor);
    expect(afterLook(late.monitor, now + 5 * minute)).toMatchObject({
      monitor: { state: 'down', checkAt: null },
      told: {
        reason: 'missing',
        text: 'dump is down: its ping was due at 2026-01-15 12:00 (UTC+00:00, UTC) and did not come within 5 min.',
      },
    });
  });
  test('while nobody was there to take one gets the grace once more', () => {
    const back = afterLook(up(), now + 3 * hour).monitor;
    expect(back).toMatchObject({ state: 'up', checkAt: now + 3 * hour + 5 * minute });
    expect(afterLook(back, now + 3 * hour + 5 * minute).monitor.state).toBe('down');
  });
  test('is no wonder when the schedule has ended, and for a new or paused one', () => {
    const spec = { kind: 'once', at: '2026-01-01T00:00:00', timezone: 'UTC' } as const;
    const ended = afterPing(hourly({ expects: { spec, periodMs: null } }), ping('success')).monitor;
    for (const monitor of [ended, hourly(), paused(up(), now)]) expect(afterLook(monitor, now + hour).told).toBeNull();
  });
});

test('a resumed monitor is expected from now on, one without a ping waits for its first', () => {
  expect(resumed(paused(up(), now), now)).toMatchObject({ state: 'up', checkAt: now + hour });
  expect(resumed(paused(hourly(), now), now)).toMatchObject({ state: 'new', checkAt: null });
});
