import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { artifactKey } from '../artifacts/artifact-store.ts';
import { FileArtifacts } from '../artifacts/file-artifacts.ts';
import { failed, succeeded, type HandlerOutcome } from '../handlers/handler.ts';
import type { Artifact, ArtifactPolicy } from '../model/artifact.ts';
import type { Run } from '../model/run.ts';
import type { Job } from '../model/job.ts';
import { finished } from '../testing/conformance/bed.ts';
import { Housekeeper } from './housekeeper.ts';
import { benchOf, type Place } from './test-bench.ts';

const day = 86_400_000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const policy = (overrides: Partial<ArtifactPolicy>): ArtifactPolicy => ({
  keep: null,
  days: null,
  maxFiles: null,
  maxBytes: null,
  ...overrides,
});
const failure = { category: 'script_error', message: 'Exit 1 after 0 s', detail: null } as const;

describe.each(places)('artifacts on %s', (_, place) => {
  const bench = benchOf(place);
  const bytes = (): FileArtifacts => new FileArtifacts(bench().folder);
  const artifactsOf = (run: Run): Promise<readonly Artifact[]> => bench().store.artifacts.ofRun(run);
  const isKept = async (artifact: Artifact): Promise<boolean> =>
    (await bytes().read(artifact, { from: 0, to: 1 })) !== null;
  const tidy = () => {
    const { store, system, settings, folder: dataDir } = bench();
    return bench().done(new Housekeeper({ store, system, settings, dataDir }).tick());
  };

  /** A run of the job that leaves files and ends so. */
  async function runLeaving(
    job: Job,
    files: Readonly<Record<string, string>>,
    outcome: HandlerOutcome = succeeded({ exitCode: 0 }),
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Run> {
    const run = await bench().runOf(job);
    const { worker, stage } = await bench().worker();
    const seen = stage.acts.length;
    void worker.tick();
    const act = await bench().until(() => stage.acts[seen]);
    const folder = act.context.files.artifacts;
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    await before();
    act.end({ ...outcome, leftArtifacts: true });
    await bench().done(worker.idle());
    expect(existsSync(folder)).toBe(false);
    return bench().read(run);
  }

  test('are kept before the end of a run is told, of one that failed too (R-194)', async () => {
    const { job } = await bench().job();
    const good = await runLeaving(job, { 'a.txt': 'hello', 'deep/b.csv': '1,2' });
    const bad = await runLeaving(job, { 'core.log': 'crash' }, failed(failure, { exitCode: 1 }));
    expect([good.state, bad.state]).toEqual(['succeeded', 'failed']);
    expect(await artifactsOf(good)).toMatchObject([
      { name: 'a.txt', attempt: 1, jobId: job.id, bytes: 5, problem: null },
      { name: 'deep/b.csv', bytes: 3 },
    ]);
    const [kept] = await artifactsOf(bad);
    if (kept === undefined) throw new Error('nothing was kept');
    const read = await bytes().read(kept, { from: 0, to: 5 });
    expect(read === null ? '' : (await buffer(read)).toString()).toBe('crash');
  });

  test('too much of them is a note in the run and no failure', async () => {
    const { job } = await bench().job({ artifacts: policy({ maxBytes: 4 }) });
    const run = await runLeaving(job, { 'big.bin': '12345', 'ok.txt': '1234' });
    expect(run.state).toBe('succeeded');
    expect(await artifactsOf(run)).toMatchObject([
      { name: 'big.bin', sha256: null, problem: 'It has 5 bytes; an attempt may keep 4.' },
      { name: 'ok.txt', problem: null },
    ]);
  });

  test('keep three of a name: the fourth removes the oldest, row and bytes (R-196)', async () => {
    const { job } = await bench().job({ artifacts: policy({ keep: 3 }) });
    const runs: Run[] = [];
    for (const version of ['1', '2', '3']) runs.push(await runLeaving(job, { 'dump.sql': version, once: version }));
    const [first] = runs;
    if (first === undefined) throw new Error('nothing ran');
    const [oldest] = await artifactsOf(first);
    if (oldest === undefined) throw new Error('nothing was kept');
    expect(await isKept(oldest)).toBe(true);
    const fourth = await runLeaving(job, { 'dump.sql': '4' });
    expect((await artifactsOf(first)).map(({ name }) => name)).toEqual(['once']);
    expect(await isKept(oldest)).toBe(false);
    const versions = await bench().store.artifacts.versions(job.id, 'dump.sql', { limit: 10 });
    expect(versions.items.map(({ runId }) => runId)).toEqual([fourth, runs[2], runs[1]].map((run) => run?.id));
  });

  test('of who has lost its lease leave nothing behind (P3)', async () => {
    const { job } = await bench().job();
    const run = await bench().runOf(job);
    const { worker, stage } = await bench().worker();
    void worker.tick();
    const act = await bench().until(() => stage.acts[0]);
    const { artifacts: folder } = act.context.files;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'late.txt'), 'late');
    const holder = (await bench().store.workers.list()).toSorted((a, b) => b.id - a.id)[0];
    if (holder === undefined) throw new Error('no worker');
    const { id: workerId, incarnation } = holder;
    const leases = await bench().store.dispatch.leasesOf({ workerId, incarnation });
    await bench().store.dispatch.finish(leases.map((lease) => finished(lease, { outcome: 'lost', state: 'lost' })));
    act.end({ ...succeeded(), leftArtifacts: true });
    await bench().done(worker.idle());
    expect(await artifactsOf(run)).toEqual([]);
    const stored: unknown[] = [];
    for await (const each of bytes().list()) if (each.of?.createdAt === run.createdAt) stored.push(each);
    expect(stored).toEqual([]);
    expect((await bench().read(run)).state).toBe('lost');
  });

  test('go after their days, with their run, and with their job', async () => {
    const { job } = await bench().job({ artifacts: policy({ days: 2 }) });
    const { job: other } = await bench().job();
    const [short, long] = [await runLeaving(job, { a: 'a' }), await runLeaving(other, { b: 'b' })];
    const [[one], [two]] = [await artifactsOf(short), await artifactsOf(long)];
    if (one === undefined || two === undefined) throw new Error('nothing was kept');
    bench().clock.advance(2 * day);
    await tidy();
    expect([await artifactsOf(short), await isKept(one)]).toEqual([[], false]);
    expect([(await artifactsOf(long)).length, await isKept(two)]).toEqual([1, true]);
    bench().clock.advance(29 * day);
    await tidy();
    expect([(await artifactsOf(long)).length, await isKept(two)]).toEqual([0, false]);
  });

  test('bytes without a row are swept after a day, half-written ones too, and those with a row stay', async () => {
    const { job } = await bench().job();
    const run = await runLeaving(job, { a: 'a' });
    const [kept] = await artifactsOf(run);
    if (kept === undefined) throw new Error('nothing was kept');
    const orphan = { id: kept.id + 1_000_000, createdAt: kept.createdAt };
    const young = { id: kept.id + 1_000_001, createdAt: kept.createdAt };
    const folder = join(bench().folder, 'artifacts');
    const pathOf = (key: string): string => join(folder, key);
    const now = (await bench().store.now()) / 1000;
    const write = (path: string, age: number): void => {
      writeFileSync(path, 'x');
      utimesSync(path, now - age, now - age);
    };
    write(pathOf(artifactKey(orphan)), 90_000);
    write(`${pathOf(artifactKey(orphan))}.part`, 90_000);
    write(pathOf(artifactKey(young)), 1000);
    utimesSync(pathOf(artifactKey(kept)), now - 90_000, now - 90_000);
    await tidy();
    const names = readdirSync(dirname(pathOf(artifactKey(kept)))).map(String);
    expect(names.toSorted()).toEqual([kept, young].map((of) => artifactKey(of).slice(11)).toSorted());
  });
});
