import { afterAll, describe, expect, test } from 'vitest';
import type { JobDefinition } from '../model/job.ts';
import type { JobFunction } from './function.ts';
import { Workshop, type AttemptOptions, type Attempted } from './test-attempt.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

async function call(work: JobFunction | null, options: AttemptOptions = {}): Promise<Attempted> {
  const functions = new Map(work === null ? [] : [['work', work]]);
  const definition = { type: 'function', config: { name: 'work' }, killGraceSeconds: 0.1 } as Partial<JobDefinition>;
  return workshop.attempt(definition, { ...options, ports: { functions, ...options.ports } });
}

describe('a function', () => {
  test('gets its parameters and answers with a result', async () => {
    const { outcome, log, progress } = await call(
      (context) => {
        context.log(`for ${context.occurrenceKey.slice(0, 10)} ${String(context.parameters['x'])}`);
        context.progress(0.5, 'half');
        return { rows: 3, at: undefined };
      },
      { context: { parameters: { x: 7 } } },
    );
    expect(outcome).toMatchObject({ outcome: 'succeeded', result: { rows: 3 }, exitCode: null });
    expect(log).toBe('stdout: for schedule-1 7');
    expect(progress).toMatchObject([{ fraction: 0.5, message: 'half' }]);
  });

  test('leaves files by name: text, bytes or a stream of them (R-194)', async () => {
    const left: string[] = [];
    const { outcome, progress } = await call(async (context) => {
      await context.artifact('a/report.txt', 'hello');
      await context.artifact(
        'b.bin',
        (async function* () {
          yield Buffer.from([1]);
          yield Buffer.from([2, 3]);
        })(),
      );
      for (const [name, code] of [
        ['a/report.txt', 'conflict'],
        ['../x', 'invalid'],
      ] as const)
        await context
          .artifact(name, 'x')
          .catch((error: unknown) => left.push(`${(error as { code: string }).code} ${code}`));
      context.progress(0.5, 'half', { phase: 'load', items: { done: 1 } });
      return { items: { ok: 2 } };
    });
    expect(outcome).toMatchObject({ outcome: 'succeeded', leftArtifacts: true });
    expect(left).toEqual(['conflict conflict', 'invalid invalid']);
    expect(progress).toMatchObject([{ fraction: 0.5, phase: 'load', items: { done: 1 } }]);
    expect((await call(() => 1)).outcome.leftArtifacts).toBeUndefined();
  });

  test('that nobody registered fails, and is not pretended', async () => {
    const { outcome, started } = await call(null);
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: 'function_missing',
      retryable: false,
      failure: { category: 'config_error' },
    });
    expect(started).toBe(0);
  });

  test('that throws fails with its message and stack', async () => {
    const { outcome } = await call(() => {
      throw new Error('rate limit reached');
    });
    expect(outcome).toMatchObject({
      outcome: 'failed',
      failure: { category: 'api_limit', message: 'rate limit reached' },
    });
    expect(outcome.failure?.detail).toContain('function.test.ts');
  });

  test('may report how it failed and when to come again', async () => {
    const { outcome } = await call(async () => ({
      success: false,
      errorMessage: 'renew the token',
      retryable: false,
      retryAfterSeconds: 60,
      category: 'auth_error',
      resultData: { status: 'expired' },
    }));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      retryable: false,
      retryAfterMs: 60_000,
      result: { status: 'expired' },
      failure: { category: 'auth_error', message: 'renew the token' },
    });
    expect((await call(() => ({ success: true, resultData: [1] }))).outcome).toMatchObject({
      outcome: 'succeeded',
      result: [1],
    });
  });

  test('whose result cannot be written fails', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect((await call(() => circle)).outcome.outcome).toBe('failed');
  });

  test('is told of its time limit, and left behind when it does not heed it', async () => {
    let reason: unknown;
    const heeds = await call(
      ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve((reason = signal.reason)))),
      { context: { timeoutMs: 50 } },
    );
    expect(heeds.outcome).toMatchObject({ outcome: 'timed_out', failure: { category: 'timeout' } });
    expect(reason).toBe('timed_out');
    const deaf = await call(() => new Promise(() => undefined), { context: { timeoutMs: 50 } });
    expect(deaf.outcome.outcome).toBe('timed_out');
  });

  test('is told when it is cancelled', async () => {
    const controller = new AbortController();
    const { outcome } = await call(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
      { context: { signal: controller.signal, onStarted: () => setImmediate(() => controller.abort('cancelled')) } },
    );
    expect(outcome).toMatchObject({ outcome: 'cancelled', reason: 'cancel_requested' });
  });
});
