import { expect, test } from 'vitest';
import * as factories from '../testing/factories.ts';
import { lastPollAge } from './examine-processes.ts';
import { examine, worstOf } from './examine.ts';
import { examinations, type DatabaseState, type InstallationState } from './finding.ts';

const now = 10_000_000_000;
const day = 86_400_000;
const gigabyte = 1024 ** 3;

const scheduler = factories.scheduler({ name: 's1', beatAt: now - 1000, polledAt: now - 1000, version: '1.0.0' });
const worker = factories.worker({ name: 'w1', beatAt: now - 1000, version: '1.0.0' });
const database: DatabaseState = {
  kind: 'sqlite',
  version: '3.53.4',
  bytes: gigabyte,
  walBytes: 4096,
  latencyMs: 0.4,
  now,
  clockOffsetMs: 0,
  schedulers: [scheduler],
  workers: [worker],
  leases: { total: 2, claimedTooLong: 0, orphaned: 0 },
  due: { runs: 0, ledger: 0, events: 0, jobs: 0, oldestRunAt: null },
  mostDue: 1000,
  standbys: null,
  lineage: { noticedAt: 0, settledAt: 0 },
  unreconciled: 0,
  otherZoneData: 0,
};
const well: InstallationState = {
  database,
  trouble: null,
  schema: { current: 4, latest: 4 },
  watchdog: { sentAt: now, error: null, everyMs: 60_000 },
  folder: { path: '/srv/jtp', usable: true, open: false, networkKind: null },
  disk: { freeBytes: 50 * gigabyte, totalBytes: 100 * gigabyte, fullAt: null },
  ballast: { state: 'held', bytes: 64 * 1_048_576 },
  authentication: true,
  runAs: null,
  isRoot: false,
  wall: now,
  version: '1.0.0',
  tzVersion: '2026c',
  settings: { pollIntervalMs: 10_000, leaseMs: 15_000, lostAfterMs: 60_000, runDays: 30 },
};
const withDatabase = (more: Partial<DatabaseState>): InstallationState => ({
  ...well,
  database: { ...database, ...more },
});

test('an installation that is well has every check healthy, in order, and nothing to mend (R-343)', () => {
  const found = examine(well);
  expect(found.map(({ check }) => check)).toEqual(Object.keys(examinations));
  expect(found.filter(({ status, fix }) => status !== 'healthy' || fix !== null)).toEqual([]);
  expect(worstOf(found)).toBe('healthy');
});

test.each([
  ['visible', { visible: false, synchronous: 0, asynchronous: 0, commits: 'on' }, 'not visible'],
  ['there', { visible: true, synchronous: 0, asynchronous: 0, commits: 'on' }, 'No standby'],
  [
    'synchronous',
    { visible: true, synchronous: 1, asynchronous: 1, commits: 'on' },
    'loses no acknowledged commit. One other may',
  ],
])('of standbys it says whether they are %s (C16)', (_, standbys, says) => {
  const found = examine(withDatabase({ standbys })).find(({ check }) => check === 'durability');
  expect(found).toMatchObject({ status: 'healthy', message: expect.stringContaining(says) as string });
});

const slow = { ...worker, clockOffset: -90_000 };
test.each<readonly [name: string, state: InstallationState, check: string, status: string, says: string, fix: string]>([
  [
    'a database that is away',
    { ...well, database: null, trouble: { code: 'database_unreachable', message: 'No answer.' } },
    'database',
    'unhealthy',
    'No answer.',
    'database.url',
  ],
  [
    'a damaged file (F21)',
    { ...well, database: null, trouble: { code: 'database_damaged', message: 'Damaged.' } },
    'database',
    'unhealthy',
    'Damaged.',
    'restore FILE',
  ],
  [
    'a file that is gone (F20)',
    { ...well, database: null, trouble: { code: 'database_gone', message: 'Gone.' } },
    'database',
    'unhealthy',
    'Gone.',
    'restore FILE',
  ],
  ['a slow database', withDatabase({ latencyMs: 1500 }), 'database', 'degraded', '1500.0 ms', 'busy'],
  [
    'an older schema',
    { ...well, schema: { current: 3, latest: 4 } },
    'schema',
    'degraded',
    'Schema 3',
    'jtp migrate up',
  ],
  ['a newer schema', { ...well, schema: { current: 5, latest: 4 } }, 'schema', 'degraded', 'Schema 5', 'newer program'],
  ['no scheduler', withDatabase({ schedulers: [] }), 'schedulers', 'degraded', 'No scheduler runs', 'jtp scheduler'],
  [
    'a scheduler that beats and does not pass',
    withDatabase({ schedulers: [{ ...scheduler, polledAt: now - 31_000 }] }),
    'schedulers',
    'degraded',
    '31 s ago',
    'jtp scheduler',
  ],
  [
    'a scheduler that stopped',
    withDatabase({ schedulers: [{ ...scheduler, stoppedAt: now }] }),
    'schedulers',
    'degraded',
    'No scheduler',
    'jtp scheduler',
  ],
  [
    'no worker',
    withDatabase({ workers: [{ ...worker, beatAt: now - 15_001 }] }),
    'workers',
    'degraded',
    'runs wait',
    'jtp worker',
  ],
  [
    'a folder that cannot be written',
    { ...well, folder: { ...well.folder, usable: false } },
    'storage',
    'unhealthy',
    '/srv/jtp',
    'right to write',
  ],
  [
    'a folder that others may read',
    { ...well, folder: { ...well.folder, open: true } },
    'storage',
    'degraded',
    'open to other users',
    'chmod 700',
  ],
  [
    'a disk with little room',
    { ...well, disk: { freeBytes: gigabyte / 8, totalBytes: gigabyte, fullAt: null } },
    'disk',
    'degraded',
    '128 MB free',
    'retention.run_days',
  ],
  [
    'a disk that is full in three days',
    { ...well, disk: { freeBytes: 50 * gigabyte, totalBytes: 100 * gigabyte, fullAt: now + 3 * day } },
    'disk',
    'degraded',
    'full in 3 d',
    'retention.run_days',
  ],
  [
    'a ballast that is spent (F17)',
    { ...well, ballast: { ...well.ballast, state: 'spent' } },
    'ballast',
    'degraded',
    'nothing new is begun',
    '128 MB',
  ],
  [
    'a ballast that has no room',
    { ...well, ballast: { ...well.ballast, state: 'absent' } },
    'ballast',
    'degraded',
    '64 MB',
    '128 MB',
  ],
  [
    'a long write-ahead log',
    withDatabase({ walBytes: gigabyte }),
    'write_ahead_log',
    'degraded',
    '1.0 GB',
    'database browser',
  ],
  [
    'a standby that lags (C16) (F30)',
    withDatabase({ standbys: { visible: true, synchronous: 0, asynchronous: 1, commits: 'on' } }),
    'durability',
    'degraded',
    'One standby follows asynchronously: a failover may lose acknowledged commits',
    'synchronous_standby_names',
  ],
  [
    'a synchronous standby that no commit waits for (C16)',
    withDatabase({ standbys: { visible: true, synchronous: 1, asynchronous: 1, commits: 'local' } }),
    'durability',
    'degraded',
    '2 standbys follow',
    'synchronous_standby_names',
  ],
  [
    'commits that do not wait for the disk',
    withDatabase({ standbys: { visible: true, synchronous: 0, asynchronous: 0, commits: 'off' } }),
    'durability',
    'degraded',
    'a crash of the server loses',
    'synchronous_commit',
  ],
  [
    'a database that changed and is not compared with yet (C16) (F30)',
    withDatabase({ lineage: { noticedAt: now, settledAt: null } }),
    'schedulers',
    'degraded',
    'nothing is planned or claimed until every worker',
    'Start workers',
  ],
  [
    'attempts that could not be written again (C16) (F30)',
    withDatabase({ lineage: { noticedAt: now, settledAt: now }, unreconciled: 2 }),
    'durability',
    'degraded',
    '2 attempts that workers started are not in the database',
    'run.unreconciled',
  ],
  [
    'clocks that differ',
    withDatabase({ clockOffsetMs: 3000, workers: [slow] }),
    'clocks',
    'degraded',
    'this process is 3 s ahead, worker w1 is 1 min 30 s behind',
    'chrony',
  ],
  [
    'a clock that jumped far ahead and is not believed yet',
    withDatabase({ schedulers: [{ ...scheduler, hold: { from: now, to: now + 86_400_000, confirmedAt: null } }] }),
    'clocks',
    'degraded',
    'nothing is planned',
    'confirm-clock',
  ],
  [
    'workers that all drain',
    withDatabase({ workers: [{ ...worker, draining: true }] }),
    'workers',
    'degraded',
    'drains or is paused',
    'Resume one',
  ],
  [
    'a heartbeat that is refused',
    { ...well, watchdog: { sentAt: null, error: 'HTTP 500', everyMs: 60_000 } },
    'watchdog',
    'degraded',
    'HTTP 500',
    'watchdog.url',
  ],
  [
    'a heartbeat that has stopped',
    { ...well, watchdog: { sentAt: now - 600_000, error: null, everyMs: 60_000 } },
    'watchdog',
    'degraded',
    '10 min ago',
    'Schedulers',
  ],
  [
    'leases of the dead',
    withDatabase({ leases: { total: 3, claimedTooLong: 0, orphaned: 1 } }),
    'leases',
    'degraded',
    '1 by workers that are gone',
    'a minute',
  ],
  [
    'a stuck slot',
    withDatabase({ leases: { total: 3, claimedTooLong: 2, orphaned: 0 } }),
    'leases',
    'degraded',
    '2 claimed long ago',
    'restart it',
  ],
  [
    'a retention that lags',
    withDatabase({ due: { ...database.due, runs: 500, oldestRunAt: now - 33 * day } }),
    'retention',
    'degraded',
    '3 d behind',
    '--dry-run',
  ],
  ['other zone data', withDatabase({ otherZoneData: 5 }), 'zone_data', 'degraded', '5 schedules', 'anew'],
  [
    'other versions',
    withDatabase({ workers: [{ ...worker, version: '0.9.0' }] }),
    'versions',
    'degraded',
    'worker w1 has 0.9.0',
    'upgrade',
  ],
])('%s is found, with what mends it (R-343)', (_name, state, check, status, says, fix) => {
  const found = examine(state).filter((one) => one.status !== 'healthy');
  expect(found.map((one) => one.check)).toEqual([check]);
  expect(found[0]).toMatchObject({ status, message: expect.stringContaining(says), fix: expect.stringContaining(fix) });
});

test.each([
  [{ runs: 20, ledger: 7, events: 0, jobs: 1 }, '28 rows are due to go within the hour.'],
  [{ runs: 20, ledger: 1000, events: 0, jobs: 0 }, '1020 rows or more are due to go within the hour.'],
  [{ runs: 999, oldestRunAt: now - 33 * day }, '3 d behind: 999 runs should be gone.'],
  [{ runs: 1000, oldestRunAt: now - 33 * day }, '3 d behind: 1000 runs or more should be gone.'],
])('of what is due to go %o it says "%s"', (due, message) => {
  const found = examine(withDatabase({ due: { ...database.due, ...due } }));
  expect(found.find(({ check }) => check === 'retention')?.message).toBe(message);
});

test('what is not there is not judged: a server has no log beside it, an unset ballast is no fault', () => {
  const found = examine({ ...withDatabase({ walBytes: null }), ballast: { state: 'off', bytes: 0 }, schema: null });
  expect(found.map(({ check }) => check)).not.toContain('write_ahead_log');
  expect(worstOf(found)).toBe('healthy');
});

test('the last pass counts from the newest one of a live scheduler', () => {
  const older = { ...scheduler, polledAt: now - 9000 };
  expect(lastPollAge({ ...database, schedulers: [older, scheduler] }, 60_000)).toBe(1000);
  expect(lastPollAge({ ...database, schedulers: [{ ...scheduler, beatAt: now - 60_001 }] }, 60_000)).toBeNull();
});

test('an installation in which nobody signs in says so', () => {
  const found = examine({ ...well, authentication: false }).find(({ check }) => check === 'authentication');
  expect(found).toMatchObject({ status: 'degraded', fix: expect.stringContaining('JOB_PORTAL_AUTHENTICATION') });
});

test.each([
  [null, false, 'Warning: jobs run as the user of their worker. They can write to the program'],
  [null, true, 'Warning: jobs run as root, as their worker is here. They can write to the program'],
  [{ kind: 'name', name: 'jobs' }, true, 'Jobs run as jobs, and'],
  [{ kind: 'numbers', uid: 1007, gid: null }, true, 'Jobs run as the user 1007, and'],
  [
    { kind: 'range', from: 61_000, to: 61_009 },
    true,
    'Jobs run as the users 61000 to 61009, each run as one of its own, and',
  ],
] as const)('whom jobs run as is told, with a warning where it is their worker: %j (SEC-E6)', (runAs, isRoot, said) => {
  const found = examine({ ...well, runAs, isRoot }).find(({ check }) => check === 'run_as');
  expect(found).toMatchObject({ status: 'healthy', message: expect.stringContaining(said) as string, fix: null });
});
