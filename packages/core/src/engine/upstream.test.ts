import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import type { FunctionContext } from '../handlers/function.ts';
import { toUuid } from '../model/id.ts';
import { beginsDirectly, type Job, type JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../system/pause.ts';
import * as factories from '../testing/factories.ts';
import { realEngine } from './test-real-engine.ts';

const places = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
] as const;

const extract = `import { writeFileSync } from 'node:fs';
writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ rows: 42, upstream: process.env.JTP_UPSTREAM_FILE ?? null }));`;
const load = `import { copyFileSync } from 'node:fs';
copyFileSync(process.env.JTP_UPSTREAM_FILE, process.env.JTP_RESULT_FILE);`;

describe.each(places)('what predecessors came to, on %s', (_, place) => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function job(store: Store, definition: object, after: readonly Job[] = []): Promise<Job> {
    const [id = 0] = await store.ids(1);
    const jobs = after.map((each) => ({ id: each.id, createdAt: each.createdAt }));
    const dependsOn = jobs.length === 0 ? null : { mode: 'all_success', jobs, windowSeconds: null };
    const made = factories.job({
      id,
      createdAt: await store.now(),
      definition: { dependsOn, ...definition } as Partial<JobDefinition>,
    });
    await store.jobs.insert(made, null);
    return made;
  }

  async function endOf(store: Store, { id: jobId }: Job): Promise<Run> {
    for (let tries = 0; tries < 600; tries += 1) {
      const [run] = (await store.runs.list({ jobId }, { limit: 1 })).items;
      if (run !== undefined && run.endedAt !== null) return run;
      await pause(50);
    }
    throw new Error('The run did not end.');
  }

  test('reaches a process by its file and a function by its context', { timeout: 60_000 }, async () => {
    const folder = freshDir('jtp-upstream');
    closing.push(() => folder.remove());
    mkdirSync(join(folder.path, 'scripts'));
    writeFileSync(join(folder.path, 'scripts', 'extract.mjs'), extract);
    writeFileSync(join(folder.path, 'scripts', 'load.mjs'), load);
    const fresh = place === null ? null : await place();
    if (fresh !== null) closing.push(() => fresh.drop());
    const functions = new Map([['tell', ({ upstream }: FunctionContext) => upstream]]);
    const url = fresh?.url ?? `sqlite:${folder.path}/jtp.db`;
    const { engine, store } = await realEngine({ url, folder: folder.path, functions });
    closing.push(async () => {
      await engine.stop({ now: true });
      await store.close();
    });

    const script = (name: string) => ({ name, config: { script: `${name}.mjs`, args: [], env: {}, workingDir: null } });
    const first = await job(store, script('extract'));
    const second = await job(store, script('load'), [first]);
    const third = await job(store, { name: 'tell', type: 'function', config: { name: 'tell' } }, [first, second]);
    const [id = 0] = await store.ids(1);
    const createdAt = await store.now();
    const direct = beginsDirectly(first.definition);
    const begun = factories.newRun({ id, jobId: first.id, createdAt, availableAt: createdAt, direct });
    await store.runs.insert([{ ...begun, trigger: 'schedule' }]);
    await engine.start();

    const told = await endOf(store, third);
    expect([told.state, told.failure]).toEqual(['succeeded', null]);
    const [a, b] = [await endOf(store, first), await endOf(store, second)];
    const extracted = { rows: 42, upstream: null };
    expect(a.result).toEqual(extracted);
    expect(b.result).toEqual({ extract: { run_id: toUuid(a), state: 'succeeded', result: extracted } });
    expect(told.result).toEqual({
      extract: { runId: toUuid(a), state: 'succeeded', result: extracted },
      load: { runId: toUuid(b), state: 'succeeded', result: b.result },
    });
  });
});
