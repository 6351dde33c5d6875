import { afterAll, expect, test } from 'vitest';
import { Workshop, type Attempted } from '../handlers/test-attempt.ts';
import { defineJobType } from './job-type.ts';
import { jobTypesOf } from './registry.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

const divides = defineJobType({
  id: 'divides',
  label: 'Divides',
  description: 'Divides two numbers.',
  schema: {
    type: 'object',
    properties: { by: { type: 'number' }, what: { type: 'number', default: 12 } },
    required: ['by'],
  },
  execute({ config, log, runId }) {
    log(`run ${runId.length}`);
    if (config.by === 0) throw new RangeError('no number is divided by nothing');
    return Promise.resolve({ quotient: config.what / config.by });
  },
  classify: (error, { by }) =>
    error instanceof RangeError && by === 0 ? { category: 'config_error', retryable: false } : null,
  summary: (result) => `it is ${(result as { quotient: number }).quotient}`,
});

const attempt = (config: Readonly<Record<string, unknown>>): Promise<Attempted> =>
  workshop.attempt({ type: 'divides', config }, { handlers: jobTypesOf([divides]).handlers() });

test('a type of code runs in this process, with its configuration, its log and one line about its result', async () => {
  const { outcome, log, progress } = await attempt({ by: 4 });
  expect(outcome).toMatchObject({ outcome: 'succeeded', result: { quotient: 3 } });
  expect(log).toBe('stdout: run 36');
  expect(progress).toMatchObject([{ fraction: 1, message: 'it is 3' }]);
});

test('what it throws is classified by the type itself', async () => {
  const { outcome, progress } = await attempt({ by: 0 });
  expect(outcome).toMatchObject({
    outcome: 'failed',
    retryable: false,
    failure: { category: 'config_error', message: 'no number is divided by nothing' },
  });
  expect(progress).toEqual([]);
});

test('a configuration that no longer fits starts nothing', async () => {
  const { outcome, started } = await attempt({});
  expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'config_refused' });
  expect(outcome.failure?.message).toBe('The job type divides does not take its configuration: config.by is needed.');
  expect(started).toBe(0);
});
