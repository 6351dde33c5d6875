import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { dependencyModes, type DependencyMode } from '../model/dependency.ts';
import { toUuid } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { FinalState } from '../model/run.ts';
import { FlowBed } from './test-flow.ts';

const states: readonly FinalState[] = ['failed', 'timed_out', 'cancelled', 'lost'];

describe.each(['SQLite', 'PostgreSQL'] as const)('chains on %s', (database) => {
  let bed: FlowBed;
  beforeAll(async () => {
    bed = await FlowBed.open(database, inject('postgresUrl'));
  });
  afterAll(() => bed.close());

  async function diamond(mode: DependencyMode): Promise<Record<'a' | 'b' | 'c' | 'd', Job>> {
    const a = await bed.job();
    const b = await bed.job({}, { mode, jobs: [a] });
    const c = await bed.job({}, { mode, jobs: [a] });
    const d = await bed.job({}, { mode, jobs: [b, c] });
    return { a, b, c, d };
  }

  test('a diamond: B and C live at the same time, D starts once, after both (R-120, R-121)', async () => {
    const { a, b, c, d } = await diamond('all_success');
    const run = await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    const claims = await bed.claim();
    expect(claims.map(({ jobId }) => jobId).toSorted((x, y) => x - y)).toEqual([b.id, c.id]);
    const [first, second] = claims;
    const done = (claim: typeof first) =>
      bed.store.dispatch.finish(claim === undefined ? [] : [{ ...ended(claim), fence: claim.fence }]);
    await done(first);
    expect(await bed.runsOf(d)).toEqual([]);
    await done(second);
    const [made, ...more] = await bed.runsOf(d);
    expect(more).toEqual([]);
    expect(made).toMatchObject({ trigger: 'dependency', state: 'queued', causeRunId: second?.runId });
    await bed.end(new Map([[d, 'succeeded']]));
    expect([...(await bed.standing(run)).values()]).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
  });

  const ended = (claim: { readonly runId: number; readonly fence: number }) => ({
    runId: claim.runId,
    fence: claim.fence,
    outcome: 'succeeded' as const,
    state: 'succeeded' as const,
    retryAt: null,
    reason: null,
    exitCode: 0,
    signal: null,
    failure: null,
    result: null,
  });

  /** Who fails, and what then becomes of B, C and D. */
  const expected: Readonly<Record<DependencyMode, Readonly<Record<'a' | 'b' | 'bc', readonly string[]>>>> = {
    all_success: {
      a: ['dependency', 'dependency', 'dependency'],
      b: ['failed', 'succeeded', 'dependency'],
      bc: ['failed', 'failed', 'dependency'],
    },
    any_success: {
      a: ['dependency', 'dependency', 'dependency'],
      b: ['failed', 'succeeded', 'succeeded'],
      bc: ['failed', 'failed', 'dependency'],
    },
    all_complete: {
      a: ['succeeded', 'succeeded', 'succeeded'],
      b: ['failed', 'succeeded', 'succeeded'],
      bc: ['failed', 'failed', 'succeeded'],
    },
  };
  const failing = { a: ['a'], b: ['b'], bc: ['b', 'c'] } as const;

  describe.each(dependencyModes)('of mode %s', (mode) => {
    test.each(['a', 'b', 'bc'] as const)('when %s fails, what hangs on it is as it must be (R-122)', async (who) => {
      for (const state of states) {
        const jobs = await diamond(mode);
        const failed = new Set(failing[who].map((name) => jobs[name].id));
        const run = await bed.begin(jobs.a);
        await bed.carryOn((jobId) => (failed.has(jobId) ? state : 'succeeded'));
        const standing = await bed.standing(run);
        const wanted = expected[mode][who].map((word) => (word === 'failed' ? state : word));
        expect([jobs.b, jobs.c, jobs.d].map(({ id }) => standing.get(id))).toEqual(wanted);
        for (const name of ['b', 'c', 'd'] as const) {
          const runs = await bed.runsOf(jobs[name]);
          const isStarted = wanted[['b', 'c', 'd'].indexOf(name)] !== 'dependency';
          expect(runs).toHaveLength(isStarted ? 1 : 0);
          expect(await bed.told(jobs[name])).toHaveLength(isStarted ? 0 : 1);
        }
      }
    });
  });

  test('tells every job downstream which run had failed, however far up that was', async () => {
    const a = await bed.job({ name: 'extract' });
    const b = await bed.job({}, { jobs: [a] });
    const c = await bed.job({}, { jobs: [b] });
    const run = await bed.begin(a);
    await bed.end(new Map([[a, 'failed']]));
    for (const job of [b, c])
      expect(await bed.told(job)).toMatchObject([
        {
          trigger: 'dependency',
          reason: 'dependency',
          cause_run_id: toUuid(run),
          cause_job_id: toUuid(a),
          text: 'extract failed, so this could not run.',
        },
      ]);
  });

  test('any_success starts after the first success and not again', async () => {
    const { a, b, c, d } = await diamond('any_success');
    await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    await bed.end(
      new Map([
        [b, 'succeeded'],
        [c, 'failed'],
      ]),
    );
    await bed.carryOn(() => 'succeeded');
    expect(await bed.runsOf(d)).toHaveLength(1);
  });

  test('a run that waits for its next attempt has not ended', async () => {
    const a = await bed.job();
    const b = await bed.job({}, { jobs: [a] });
    await bed.begin(a);
    const [claim] = await bed.claim();
    if (claim === undefined) throw new Error('Nothing waits.');
    const retryAt = bed.clock.wall();
    await bed.store.dispatch.finish([
      { ...ended(claim), outcome: 'failed', state: null, retryAt, reason: 'retry_delay' },
    ]);
    expect(await bed.told(b)).toEqual([]);
    await bed.end(new Map([[a, 'succeeded']]));
    expect(await bed.runsOf(b)).toHaveLength(1);
  });

  test('yesterday’s success does not serve today (R-123)', async () => {
    const [a, b] = [await bed.job(), await bed.job()];
    const c = await bed.job({}, { jobs: [a, b], windowSeconds: 3600 });
    await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    bed.clock.advance(86_400_000);
    await bed.begin(b);
    await bed.end(new Map([[b, 'succeeded']]));
    expect(await bed.runsOf(c)).toEqual([]);
    bed.clock.advance(600_000);
    await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    expect(await bed.runsOf(c)).toHaveLength(1);
    // What has served once is used: B is waited for again.
    bed.clock.advance(60_000);
    await bed.begin(a);
    await bed.end(
      new Map([
        [a, 'succeeded'],
        [c, 'succeeded'],
      ]),
    );
    expect(await bed.runsOf(c)).toHaveLength(1);
  });

  test('what a gate of its own refuses is told with its reason, and those behind it with its name', async () => {
    const a = await bed.job();
    const b = await bed.job({ name: `paused one ${database}` }, { jobs: [a] }, { active: false });
    const c = await bed.job({}, { jobs: [b] });
    const all = await bed.job({}, { mode: 'all_complete', jobs: [b, c] });
    const run = await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    const standing = await bed.standing(run);
    expect([b, c, all].map(({ id }) => standing.get(id))).toEqual(['paused', 'dependency', 'open']);
    expect(await bed.told(c)).toMatchObject([
      {
        cause_run_id: null,
        cause_job_id: toUuid(b),
        text: `paused one ${database} was not started, so this could not run.`,
      },
    ]);
    await bed.end(new Map([[all, 'succeeded']]));
  });

  test('results are passed as parameters; a value that is needed and not there is told, with the run that lacks it', async () => {
    const needs = (overrides: object) => ({
      parameters: [
        {
          name: 'file',
          type: 'string' as const,
          required: true,
          default: null,
          choices: null,
          pattern: null,
          description: null,
          ...overrides,
        },
      ],
    });
    const a = await bed.job({ name: `dump ${database}` });
    const reference = { id: a.id, createdAt: a.createdAt };
    const pass = (field: string) => [{ parameter: 'file', job: reference, field }];
    const b = await bed.job(needs({}), { jobs: [a], pass: pass('files.0') });
    const c = await bed.job(needs({ default: 'none' }), { jobs: [a], pass: pass('other') });
    const d = await bed.job(needs({}), { jobs: [a], pass: pass('other') });
    const e = await bed.job({}, { jobs: [d] });
    const run = await bed.begin(a);
    const claim = (await bed.claim()).find(({ runId }) => runId === run.id);
    if (claim === undefined) throw new Error('Nothing waits.');
    await bed.store.dispatch.finish([{ ...ended(claim), result: { files: ['/backup/1'] } }]);

    expect((await bed.runsOf(b)).map(({ parameters }) => parameters)).toEqual([{ file: '/backup/1' }]);
    expect((await bed.runsOf(c)).map(({ parameters }) => parameters)).toEqual([{ file: 'none' }]);
    expect(await bed.runsOf(d)).toEqual([]);
    expect(await bed.told(d)).toMatchObject([
      {
        reason: 'no_value',
        cause_run_id: toUuid(run),
        cause_job_id: toUuid(a),
        text: `dump ${database} left no value that this needs, so it could not run.`,
      },
    ]);
    expect(await bed.told(e)).toMatchObject([{ reason: 'dependency', cause_job_id: toUuid(d), cause_run_id: null }]);
    await bed.carryOn(() => 'succeeded');
  });

  test('overlap refuses a dependent whose earlier run lives, naming that run', async () => {
    const a = await bed.job();
    const b = await bed.job({ overlap: 'skip', maxConcurrent: 1 }, { jobs: [a] });
    await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    const [first] = await bed.claim();
    await bed.begin(a);
    await bed.end(new Map([[a, 'succeeded']]));
    expect(await bed.told(b)).toMatchObject([{ reason: 'overlap' }]);
    if (first !== undefined) await bed.store.dispatch.finish([ended(first)]);
  });

  test('of two chains that end in one batch the newest waits under queue_one, and what hung on the older is told', async () => {
    const a = await bed.job();
    const b = await bed.job({ overlap: 'queue_one', maxConcurrent: 1 }, { jobs: [a] });
    const c = await bed.job({}, { jobs: [b] });
    await bed.begin(a);
    await bed.begin(a);
    const claims = (await bed.claim()).filter(({ jobId }) => jobId === a.id);
    await bed.store.dispatch.finish(claims.map(ended));
    const runs = await bed.runsOf(b);
    expect(runs.map(({ state, reason }) => [state, reason])).toEqual([
      ['cancelled', 'superseded'],
      ['queued', 'overlap'],
    ]);
    expect(await bed.told(c)).toMatchObject([{ reason: 'dependency', cause_run_id: toUuid(runs[0] ?? a) }]);
    await bed.carryOn(() => 'succeeded');
  });

  test('a waiting run that is cancelled settles what hangs on it', async () => {
    const a = await bed.job();
    const b = await bed.job({}, { jobs: [a] });
    const run = await bed.begin(a);
    await bed.store.runs.endWaiting([run.id], { state: 'cancelled', reason: 'cancel_requested', by: 'mei' });
    expect(await bed.told(b)).toMatchObject([{ reason: 'dependency', cause_run_id: toUuid(run) }]);
  });

  test('what breaks between the end and its dependents leaves neither', async () => {
    const a = await bed.job();
    const b = await bed.job({}, { jobs: [a] });
    const run = await bed.begin(a);
    const [claim] = await bed.claim();
    if (claim === undefined) throw new Error('Nothing waits.');
    const broken = bed.store.transaction(async (tables) => {
      await tables.dispatch.finish([ended(claim)]);
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    expect((await bed.run(run.id)).state).toBe('starting');
    expect(await bed.runsOf(b)).toEqual([]);
    await bed.store.dispatch.finish([ended(claim)]);
    expect(await bed.runsOf(b)).toHaveLength(1);
    await bed.carryOn(() => 'succeeded');
  });

  test(
    'two workers that end the last two prerequisites at the same moment start their job once',
    { timeout: 60_000 },
    async () => {
      const other = await bed.another();
      const flows: Awaited<ReturnType<typeof diamond>>[] = [];
      for (let nth = 0; nth < 25; nth += 1) flows.push(await diamond('all_success'));
      for (const { a } of flows) await bed.begin(a);
      await bed.store.dispatch.finish((await bed.claim()).map(ended));
      const claims = await bed.claim();
      const of = (name: 'b' | 'c') => claims.filter(({ jobId }) => flows.some((flow) => flow[name].id === jobId));
      // Each pair by both, and all of one batch against the other in opposite orders.
      await Promise.all([
        bed.store.dispatch.finish(of('b').slice(0, 10).map(ended)),
        other.dispatch.finish(of('c').slice(0, 10).toReversed().map(ended)),
        ...of('b')
          .slice(10)
          .map((claim) => bed.store.dispatch.finish([ended(claim)])),
        ...of('c')
          .slice(10)
          .map((claim) => other.dispatch.finish([ended(claim)])),
      ]);
      for (const { d } of flows) expect(await bed.runsOf(d)).toHaveLength(1);
      await bed.carryOn(() => 'succeeded');
    },
  );
});
