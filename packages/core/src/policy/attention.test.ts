import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FailureCategory } from '../model/run.ts';
import { adviceOf } from './attention-advice.ts';
import { causeOf, titleOf, type FailedRun } from './attention.ts';
import { evidenceLine } from './evidence-line.ts';
import { healedBy } from './healing.ts';
import { maskedLine } from './masked-line.ts';

describe('a masked line', () => {
  test.each([
    ['Error: no file /data/41.csv', 'Error: no file /data/<n>.csv'],
    ['took 1.532 s, then -3', 'took <n> s, then <n>'],
    ['2026-11-26T04:05:27.123Z failed', '<time> failed'],
    ['at 04:05:27 it stopped', 'at <time> it stopped'],
    ['run 019ae1b2-0000-7000-8000-0000000001f3 is gone', 'run <id> is gone'],
    ['pointer 0x7ffd12ab at', 'pointer <hex> at'],
    ['commit 4bd6bf1aa0 broke', 'commit <hex> broke'],
    ['cannot open /tmp/jtp-a8Xk2/out.txt', 'cannot open /<path>'],
    ['connect ECONNREFUSED 10.0.0.5:5432', 'connect ECONNREFUSED 10.0.0.5:5432'],
    ['reset by 10.0.0.5:51234', 'reset by 10.0.0.5:<n>'],
    ['deadbeef is a word', 'deadbeef is a word'],
  ])('%s', (line, masked) => {
    expect(maskedLine(line)).toBe(masked);
  });

  test('is the same masked twice, holds no number but in addresses, and is never long', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (line) => {
        const once = maskedLine(line);
        expect(maskedLine(once)).toBe(once);
        expect(once.replaceAll(/\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?/gu, '')).not.toMatch(/[0-9]/u);
      }),
    );
  });

  test('does not depend on numbers, ids and times within', () => {
    const number = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(number, number, fc.uuid(), fc.uuid(), (a, b, one, other) => {
        const line = (n: number, id: string): string => `row ${n} of order_${n} (${id}) is wrong`;
        expect(maskedLine(line(a, one))).toBe(maskedLine(line(b, other)));
      }),
    );
  });
});

test.each([
  ['Traceback (most recent call last):\n  File "a.py", line 3\nValueError: bad row\n', 'ValueError: bad row'],
  ['Error: no file\n    at open (node:fs:1)\n    at main\n\nNode.js v24.1.0\n', 'Error: no file'],
  ['one\ntwo\n', 'two'],
  ['cleaning up\nfatal: no repository\nbye\n', 'fatal: no repository'],
  ['', null],
  [null, null],
])('of %j the line that tells most is %j', (text, line) => {
  expect(evidenceLine(text)).toBe(line);
});

function run(
  overrides: Partial<FailedRun> = {},
  category: FailureCategory = 'script_error',
  detail: string | null = null,
): FailedRun {
  return {
    jobId: 7,
    jobName: 'nightly',
    definition: { type: 'script', retry: null, onLost: 'fail' },
    state: 'failed',
    reason: null,
    attempt: 1,
    exitCode: 3,
    signal: null,
    failure: { category, message: 'Exit 3 after 2 s', detail },
    workerName: 'w2',
    ...overrides,
  };
}

describe('the cause of a failure', () => {
  const of = (...given: Parameters<typeof run>): string => causeOf(run(...given)).fingerprint;

  test('is the same for the same end, and another for another exit code, signal, text, class or job', () => {
    const detail = 'Error: no file /data/41.csv';
    expect(of({}, 'script_error', detail)).toBe(of({}, 'script_error', 'Error: no file /data/7.csv'));
    const all = [
      of({}, 'script_error', detail),
      of({ exitCode: 4 }, 'script_error', detail),
      of({ exitCode: null, signal: 'SIGKILL' }, 'script_error', detail),
      of({}, 'script_error', 'Error: no folder'),
      of({}, 'config_error', detail),
      of({ jobId: 8 }, 'script_error', detail),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('is shared by jobs where it lies outside of them: a host, an account, a quota', () => {
    const away = 'connect ECONNREFUSED 10.0.0.5:5432';
    for (const category of ['network_error', 'auth_error', 'api_limit'] as const)
      expect(of({ jobId: 7 }, category, away)).toBe(of({ jobId: 8 }, category, away));
    expect(of({}, 'network_error', away)).not.toBe(of({}, 'network_error', away.replace('.5:', '.6:')));
  });

  test('is the worker for what was lost with it, and the job for what is lost again and again', () => {
    expect(of({ state: 'lost', failure: null })).toBe('worker_lost:w2');
    expect(of({ state: 'lost', failure: null, definition: { ...run().definition, onLost: 'rerun' } })).toBe(
      'set_aside:7',
    );
    expect(of({ state: 'lost', failure: null, reason: 'stuck' })).toBe('stuck:7');
  });

  test('of a time-out does not depend on what it wrote last', () => {
    const late = { category: 'timeout', message: 'Timed out after 60 s', detail: null } as const;
    expect(of({ state: 'timed_out', exitCode: null, failure: late })).toBe(
      of({ state: 'timed_out', exitCode: null, failure: { ...late, message: 'Timed out after 61 s' } }),
    );
  });

  test('of an HTTP answer is its status', () => {
    const answered = (status: number): string =>
      of({
        exitCode: null,
        definition: { type: 'http', retry: null, onLost: 'fail' },
        failure: { category: 'unknown', message: `HTTP ${status} Odd; expected 200.`, detail: null },
      });
    expect(answered(500)).not.toBe(answered(503));
  });
});

test.each([
  [{ times: 1, jobs: 1 }, 'nightly failed'],
  [{ times: 3, jobs: 1 }, 'nightly failed 3 times'],
  [{ times: 2, jobs: 2 }, '2 jobs fail alike'],
  [{ times: 9, jobs: 2 }, '2 jobs fail alike, 9 times'],
  [{ times: 1, jobs: 1, kind: 'retries_exhausted' }, 'nightly failed after 4 attempts'],
  [{ times: 40, jobs: 12, kind: 'worker_lost' }, '40 runs of 12 jobs were lost with worker w2'],
  [{ times: 1, jobs: 1, kind: 'worker_lost' }, 'A run of nightly was lost with worker w2'],
  [{ times: 2, jobs: 1, kind: 'stuck' }, '2 runs of nightly were stuck'],
] as const)('%j is called "%s"', (facts, title) => {
  expect(titleOf({ kind: 'failing', jobName: 'nightly', attempt: 4, workerName: 'w2', ...facts })).toBe(title);
});

test('the act follows the class, and an item of several jobs is retried as one', () => {
  const item = { kind: 'failing', run: { id: 1, createdAt: 1 }, jobs: 1, alertId: null } as const;
  const act = (category: FailureCategory, jobs = 1): string => adviceOf({ ...item, category, jobs }).act;
  expect(act('auth_error')).toBe('edit_job');
  expect(act('api_limit')).toBe('retry_later');
  expect(act('script_error')).toBe('open_log');
  expect(act('network_error')).toBe('retry');
  expect(act('network_error', 3)).toBe('retry_all');
  expect(adviceOf({ ...item, kind: 'worker_lost', category: null }).act).toBe('retry_all');
  expect(adviceOf({ ...item, kind: 'disk_full', category: null, run: null }).act).toBe('open');
});

test('what helped is told from the two runs', () => {
  const failed = { jobVersion: 3, parameters: { day: 1 }, workerName: 'a' };
  const succeeded = { ...failed, jobName: 'nightly', trigger: 'retry' as const, requestedBy: 'mei' };
  expect(healedBy({ failed, succeeded })).toBe(
    'A run of nightly that mei started succeeded with nothing changed in its definition.',
  );
  expect(
    healedBy({ failed, succeeded: { ...succeeded, jobVersion: 4, parameters: { day: 2 }, workerName: 'b' } }),
  ).toBe(
    'A run of nightly that mei started succeeded with version 4 instead of 3 and another day and worker b instead of a.',
  );
  expect(healedBy({ failed, succeeded: null })).toBe('A later run succeeded.');
});
