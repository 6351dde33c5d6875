import { expect, test } from 'vitest';
import { judge } from './checks.ts';
import type { History, LedgerRow, RunRow, Told } from './history.ts';
import { machineTime } from './shift.ts';
import { soundHistory, t0 } from './test-history.ts';

/** The checker's own test: a checker that rejects nothing proves nothing. */

const failing = (history: History): number[] => [
  ...new Set(judge(history).flatMap(({ number, faults }) => (faults.length > 0 ? [number] : []))),
];

test('a sound history passes every check', () => {
  expect(judge(soundHistory()).flatMap(({ faults }) => faults)).toEqual([]);
});

const sound = soundHistory();
const rows = (change: (row: LedgerRow) => LedgerRow | LedgerRow[]): History => ({
  ...sound,
  ledger: sound.ledger.flatMap(change),
});
const isRow = (row: LedgerRow, seconds: number): row is Extract<LedgerRow, { kind: 'row' }> =>
  row.kind === 'row' && row.scheduleId === 'every-shared' && row.dueAt === t0 + seconds * 1000;
const run = (id: string, change: Partial<RunRow>): History => ({
  ...sound,
  runs: sound.runs.map((each) => (each.id === id ? { ...each, ...change } : each)),
});
const lines = (change: (line: Told) => Told | Told[]): History => ({ ...sound, told: sound.told.flatMap(change) });
const line = (id: string, kind: Told['kind'], change: Partial<Told>): History =>
  lines((each) => (each.runId === id && each.kind === kind ? { ...each, ...change } : each));
const addition = (id: string, change: Partial<Told>): History =>
  lines((each) => (each.runId === id && each.kind === 'start' ? [each, { ...each, ...change }] : each));

const shared2 = sound.runs.find(({ id }) => id === 'shared-2');
const attemptsOf = (id: string, change: Partial<RunRow['attempts'][number]>): RunRow['attempts'] =>
  (sound.runs.find((each) => each.id === id)?.attempts ?? []).map((each) => ({ ...each, ...change }));

const spoilt: readonly (readonly [string, number, History])[] = [
  ['an instant without a row', 1, rows((row) => (isRow(row, 10) ? [] : row))],
  ['a row twice', 1, rows((row) => (isRow(row, 10) ? [row, row] : row))],
  [
    'a row at an instant that the rule does not name',
    1,
    rows((row) => (isRow(row, 10) ? [row, { ...row, dueAt: row.dueAt + 1000 }] : row)),
  ],
  ['a gap that counts one too few', 1, rows((row) => (row.kind === 'gap' ? { ...row, count: row.count - 1 } : row))],
  ['a gap over a row', 1, rows((row) => (row.kind === 'gap' ? { ...row, to: row.to + 2000, count: 3 } : row))],
  ['a row with neither run nor reason', 1, rows((row) => (isRow(row, 10) ? { ...row, reason: null } : row))],
  ['a row whose run does not exist', 1, rows((row) => (isRow(row, 2) ? { ...row, runId: 'nowhere' } : row))],
  [
    'a row that names the run of another instant',
    1,
    rows((row) => (isRow(row, 4) ? { ...row, runId: 'shared-2' } : row)),
  ],
  [
    'a run of a schedule without an occurrence',
    1,
    { ...sound, runs: [...sound.runs, { ...shared2, id: 'stray' } as RunRow] },
  ],
  ['a start before its instant', 2, line('shared-4', 'start', { at: t0 + 3000 })],
  ['a start minutes after its instant', 2, line('shared-4', 'start', { at: t0 + 200_000 })],
  [
    'instants planned by a clock that had just jumped',
    2,
    {
      ...rows((row) => (isRow(row, 10) ? [row, { ...row, dueAt: t0 + 3_600_000, decidedAt: t0 + 4510 }] : row)),
      shifts: [{ at: t0 + 4500, until: t0 + 18_000, offsetMs: 3_600_000 }],
    },
  ],
  ['an attempt that started twice', 3, addition('shared-2', { fence: 2 })],
  ['a start after a loss, with fail', 3, addition('shared-12', { attempt: 2, fence: 2 })],
  ['more starts than attempts', 3, addition('shared-2', { attempt: 2, fence: 2 })],
  ['a start of a run that no record knows', 3, addition('shared-2', { runId: 'nobody' })],
  ['a job that found another one alive', 4, addition('alone-4', { kind: 'overlap', other: 'alone-2' })],
  ['an exclusive start before the end of another run', 4, line('alone-2', 'end', { at: t0 + 4500 })],
  [
    'a success of which the job says nothing',
    5,
    lines((each) => (each.runId === 'shared-4' && each.kind === 'end' ? [] : each)),
  ],
  ['a success where the job said that it failed', 5, line('shared-4', 'end', { exitCode: 3 })],
  [
    'a failure with another exit code',
    5,
    run('shared-4', { state: 'failed', attempts: attemptsOf('shared-4', { outcome: 'failed', exitCode: 3 }) }),
  ],
  ['a loss without a fault', 5, { ...sound, faults: [] }],
  ['a loss of which nothing says why', 5, run('shared-12', { attempts: attemptsOf('shared-12', { reason: null }) })],
  [
    'a failure of a run that never started',
    5,
    {
      ...run('shared-4', { state: 'failed', attempts: attemptsOf('shared-4', { outcome: 'not_started' }) }),
      told: sound.told.filter(({ runId }) => runId !== 'shared-4'),
    },
  ],
  [
    'a cancellation that nobody wished',
    5,
    run('shared-4', { state: 'cancelled', attempts: attemptsOf('shared-4', { outcome: 'cancelled' }) }),
  ],
  [
    'a start of an attempt that was not started',
    5,
    run('shared-4', { state: 'failed', attempts: attemptsOf('shared-4', { outcome: 'not_started' }) }),
  ],
  ['a start without an attempt in the record', 5, run('shared-4', { attempts: [] })],
  ['attempts with a hole', 5, run('alone-12', { attempts: attemptsOf('alone-12', {}).slice(1) })],
  ['a run that is still running', 5, run('shared-4', { state: 'running' })],
  [
    'a fence that fell',
    6,
    lines((each) => (each.runId === 'alone-12' && each.attempt === 2 ? { ...each, fence: 1 } : each)),
  ],
  ['a resource that had seen a higher fence', 6, addition('alone-4', { kind: 'stale' })],
  [
    'an acknowledged trigger without a run',
    7,
    { ...sound, triggers: [{ note: 'trigger 2', jobId: 'shared', at: t0, runId: 'gone' }] },
  ],
  [
    'a trigger with two runs',
    7,
    { ...sound, runs: sound.runs.flatMap((each) => (each.id === 'asked' ? [each, { ...each, id: 'twice' }] : each)) },
  ],
  [
    'a run that is settled long after its worker came back',
    8,
    run('shared-12', { endedAt: t0 + 19_000, attempts: attemptsOf('shared-12', { endedAt: t0 + 19_000 }) }),
  ],
  [
    'instants that the other scheduler left for long',
    8,
    {
      ...sound,
      ledger: sound.ledger.map((row) => (isRow(row, 14) ? { ...row, decidedAt: row.dueAt + 4000 } : row)),
      faults: [
        ...sound.faults,
        { kind: 'scheduler_killed', target: 'scheduler-a', at: t0 + 13_500, until: t0 + 14_500 },
      ],
    },
  ],
  [
    'a database that is back and nobody plans',
    8,
    {
      ...sound,
      ledger: sound.ledger.filter((row) => row.kind === 'gap' || row.dueAt <= t0 + 12_000),
      faults: [{ kind: 'database_restarted', target: 'PostgreSQL', at: t0 + 12_100, until: t0 + 12_500 }],
    },
  ],
  ['a process left behind', 9, { ...sound, remains: { ...sound.remains, orphans: ['812: sleep'] } }],
  ['a run left open', 9, { ...sound, remains: { ...sound.remains, open: 1 } }],
  ['a process that ended by itself', 9, { ...sound, remains: { ...sound.remains, crashes: ['portal'] } }],
  ['a corrupt page', 10, { ...sound, remains: { ...sound.remains, integrity: 'row 1 missing from index' } }],
  [
    'a schedule that fell silent after the last fault',
    11,
    {
      ...sound,
      ledger: sound.ledger.filter(
        (row) => row.kind === 'gap' || row.dueAt < t0 + 13_000 || row.scheduleId !== 'every-shared',
      ),
    },
  ],
];

test.each(spoilt)('%s is rejected by check %i', (_, number, history) => {
  const ordered: History = { ...history, told: history.told.toSorted((a, b) => a.at - b.at) };
  expect(failing(ordered)).toContain(number);
});

const hour = 3_600_000;
const shift = { at: t0 + 4500, until: t0 + 17_500, offsetMs: hour };

test("what was told by a clock that was ahead is put back into the machine's time", () => {
  expect([t0 + 4499, t0 + hour + 4500, t0 + hour + 17_500, t0 + 17_501].map((at) => machineTime([shift], at))).toEqual([
    t0 + 4499,
    t0 + 4500,
    t0 + 17_500,
    t0 + 17_501,
  ]);
});

test('instants that came by a clock that was ahead belong to the rule, and are counted once', () => {
  const first = t0 + 22_000;
  const gap: LedgerRow = {
    kind: 'gap',
    scheduleId: 'every-shared',
    from: first,
    to: t0 + hour + 6000,
    count: (t0 + hour + 6000 - first) / 2000 + 1,
    reason: 'misfire',
    decidedAt: t0 + 14_600,
  };
  const shifted: History = { ...sound, shifts: [shift], ledger: [...sound.ledger, gap] };
  expect(failing(shifted)).toEqual([]);
  expect(failing({ ...shifted, ledger: [...shifted.ledger, gap] })).toContain(1);
  expect(failing({ ...shifted, ledger: [...sound.ledger, { ...gap, count: gap.count - 1 }] })).toContain(1);
});
