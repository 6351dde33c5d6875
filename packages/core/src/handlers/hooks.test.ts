import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Hooks } from '../model/job.ts';
import { Workshop, type AttemptOptions, type Attempted } from './test-attempt.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
workshop.script('before.sh', 'echo before');
workshop.script('refuses.sh', 'echo no; exit 3');
workshop.script('main.sh', 'echo "main $*"');
workshop.script('fails.sh', 'echo main >&2; exit 7');
workshop.script('after.sh', 'echo "after $JTP_OUTCOME ${JTP_EXIT_CODE-none}"');
const waits = join(workshop.folder, 'waits');
workshop.script('waits.sh', `echo waiting; : >'${waits}'; exec sleep 60`);

const run = (script: string, hooks: Partial<Hooks>, options: AttemptOptions = {}): Promise<Attempted> =>
  workshop.attempt(
    {
      type: 'script',
      config: { script, args: ["it's", '$HOME', '; id'], env: {}, workingDir: null },
      hooks: { before: null, after: null, ...hooks },
      killGraceSeconds: 5,
    },
    options,
  );
const said = ({ log }: Attempted): readonly string[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('stdout: '))
    .map((line) => line.slice(8));

describe('hooks', () => {
  test('run before and after the main process, in its log, and its arguments are as they were (R-088)', async () => {
    const attempted = await run('main.sh', { before: 'before.sh', after: 'after.sh' });
    expect(said(attempted)).toEqual(['before', "main it's $HOME ; id", 'after succeeded 0']);
    expect(attempted.outcome).toMatchObject({ outcome: 'succeeded', exitCode: 0, failure: null });
    expect(attempted.started).toBe(1);
  });

  test('a failing one before ends the run as failed, without the main process; the one after still runs (R-088)', async () => {
    const attempted = await run('main.sh', { before: 'refuses.sh', after: 'after.sh' });
    expect(said(attempted)).toEqual(['no', 'after before_failed 3']);
    expect(attempted.outcome).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      failure: { message: 'The hook refuses.sh ended with exit 3: the job itself was not started.' },
    });
  });

  test('the one after knows how the main process ended, and does not change it', async () => {
    workshop.script('after-fails.sh', 'echo "$JTP_OUTCOME $JTP_EXIT_CODE"; exit 9');
    const attempted = await run('fails.sh', { after: 'after-fails.sh' });
    expect(said(attempted)).toEqual(['failed 7']);
    expect(attempted.log).toContain('The hook after the job ended with exit 9.');
    expect(attempted.outcome).toMatchObject({ outcome: 'failed', exitCode: 7 });
    expect(attempted.outcome.failure?.message).toContain('Exit 7');
  });

  test('the one after runs within the grace when the time is over, and when somebody cancels', async () => {
    const late = await run('waits.sh', { after: 'after.sh' }, { context: { timeoutMs: 3000 } });
    expect(said(late)).toEqual(['waiting', 'after timed_out none']);
    expect(late.outcome.outcome).toBe('timed_out');
    rmSync(waits);
    const stop = new AbortController();
    const cancelled = run('waits.sh', { before: 'before.sh', after: 'after.sh' }, { context: { signal: stop.signal } });
    await expect.poll(() => existsSync(waits), { timeout: 10_000 }).toBe(true);
    stop.abort('cancelled');
    expect(said(await cancelled)).toEqual(['before', 'waiting', 'after cancelled none']);
    expect((await cancelled).outcome).toMatchObject({ outcome: 'cancelled', reason: 'cancel_requested' });
  });

  test('one that is not there starts nothing', async () => {
    const { outcome, started } = await run('main.sh', { before: 'absent.sh' });
    expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'script_missing' });
    expect(started).toBe(0);
  });

  test('are around a command, too', async () => {
    const attempted = await workshop.attempt({
      type: 'command',
      config: { argv: ['echo', 'main'], env: {}, workingDir: null },
      hooks: { before: 'before.sh', after: null },
    });
    expect(said(attempted)).toEqual(['before', 'main']);
  });
});
