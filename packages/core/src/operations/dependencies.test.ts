import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DependsOn } from '../model/dependency.ts';
import type { Job } from '../model/job.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('dependencies on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  const after = (jobs: readonly Job[], more: Partial<DependsOn> = {}): DependsOn => ({
    mode: 'all_success',
    jobs: jobs.map(({ id, createdAt }) => ({ id, createdAt })),
    windowSeconds: null,
    ...more,
  });
  const make = async (name: string, upstreams: readonly Job[] = []): Promise<Job> => {
    const dependsOn = upstreams.length === 0 ? null : after(upstreams);
    return (await home.operations.jobs.create(script({ name, dependsOn }), mei)).job;
  };
  const waitFor = (job: Job, upstreams: readonly Job[]) =>
    home.operations.jobs.change(job.id, { dependsOn: after(upstreams) }, mei, null);
  const linesOf = async (job: Job) => (await home.store.dependencies.of([job.id])).map(({ upstreamId }) => upstreamId);

  test('keeps the lines of a job as its definition has them (R-118)', async () => {
    const [first, second] = [await make('l first'), await make('l second')];
    const job = await make('l job', [first]);
    expect(await linesOf(job)).toEqual([first.id]);
    await home.operations.jobs.change(
      job.id,
      { dependsOn: after([second], { mode: 'any_success', windowSeconds: 60 }) },
      mei,
      null,
    );
    expect(await home.store.dependencies.of([job.id])).toEqual([
      { jobId: job.id, upstreamId: second.id, mode: 'any_success', windowMs: 60_000 },
    ]);
    await home.operations.jobs.change(job.id, { dependsOn: null }, mei, null);
    expect(await linesOf(job)).toEqual([]);
  });

  test('refuses a way round, also of one job, with the names on it (R-119, SEC-C14)', async () => {
    const a = await make('c A');
    const b = await make('c B', [a]);
    const c = await make('c C', [b]);
    const error = await refusal(waitFor(a, [c]));
    expect(error.code).toBe('dependency_cycle');
    expect(error.details['path']).toEqual(['c A', 'c C', 'c B', 'c A']);
    expect(error.fields[0]?.path).toBe('depends_on.jobs');
    expect((await refusal(waitFor(a, [a]))).details['path']).toEqual(['c A', 'c A']);
    expect(await linesOf(a)).toEqual([]);
  });

  test('refuses a way round that two people would close together', async () => {
    const [a, b] = [await make('r A'), await make('r B')];
    const ends = await Promise.allSettled([waitFor(a, [b]), waitFor(b, [a])]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect([...(await linesOf(a)), ...(await linesOf(b))]).toHaveLength(1);
  });

  test('refuses jobs that are not there, twice the same, none, and too many', async () => {
    const [gone, there] = [await make('u gone'), await make('u there')];
    await home.operations.jobs.remove(gone.id, mei);
    const fields = async (dependsOn: DependsOn) =>
      (await refusal(home.operations.jobs.create(script({ dependsOn }), mei))).fields.map(({ path }) => path);
    expect(await fields(after([there, gone]))).toEqual(['depends_on.jobs.1']);
    expect(await fields(after([{ ...there, createdAt: there.createdAt + 1 }]))).toEqual(['depends_on.jobs.0']);
    expect(await fields(after([there, there]))).toEqual(['depends_on.jobs']);
    expect(await fields(after([]))).toEqual(['depends_on.jobs']);
    const many = Array.from({ length: 101 }, (_, at) => ({ ...there, id: there.id + at }));
    expect(await fields(after(many))).toEqual(['depends_on.jobs']);
    expect(await fields(after([there], { windowSeconds: 0 }))).toEqual(['depends_on.window_seconds']);
    const passed = (job: Job, field: string) => ({
      parameter: 'file',
      job: { id: job.id, createdAt: job.createdAt },
      field,
    });
    expect(await fields(after([there], { pass: [passed(gone, 'a..b')] }))).toEqual([
      'depends_on.pass.0.parameter',
      'depends_on.pass.0.job_id',
      'depends_on.pass.0.field',
    ]);
  });

  test('keeps a job that others wait for, unless it is forced (R-126)', async () => {
    const [a, b] = [await make('d A'), await make('d B')];
    const one = await make('d one', [a, b]);
    const two = await make('d two', [a]);
    const error = await refusal(home.operations.jobs.remove(a.id, mei));
    expect(error.code).toBe('dependents_exist');
    expect(error.message).toBe('d one, d two wait for d A. Change them, or force it.');
    await home.operations.jobs.remove(a.id, mei, { force: true });
    expect(await linesOf(one)).toEqual([b.id]);
    expect((await home.operations.jobs.get(one.id)).job).toMatchObject({
      version: 2,
      definition: { dependsOn: after([b]) },
    });
    expect((await home.operations.jobs.get(two.id)).job.definition.dependsOn).toBeNull();
  });

  test('brings a job back from the bin without what has gone meanwhile', async () => {
    const [a, b] = [await make('b A'), await make('b B')];
    const job = await make('b job', [a, b]);
    await home.operations.jobs.remove(job.id, mei);
    expect(await linesOf(job)).toEqual([]);
    await home.operations.jobs.remove(a.id, mei);
    await home.operations.jobs.restore(job.id, mei);
    expect(await linesOf(job)).toEqual([b.id]);
  });

  test('tells the graph: every job after what it waits for, around one job and clipped (R-125)', async () => {
    const a = await make('g A');
    const b = await make('g B', [a]);
    const c = await make('g C', [a]);
    const d = await make('g D', [c, b]);
    const far = await make('g far', [d]);
    const { nodes, edges } = await home.operations.graph.graph({ jobId: a.id });
    expect(nodes.map(({ summary }) => summary.job.id)).toEqual([a, b, c, d, far].map(({ id }) => id));
    expect(edges.map(({ upstreamId, jobId }) => [upstreamId, jobId])).toEqual([
      [a.id, b.id],
      [a.id, c.id],
      [b.id, d.id],
      [c.id, d.id],
      [d.id, far.id],
    ]);
    const near = await home.operations.graph.graph({ jobId: d.id, depth: 1 });
    expect(near.nodes.map(({ summary }) => summary.job.id)).toEqual([b, c, d, far].map(({ id }) => id));
    expect(await home.operations.graph.graph({ jobId: a.id, limit: 2 })).toMatchObject({ clipped: true });
  });
});
