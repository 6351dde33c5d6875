import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningProcess, Spawner } from './client.ts';
import { LogReader } from './log-reader.ts';
import type { Ended, StartOrder } from './protocol.ts';
import { folder, linux, order, output, startSpawner } from './test-orders.ts';

const limit = 100_000;
let spawner: Spawner;
beforeAll(async () => {
  spawner = await startSpawner('limits');
});
afterAll(async () => {
  await spawner.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => expect(spawner.running).toBe(0));

function run(overrides: Parameters<typeof order>[0] = {}): RunningProcess & { order: StartOrder } {
  const made = order({ outputLimitBytes: limit, ...overrides });
  return { ...spawner.run(made), order: made };
}

const talk = 'for i in $(seq 1 20000); do echo "line $i of many"; done; echo end';

describe('output beyond the limit (P10)', () => {
  test('is cut in the middle, stated in bytes, and the job goes on (F42)', async () => {
    const { ended, order: made } = run({ sh: talk });
    const end = await ended;
    expect(end).toMatchObject({ exitCode: 0, stopped: null });
    const text = readFileSync(made.log, 'latin1');
    expect(text).toContain(`--- ${end.cutBytes} bytes (`);
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text.endsWith('\nend\n')).toBe(true);
  });

  test('ends the job where it asks for that', async () => {
    const { ended, order: made } = run({ sh: `${talk}; sleep 60`, outputLimitPolicy: 'fail' });
    expect(await ended).toMatchObject({ stopped: 'output_limit', survivors: [] });
    expect(readFileSync(made.log).length).toBeLessThanOrEqual(limit);
  });

  test('within the limit ends nothing', async () => {
    const { ended } = run({ sh: 'head -c 99000 /dev/zero', outputLimitPolicy: 'fail' });
    expect(await ended).toMatchObject({ exitCode: 0, stopped: null, cutBytes: 0 });
  });

  test('makes the job wait where it asks for that, and loses nothing that was read (F42)', async () => {
    const { ended, order: made } = run({
      sh: `head -c 5000000 /dev/zero | tr '\\0' 'x' | fold -w 99`,
      outputLimitPolicy: 'throttle',
      outputLimitBytes: 2_000_000,
      timeoutMs: 1500,
    });
    const end = await ended;
    expect(end).toMatchObject({ timedOut: true, cutBytes: 0 });
    expect(await output({ ...made })).toContain('stdout: xxx');
    const text = readFileSync(made.log, 'latin1');
    expect(text).toContain('--- the limit of 2000000 bytes is reached: the job waits ---');
    expect(text.length).toBeLessThanOrEqual(2_000_000);
    expect(text.length).toBe(end.bytes);
  });
});

/** Whether this environment lets a file system be mounted. */
function mounted(place: string, size: string): boolean {
  mkdirSync(place, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', place]).status === 0;
}

/** The last line states what was lost, to the byte, in the file and through its index. */
async function expectMark(log: string, end: Ended): Promise<void> {
  const text = readFileSync(log, 'latin1');
  const mark = text.slice(text.lastIndexOf('\n---') + 1);
  expect(mark).toBe(`--- truncated: no space (${end.cutBytes} bytes lost) ---\n`);
  expect(text.length - mark.length + end.cutBytes).toBe(end.bytes);
  const reader = await LogReader.open(log);
  expect(await reader?.state()).toMatchObject({ complete: true });
  expect(await reader?.tail(1)).toMatchObject([{ stream: 'system', text: mark.trimEnd() }]);
  await reader?.close();
}

describe('no space for the log', () => {
  test.runIf(linux)('leaves the job alone, and the log says so at its end (F18)', async () => {
    const place = join(folder, 'small');
    const isSmall = mounted(place, '1m');
    try {
      const log = join(place, '1.log');
      // Where nothing can be mounted, a device that is always full stands in: no mark finds room there.
      if (!isSmall) symlinkSync('/dev/full', log);
      const { ended } = run({
        sh: `${talk}; ${talk}; ${talk}; ${talk}; ${talk}; exit 5`,
        log,
        outputLimitBytes: 10_000_000,
      });
      const end = await ended;
      expect(end).toMatchObject({ exitCode: 5, stopped: null, logError: 'ENOSPC' });
      if (isSmall) await expectMark(log, end);
    } finally {
      if (isSmall) execFileSync('umount', ['-l', place]);
    }
  });
});
