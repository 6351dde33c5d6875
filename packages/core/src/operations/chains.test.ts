import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FlowBed } from '../flow/test-flow.ts';
import { defaultScriptRules } from '../handlers/script-file.ts';
import type { Job } from '../model/job.ts';
import { realSystem } from '../system/system.ts';
import { createOperations, type Operations } from './operations.ts';
import { mei } from './test-installation.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('a run of a chain that is repeated, on %s', (database) => {
  let bed: FlowBed;
  let operations: Operations;
  beforeAll(async () => {
    bed = await FlowBed.open(database, inject('postgresUrl'));
    operations = createOperations({
      store: bed.store,
      system: realSystem({ clock: bed.clock }),
      dataDir: '/nowhere',
      scriptsDir: '/nowhere',
      defaultTimezone: 'UTC',
      allowCommand: false,
      outgoingAllow: [],
      scriptRules: defaultScriptRules,
      retryDefaults: { maxAttempts: 1, delaySeconds: 0 },
    });
  });
  afterAll(() => bed.close());

  /** A, then B and a paused one, then C after B and another after the paused one; B fails. */
  async function broken() {
    const a = await bed.job();
    const b = await bed.job({}, { jobs: [a] });
    const c = await bed.job({}, { jobs: [b] });
    const paused = await bed.job({}, { jobs: [a] }, { active: false });
    const behind = await bed.job({}, { jobs: [paused] });
    const chain = await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    await bed.end(new Map([[b, 'failed']]));
    const standing = async (...jobs: readonly Job[]) => {
      const found = await bed.standing(chain);
      return jobs.map(({ id }) => found.get(id));
    };
    const [failed] = await bed.runsOf(b);
    if (failed === undefined) throw new Error('B did not run.');
    return { jobs: { a, b, c, paused, behind }, chain, failed, standing };
  }

  test('takes the place of the one that failed, and what was not started for its sake is open again', async () => {
    const { jobs, chain, failed, standing } = await broken();
    const { b, c, paused, behind } = jobs;
    expect(await standing(b, c, paused, behind)).toEqual(['failed', 'dependency', 'paused', 'dependency']);

    const again = await operations.runs.retry(failed, {}, mei);
    expect(await standing(b, c, paused, behind)).toEqual(['open', undefined, 'paused', 'dependency']);
    expect((await operations.chains.ofRun({ id: again.id, jobId: b.id }))?.chain).toEqual({
      id: chain.id,
      createdAt: chain.createdAt,
    });
    await bed.end(new Map([[b, 'succeeded']]));
    const [made, ...more] = await bed.runsOf(c);
    expect([made?.trigger, made?.causeRunId, more]).toEqual(['dependency', again.id, []]);
    await bed.end(new Map([[c, 'succeeded']]));
    expect(await standing(b, c, paused, behind)).toEqual(['succeeded', 'succeeded', 'paused', 'dependency']);
  });

  test('fails again, is told again, and goes on once it succeeds', async () => {
    const { jobs, failed, standing } = await broken();
    const { b, c } = jobs;
    const second = await operations.runs.retry(failed, {}, mei);
    await bed.end(new Map([[b, 'timed_out']]));
    expect(await standing(b, c)).toEqual(['timed_out', 'dependency']);
    expect(await bed.told(c)).toHaveLength(2);
    await operations.runs.retry(second, {}, mei);
    await bed.end(new Map([[b, 'succeeded']]));
    expect(await bed.runsOf(c)).toHaveLength(1);
    await bed.end(new Map([[c, 'succeeded']]));
  });

  test('of one that succeeded is only itself, unless it is asked for with downstream', async () => {
    const { jobs, failed } = await broken();
    const { b, c } = jobs;
    await operations.runs.retry(failed, {}, mei);
    await bed.carryOn(() => 'succeeded');
    expect(await bed.runsOf(c)).toHaveLength(1);

    const [, good] = await bed.runsOf(b);
    if (good === undefined) throw new Error('B did not run again.');
    const alone = await operations.runs.retry(good, {}, mei);
    await bed.carryOn(() => 'succeeded');
    expect(await bed.runsOf(c)).toHaveLength(1);
    expect(await operations.chains.ofRun({ id: alone.id, jobId: b.id })).toBeNull();

    bed.clock.advance(1000);
    const begun = await operations.runs.retry(good, { withDownstream: true }, mei);
    await bed.carryOn(() => 'succeeded');
    expect(await bed.runsOf(c)).toHaveLength(2);
    expect((await operations.chains.ofRun({ id: begun.id, jobId: b.id }))?.chain.id).toBe(begun.id);
  });
});
