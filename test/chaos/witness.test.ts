import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshDir } from '../setup/databases.ts';
import { bootInstant, readWitness, witnessScript } from './witness.ts';

let folder: ReturnType<typeof freshDir>;
let script: string;
beforeEach(() => {
  folder = freshDir('jtp-witness');
  script = join(folder.path, 'witness.sh');
  writeFileSync(script, witnessScript);
});
afterEach(() => folder.remove());

const environment = (run: string, fence = 1, attempt = 1) => ({
  PATH: process.env['PATH'] ?? '',
  JTP_RUN_ID: run,
  JTP_JOB_ID: 'job',
  JTP_OCCURRENCE_KEY: `key-of-${run}`,
  JTP_ATTEMPT: String(attempt),
  JTP_FENCE: String(fence),
});
const told = () => readWitness(join(folder.path, 'told'), bootInstant());
function carryOut(run: string, how: string, fence = 1, attempt = 1): number {
  try {
    execFileSync('/bin/sh', [script, folder.path, '0', how, 'alone'], { env: environment(run, fence, attempt) });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

test('a job tells of its start and its end, and ends as it was told to', () => {
  expect([carryOut('a', 'ok'), carryOut('b', 'fail'), carryOut('c', 'flaky'), carryOut('c', 'flaky', 2, 2)]).toEqual([
    0, 3, 4, 0,
  ]);
  expect(told().map(({ kind, runId, exitCode }) => [kind, runId, exitCode])).toEqual([
    ['start', 'a', null],
    ['end', 'a', 0],
    ['start', 'b', null],
    ['end', 'b', 3],
    ['start', 'c', null],
    ['end', 'c', 4],
    ['start', 'c', null],
    ['end', 'c', 0],
  ]);
  expect(Math.abs(Date.now() - (told()[0]?.at ?? 0))).toBeLessThan(10_000);
});

test('its resource refuses an older fence', () => {
  carryOut('a', 'ok', 3);
  carryOut('a', 'ok', 2);
  expect(told().map(({ kind }) => kind)).toEqual(['start', 'end', 'start', 'stale', 'end']);
});

function isGroup(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}

test('it finds a process of another run that is alive still, and none that has ended', async () => {
  const lasting = spawn('/bin/sh', [script, folder.path, '30', 'ok', 'alone'], {
    env: environment('old'),
    detached: true,
  });
  try {
    const resource = join(folder.path, 'resource.job');
    for (let tries = 0; tries < 200 && !existsSync(resource); tries += 1) await rest(20);
    carryOut('new', 'ok');
    expect(told().find(({ kind }) => kind === 'overlap')).toMatchObject({ other: 'old' });
  } finally {
    process.kill(-(lasting.pid ?? 0), 'SIGKILL');
    await once(lasting, 'exit');
  }
  // Its children end a little later than it does.
  for (let tries = 0; tries < 500 && isGroup(lasting.pid ?? 0); tries += 1) await rest(20);
  const before = told().length;
  carryOut('later', 'ok');
  expect(
    told()
      .slice(before)
      .map(({ kind }) => kind),
  ).toEqual(['start', 'end']);
});
