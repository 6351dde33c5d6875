import { describe, expect, test } from 'vitest';
import type { Job } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { MissedGroup, WaitingGroup } from '../model/watch.ts';
import { Rooms } from '../model/limit.ts';
import * as factories from '../testing/factories.ts';
import { alertOfEvent, factOver, missedAlert, type AlarmingEvent } from './alert-facts.ts';
import { conditionOver, staysOpen } from './alert-endings.ts';
import { standingAlerts } from './alerts.ts';
import { lateAfterMs, startOf } from './late.ts';
import { defaultAlertLimits, type WatchFacts } from './watch-facts.ts';

const minute = 60_000;
const now = Date.UTC(2027, 0, 1, 9);
const job = factories.job({ definition: { name: 'backup' } });
const schedule = factories.schedule({ jobId: job.id, spec: { kind: 'hourly', minute: 0, timezone: 'UTC' } });

const group = (overrides: Partial<WaitingGroup> = {}): WaitingGroup => ({
  jobId: job.id,
  trigger: 'schedule',
  first: true,
  count: 1,
  runId: 7,
  runCreatedAt: now - 10 * minute,
  scheduleId: schedule.id,
  dueAt: now - 10 * minute,
  availableAt: now - 10 * minute,
  reason: null,
  ...overrides,
});

const facts = (overrides: Partial<WatchFacts> = {}, of: Job = job): WatchFacts => ({
  now,
  since: now - 60 * minute,
  limits: defaultAlertLimits,
  schedulerBeatAt: now,
  needsScheduler: true,
  workerBeatAt: now,
  workers: [{ queues: ['default'], labels: [] }],
  waiting: [],
  unplanned: [],
  running: [],
  live: new Set(),
  jobs: new Map([[of.id, of]]),
  schedules: new Map([[schedule.id, schedule]]),
  busy: new Map(),
  rooms: null,
  disk: null,
  expiring: [],
  unapproved: [],
  ...overrides,
});

const kinds = (given: WatchFacts): readonly string[] => standingAlerts(given).map(({ kind }) => kind);

describe('when a start is late', () => {
  const every = (minutes: number): ScheduleSpec => ({
    kind: 'interval',
    every: minutes,
    unit: 'minutes',
    timezone: 'UTC',
    start: Date.UTC(2027, 0, 1),
  });
  const at = Date.UTC(2027, 0, 1);

  test.each([
    [null, every(1), minute],
    [null, every(60), 6 * minute],
    [null, every(1440), 15 * minute],
    [null, { kind: 'once', at: '2027-01-01T00:00', timezone: 'UTC' } as const, minute],
    [null, null, minute],
    [20, every(60), 20_000],
    [0, every(60), null],
  ])('late_alert_seconds %j of %j is %j ms', (lateAlertSeconds, spec, expected) => {
    expect(lateAfterMs({ lateAlertSeconds }, spec, at)).toBe(expected);
  });

  test('a definition that was stored before there was such a field follows its schedule', () => {
    expect(lateAfterMs({} as { lateAlertSeconds: null }, every(60), at)).toBe(6 * minute);
  });

  test.each([
    ['at its instant', { trigger: 'schedule', availableAt: 5, reason: null, jitterSeconds: 0 }, 0],
    ['after its jitter', { trigger: 'schedule', availableAt: 5000, reason: null, jitterSeconds: 60 }, 5000],
    [
      'at its instant although it was given back',
      { trigger: 'schedule', availableAt: 9e6, reason: null, jitterSeconds: 0 },
      0,
    ],
    ['behind another of its job', { trigger: 'schedule', availableAt: 5, reason: 'overlap', jitterSeconds: 0 }, 0],
    ['after a blackout', { trigger: 'schedule', availableAt: 9e6, reason: 'blackout', jitterSeconds: 0 }, 9e6],
    ['at its turn of a catch-up', { trigger: 'catch_up', availableAt: 9e6, reason: null, jitterSeconds: 0 }, 9e6],
  ] as const)('it should start %s', (_, given, expected) => {
    expect(startOf({ dueAt: 0, ...given })).toBe(expected);
  });
});

describe('alerts that should stand', () => {
  test('none while everything goes well', () => {
    expect(standingAlerts(facts())).toEqual([]);
  });

  test('a late run names its instant, its limit and why it waits', () => {
    const [late] = standingAlerts(facts({ waiting: [group({ count: 3 })], busy: new Map([[job.id, 1]]) }));
    expect(late).toMatchObject({ kind: 'late', fingerprint: `late:${job.id}`, runId: 7, count: 3 });
    expect(late?.text).toBe(
      'Due 2027-01-01 08:50 (UTC+00:00, UTC), not started within 1 min. Queued behind an active run of this job. 3 of its runs wait.',
    );
  });

  test.each([
    [{ kind: 'lock', name: 'disk', slots: 1 }, '1 of 1 holders of the lock disk are at work.'],
    [{ kind: 'queue', name: 'default', slots: 1 }, '1 of 1 slots of the queue default are in use.'],
    [{ kind: 'system', name: '', slots: 1 }, '1 of 1 runs that may live at once do.'],
    [{ kind: 'queue', name: 'default', slots: null, pausedAt: now }, 'The queue default was paused by mei.'],
  ] as const)('a late run that %j holds back says so', (limit, sentence) => {
    const held = { pausedAt: null, note: null, changedAt: now, changedBy: 'mei', ...limit };
    const locks = limit.kind === 'lock' ? ['disk'] : [];
    const locked = factories.job({ ...job, definition: { ...job.definition, locks } });
    const rooms = new Rooms([held], [{ queue: 'default', locks, person: null, count: 1 }]);
    const [late] = standingAlerts(facts({ waiting: [group()], rooms }, locked));
    expect(late?.text).toContain(`not started within 1 min. ${sentence}`);
  });

  test.each([
    ['a paused job', {}, factories.job({ ...job, active: false })],
    ['a deleted job', {}, factories.job({ ...job, deletedAt: now })],
    ['a run that was tried before', { first: false }, job],
    ['a run that a person asked for', { trigger: 'manual', dueAt: null }, job],
    ['a run within its limit', { dueAt: now - minute, availableAt: now - minute }, job],
  ] as const)('%s is not late', (_, more, of) => {
    expect(kinds(facts({ waiting: [group(more)] }, of))).not.toContain('late');
  });

  test('a run that a person asked for waits too long after five minutes, any other after thirty', () => {
    const waiting = (trigger: WaitingGroup['trigger'], minutes: number): readonly string[] =>
      kinds(facts({ waiting: [group({ trigger, dueAt: null, availableAt: now - minutes * minute - 1 })] }));
    expect([waiting('manual', 4), waiting('manual', 5), waiting('api', 29), waiting('api', 30)]).toEqual([
      [],
      ['waiting'],
      [],
      ['waiting'],
    ]);
  });

  test('while all schedulers are silent that is told, and not each job that is overdue', () => {
    const unplanned = [{ jobId: job.id, schedule, planAt: now - 20 * minute }];
    expect(kinds(facts({ unplanned }))).toEqual(['late']);
    const [silent, ...others] = standingAlerts(facts({ unplanned, schedulerBeatAt: now - 2 * minute }));
    expect(others).toEqual([]);
    expect(silent?.text).toContain('Due and not planned: backup.');
    expect(kinds(facts({ schedulerBeatAt: now - 59_000 }))).toEqual([]);
    expect(kinds(facts({ schedulerBeatAt: null, needsScheduler: false }))).toEqual([]);
    expect(kinds(facts({ schedulerBeatAt: null, since: now - 30_000 }))).toEqual([]);
  });

  test('who has only begun to watch raises nothing that may be about to start, and ends nothing', () => {
    const young = facts({ waiting: [group()], since: now - 10_000, workers: [], schedulerBeatAt: null });
    expect(standingAlerts(young)).toEqual([]);
    const open = (kind: 'late' | 'no_worker' | 'scheduler_silent') => ({ kind, runId: 7, createdAt: 0 });
    expect([
      staysOpen(open('late'), young),
      staysOpen(open('no_worker'), young),
      staysOpen(open('scheduler_silent'), young),
      staysOpen(open('late'), facts()),
      staysOpen(open('no_worker'), facts()),
      staysOpen(open('scheduler_silent'), facts()),
    ]).toEqual([true, true, true, false, false, false]);
  });

  test('a long run is stuck only beside silence, and against runs that are known', () => {
    const running = { jobId: job.id, runId: 9, runCreatedAt: 0, startedAt: now - 60 * minute, wroteAt: null };
    const stuck = (usualMs: number | null, quietMinutes: number): readonly string[] =>
      kinds(facts({ running: [{ ...running, usualMs, quietSince: now - quietMinutes * minute }] }));
    expect([stuck(minute, 3), stuck(minute, 1), stuck(30 * minute, 3), stuck(null, 3)]).toEqual([
      ['stuck'],
      [],
      [],
      [],
    ]);
  });
});

test('a long run that goes on writing is slower than usual, until it ends', () => {
  const run = { jobId: job.id, runId: 9, runCreatedAt: 0, startedAt: now - 60 * minute, quietSince: now - minute };
  const told = (usualMs: number | null, wroteAt: number | null): readonly string[] =>
    kinds(facts({ running: [{ ...run, usualMs, wroteAt }] }));
  expect([told(minute, now - minute), told(30 * minute, now - minute), told(minute, null)]).toEqual([['slow'], [], []]);
  expect(told(null, now - minute)).toEqual([]);
  const alert = { kind: 'slow', runId: 9, createdAt: now - minute } as const;
  expect([new Set([9]), new Set<number>()].map((live) => staysOpen(alert, facts({ live })))).toEqual([true, false]);
});

describe('missed instants', () => {
  const missed = (overrides: Partial<MissedGroup> = {}): MissedGroup => ({
    jobId: job.id,
    reason: 'misfire',
    count: 2,
    fromAt: now - 120 * minute,
    toAt: now - 60 * minute,
    decidedAt: now,
    ...overrides,
  });

  test('are told with count, span and reason', () => {
    const told = missedAlert({ job, timezone: 'UTC', groups: [missed()], before: null });
    expect(told).toMatchObject({
      kind: 'missed',
      severity: 'error',
      count: 2,
      seen: now,
      title: 'backup missed 2 runs',
    });
    expect(told?.text).toBe(
      '2 instants from 2027-01-01 07:00 (UTC+00:00, UTC) to 2027-01-01 08:00 (UTC+00:00, UTC) did not run. No scheduler was there in time. Its catch-up is last.',
    );
    const folded = missedAlert({
      job,
      timezone: 'UTC',
      groups: [missed({ reason: 'coalesced', count: 1 })],
      before: null,
    });
    expect(folded).toMatchObject({ severity: 'warning', title: 'backup missed a run' });
    expect(folded?.text).toContain('They were folded into the newest one.');
    expect(missedAlert({ job, timezone: 'UTC', groups: [missed({ reason: 'clock' })], before: null })?.text).toContain(
      'The clock jumped over them.',
    );
  });

  test('join what stands, are counted once, and begin anew after its end', () => {
    const before = { seen: now - 1, resolvedAt: null, count: 5, fromAt: 0, toAt: 1, text: '' };
    expect(missedAlert({ job, timezone: 'UTC', groups: [missed()], before })).toMatchObject({ count: 7, fromAt: 0 });
    expect(missedAlert({ job, timezone: 'UTC', groups: [missed()], before: { ...before, seen: now } })).toBeNull();
    const ended = { ...before, resolvedAt: now };
    expect(missedAlert({ job, timezone: 'UTC', groups: [missed()], before: ended })).toMatchObject({ count: 2 });
  });
});

test('an event that needs nobody calls for nothing', () => {
  const event: AlarmingEvent = {
    id: 1,
    at: now,
    kind: 'run.lost',
    jobId: job.id,
    jobCreatedAt: job.createdAt,
    runId: 1,
    runCreatedAt: 1,
    data: { reason: 'worker_died' },
  };
  expect(alertOfEvent(event, job)).toBeNull();
  expect(alertOfEvent({ ...event, kind: 'worker.lost', data: { worker: 'w', settled: 0 } }, null)).toBeNull();
  expect(alertOfEvent({ ...event, kind: 'run.leaked', data: {} }, null)).toBeNull();
  expect(alertOfEvent({ ...event, kind: 'leaked', data: {} }, job)?.text).toContain('see the run’s log');
  expect(alertOfEvent({ ...event, kind: 'run.set_aside' }, job)).toMatchObject({ kind: 'set_aside', seen: 1 });
});

test('a backfill ends what was missed, also where the catch-up waits for a person', () => {
  const manual = factories.job({ definition: { catchUp: { policy: 'manual', windowSeconds: 1, max: 1 } } });
  const alert = {
    ...missedAlert({ job: manual, timezone: 'UTC', groups: [], before: null }),
    kind: 'missed',
    createdAt: 100,
    toAt: 50,
  } as unknown as Parameters<typeof factOver>[0]['alert'];
  const over = (success: object, of: Job = manual): string | null =>
    factOver({
      alert,
      job: of,
      workers: new Map(),
      wells: new Map(),
      monitors: new Map(),
      webhooks: new Map(),
      success: { jobId: 1, createdAt: 200, dueAt: null, backfilledAt: null, ...success },
    });
  expect(over({ dueAt: 60 })).toBeNull();
  expect(over({ backfilledAt: 99 })).toBeNull();
  expect(over({ backfilledAt: 100 })).toBe('It was backfilled.');
  expect(over({ dueAt: 60 }, job)).toContain('It runs again');
  expect(over({ dueAt: 50 }, job)).toBeNull();
});

describe('a full disk (F17)', () => {
  const waits = facts({ waiting: [group({ availableAt: now - 3 * 60 * minute, dueAt: now - 3 * 60 * minute })] });
  const disk = (roomAt: number | null, told: 'not' | 'open' | 'over' = 'open') => ({
    full: { fullAt: now - minute, roomAt },
    told,
    held: false,
  });

  test('is the one thing that is told while it lasts: alerts of jobs that cannot start would take the room', () => {
    expect(kinds(waits)).toContain('late');
    expect(kinds({ ...waits, disk: disk(null) })).toEqual(
      kinds(waits).map((kind) => (kind === 'late' ? 'disk_full' : kind)),
    );
    const late = { kind: 'late', runId: 7, createdAt: now - minute } as const;
    expect(staysOpen(late, { ...waits, disk: disk(null) })).toBe(true);
    expect(staysOpen(late, { ...waits, disk: disk(now) })).toBe(false);
  });

  test('that was over before it could be told is told all the same, once', () => {
    expect(kinds(facts({ disk: disk(now, 'not') }))).toEqual(['disk_full']);
    expect(kinds(facts({ disk: disk(now) }))).toEqual([]);
    expect(kinds(facts({ disk: disk(null, 'over') }))).toEqual([]);
  });

  test('is over where it was seen to be, and not for a process that has only begun to look', () => {
    const alert = { kind: 'disk_full', runId: null, createdAt: now - minute } as const;
    const stays = (known: WatchFacts['disk']): boolean => staysOpen(alert, facts({ disk: known }));
    expect(stays(null)).toBe(true);
    expect(stays({ full: null, told: 'not', held: false })).toBe(true);
    expect(stays({ full: null, told: 'not', held: true })).toBe(false);
    expect(stays(disk(now))).toBe(false);
    expect(conditionOver(alert)).toBe('There is room again.');
  });
});
