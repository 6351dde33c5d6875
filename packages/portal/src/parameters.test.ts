/** Parameters as people and programs meet them: declared, checked by field, kept with the run, used again. */
import type { Problem } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('parameters on %s', (database) => {
  let portal: TestPortal;
  let job: string;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    const made = await portal.client.createJob({
      body: {
        name: 'report',
        type: 'script',
        config: { script: 'hello.sh' },
        overlap: 'allow',
        max_concurrent: null,
        worker_labels: ['moon'],
        parameters: [
          { name: 'month', required: true, pattern: '\\d{4}-\\d{2}', description: 'Of the report' },
          { name: 'copies', type: 'integer', default: 1 },
          { name: 'kind', choices: ['full', 'short'], default: 'short' },
          { name: 'dry', type: 'boolean' },
          { name: 'share', type: 'number' },
        ],
      },
    });
    job = made.id;
  });
  afterAll(() => portal.close());

  async function refusedFields(parameters: Record<string, string | number | boolean>): Promise<unknown> {
    const answer = await portal.raw(`/api/jobs/${job}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ parameters }),
    });
    const problem = (await answer.json()) as Problem;
    expect(answer.status).toBe(422);
    return Object.fromEntries((problem.errors ?? []).map(({ path, message }) => [path, message]));
  }
  const valuesOf = async (id: string) => (await portal.client.getRun({ params: { id } })).parameters;

  test('each wrong value is told of at its own field, all at once (R-055, R-090)', async () => {
    expect(await refusedFields({})).toEqual({ 'parameters.month': 'is needed' });
    expect(
      await refusedFields({ month: 'May', copies: 'two', kind: 'long', dry: 'perhaps', share: 'half', more: 1 }),
    ).toEqual({
      'parameters.more': 'is not declared by this job',
      'parameters.month': String.raw`does not match \d{4}-\d{2}`,
      'parameters.copies': 'is no integer',
      'parameters.kind': 'is none of full, short',
      'parameters.dry': 'is no boolean',
      'parameters.share': 'is no number',
    });
  });

  test('values are kept with the run in their types, and used again or changed (R-090, R-148)', async () => {
    const params = { id: job };
    const first = await portal.client.runJob({ params, body: { parameters: { month: '2030-01', copies: '2' } } });
    expect(await valuesOf(first.run_id)).toEqual({ month: '2030-01', copies: 2, kind: 'short' });
    await portal.client.runJob({ params, body: { parameters: { month: '2030-02', dry: true, share: 0.5 } } });
    await portal.client.cancelRun({ params: { id: first.run_id } });

    const same = await portal.client.retryRun({ params: { id: first.run_id } });
    expect(await valuesOf(same.run_id)).toEqual({ month: '2030-01', copies: 2, kind: 'short' });
    const body = { parameters: { month: '2030-03', kind: 'full' } };
    const other = await portal.client.retryRun({ params: { id: first.run_id }, body });
    expect(await valuesOf(other.run_id)).toEqual({ month: '2030-03', copies: 1, kind: 'full' });

    const { items } = await portal.client.jobParameters({ params });
    expect(items.map(({ values, runs, last_run }) => [values['month'], runs, last_run.id])).toEqual([
      ['2030-03', 1, other.run_id],
      ['2030-01', 2, same.run_id],
      ['2030-02', 1, expect.any(String)],
    ]);
  });

  test('what a job declares is shown with it, and a declaration that nothing could fit is refused', async () => {
    const { parameters } = await portal.client.getJob({ params: { id: job } });
    expect(parameters[0]).toEqual({
      name: 'month',
      type: 'string',
      required: true,
      default: null,
      choices: null,
      pattern: String.raw`\d{4}-\d{2}`,
      description: 'Of the report',
    });
    const wrong = [
      { name: 'a', type: 'integer' as const, choices: ['1', '2'] },
      { name: 'b', pattern: '[a-z]+', default: 'B' },
    ];
    await expect(portal.client.patchJob({ params: { id: job }, body: { parameters: wrong } })).rejects.toMatchObject({
      problem: {
        errors: [
          { path: 'parameters.0.choices', message: "'1' is no integer" },
          { path: 'parameters.1.default', message: 'does not match [a-z]+' },
        ],
      },
    });
  });
});
