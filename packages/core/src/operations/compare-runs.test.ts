import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { LogWriter } from '../spawner/log-writer.ts';
import { runFiles } from '../spawner/log-path.ts';
import type { Reference } from '../model/id.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('comparing runs on %s', (database) => {
  let at: TestInstallation;
  beforeAll(async () => {
    at = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => at.close());

  /** A run that was carried out, as far as its record and its output tell. */
  async function ran(jobId: number, parameters: Record<string, string>, lines: readonly string[]): Promise<Reference> {
    const run = await at.operations.runs.start(jobId, { parameters }, mei);
    const log = new LogWriter({ path: runFiles(at.dataDir, run, 1).log, limitBytes: 100_000, clock: at.clock });
    log.write('stdout', Buffer.from(lines.map((line) => `${line}\n`).join('')));
    await log.end();
    await at.store.runs.endWaiting([run.id], { state: 'failed', reason: 'expired', by: null });
    at.clock.advance(1000);
    return run;
  }

  test('names what differs of definition, parameters, environment and output', async () => {
    const { job } = await at.operations.jobs.create(
      script({ parameters: [{ name: 'day' }], config: { script: 'hello.sh', env: { LEVEL: '1' } } }),
      mei,
    );
    const good = await ran(job.id, { day: 'Mon' }, ['begin', 'rows 10', 'end']);
    const config = { script: 'hello.sh', env: { LEVEL: '2' } };
    await at.operations.jobs.change(job.id, { config }, mei, null);
    const bad = await ran(job.id, { day: 'Tue' }, ['begin', 'no such table']);
    const compared = await at.operations.runs.compare(bad, { with: good });
    expect(compared.other?.id).toBe(good.id);
    expect(compared.definitions).toMatchObject({
      run: { config: { env: { LEVEL: '2' } } },
      other: { config: { env: { LEVEL: '1' } } },
    });
    expect(compared.parameters).toEqual([{ name: 'day', run: 'Tue', other: 'Mon' }]);
    expect(compared.environment).toEqual([
      { name: 'JTP_PARAM_DAY', run: 'Tue', other: 'Mon' },
      { name: 'LEVEL', run: '2', other: '1' },
    ]);
    expect(compared.log).toEqual({
      firstDifference: 2,
      lines: [
        { kind: 'same', line: 1, text: 'begin' },
        { kind: 'run', line: 2, text: 'no such table' },
        { kind: 'other', line: 2, text: 'rows 10' },
        { kind: 'other', line: 3, text: 'end' },
      ],
      more: false,
    });
  });

  test('says when nothing succeeded before, and refuses a run of another job', async () => {
    const [one, two] = [await at.operations.jobs.create(script(), mei), await at.operations.jobs.create(script(), mei)];
    const run = await ran(one.job.id, {}, []);
    const foreign = await ran(two.job.id, {}, []);
    expect((await at.operations.runs.compare(run, { with: 'last_success' })).other).toBeNull();
    const refused = await refusal(at.operations.runs.compare(run, { with: foreign }));
    expect([refused.code, refused.fields[0]?.path]).toEqual(['invalid', 'with']);
    const missing = await refusal(at.operations.runs.compare(run, { with: { ...run, id: run.id + 999_999 } }));
    expect(missing.code).toBe('not_found');
  });
});
