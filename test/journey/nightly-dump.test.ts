/** Acceptance 6 of the flow's issue, its single step: a real database, dumped, pressed, checked, pruned and brought back. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { createClient, fetchTransport, type Client, type RunDetail } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jtp } from '../setup/jtp.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { openShop, pgLibrary, shopOf, shopRows, type Shop } from './shop-database.ts';

let portal: PortalProcess;
let shop: Shop;
let client: Client;
let token = '';
beforeAll(async () => {
  shop = await openShop();
  portal = await startPortal({
    administrator: true,
    prepare: async (dataDir) => {
      const scripts = join(dataDir, 'scripts');
      copyFileSync(join(import.meta.dirname, 'nightly-dump.mjs'), join(scripts, 'nightly-dump.mjs'));
      writeFileSync(join(scripts, 'disk-has-room.sh'), 'echo "room: $(df -P . | tail -1)"\n');
      writeFileSync(join(scripts, 'say-how.sh'), 'echo "ended $JTP_OUTCOME, exit $JTP_EXIT_CODE"\n');
      await Promise.resolve();
    },
  });
  const login = await createClient(fetchTransport({ base: portal.base })).login({ body: administrator });
  token = login.access_token;
  const headers = { authorization: `Bearer ${token}` };
  client = createClient(fetchTransport({ base: portal.base, headers, timeoutMs: 60_000 }));
});
afterAll(async () => {
  await portal?.stop();
  await shop?.drop();
});

async function runToEnd(id: string): Promise<RunDetail> {
  const { run_id } = await client.runJob({ params: { id }, body: {} });
  for (let tries = 0; tries < 1200; tries += 1) {
    const run = await client.getRun({ params: { id: run_id } });
    if (run.ended_at !== null) return run;
    await rest(100);
  }
  throw new Error('the run did not end');
}

async function download(run: string, artifact: string): Promise<Buffer> {
  const path = `/api/runs/${run}/artifacts/${artifact}?download=true`;
  const answer = await fetch(`${portal.base}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

test(
  'a nightly job dumps a real database, and what it keeps brings the database back (R-194, R-195, R-196)',
  { timeout: 240_000 },
  async () => {
    const job = await client.createJob({
      body: {
        name: 'nightly-dump',
        type: 'script',
        config: { script: 'nightly-dump.mjs', env: { DUMP_URL: shop.url, PG_LIBRARY: pgLibrary } },
        schedules: [{ kind: 'daily', times: ['02:30'], timezone: 'Asia/Hong_Kong' }],
        hooks: { before: 'disk-has-room.sh', after: 'say-how.sh' },
        artifacts: { keep: 3 },
      },
    });
    const runs: RunDetail[] = [];
    for (let night = 1; night <= 4; night += 1) runs.push(await runToEnd(job.id));
    const last = runs.at(-1);
    if (last === undefined) throw new Error('nothing ran');
    expect(runs.map(({ state, failure }) => [state, failure])).toEqual(runs.map(() => ['succeeded', null]));

    const { items } = await client.listArtifacts({ params: { id: last.id } });
    expect(items.map(({ name, kept }) => [name, kept])).toEqual([
      ['shop.sql.gz', true],
      ['shop.sql.gz.sha256', true],
    ]);
    const [dump] = items;
    const bytes = await download(last.id, dump?.id ?? '');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect([dump?.sha256, (last.result as { sha256: string }).sha256]).toEqual([sha256, sha256]);
    expect(last).toMatchObject({
      items: { rows: shopRows },
      progress: { percent: 100, phase: 'done', items: { rows: shopRows } },
    });
    expect(last.attempts[0]?.memory_peak_mb).toBeGreaterThan(10);
    expect(last.attempts[0]?.cpu_seconds).toBeGreaterThan(0);

    await expectBroughtBack(bytes);
    await expectPruned(runs, last, dump?.id ?? '');
    await expectTold(last);
    await expectSaved(last, bytes);
  },
);

/** The same rows in a database of its own. */
async function expectBroughtBack(bytes: Buffer): Promise<void> {
  const restored = await shopOf(gunzipSync(bytes).toString('utf8'));
  expect(await restored.content()).toEqual(await shop.content());
  await restored.drop();
}

/** Three versions are kept, the first night's is gone. */
async function expectPruned(runs: readonly RunDetail[], last: RunDetail, artifact_id: string): Promise<void> {
  const params = { id: last.id, artifact_id };
  const versions = await client.artifactVersions({ params, query: {} });
  expect(versions.items.map(({ run_id }) => run_id)).toEqual(
    runs
      .slice(1)
      .toReversed()
      .map(({ id }) => id),
  );
  expect((await client.listArtifacts({ params: { id: runs[0]?.id ?? '' } })).items).toEqual([]);
}

/** Hooks in the same log, and one id in the lines of portal and worker. */
async function expectTold(last: RunDetail): Promise<void> {
  const log = await client.runLog({ params: { id: last.id }, query: {} });
  const lines = log.items.map(({ text }) => text);
  expect([lines[0], lines.at(-1)]).toEqual([expect.stringMatching(/^room: /) as string, 'ended succeeded, exit 0']);

  const told = portal
    .said()
    .split('\n')
    .filter((line) => line.includes(last.id));
  for (const message of ['run requested', 'run claimed', 'attempt starting', 'artifacts kept', 'attempt ended'])
    expect(
      told.filter((line) => line.includes(`"message":"${message}"`)),
      message,
    ).toHaveLength(1);
}

/** The command line saves the same bytes, and another process still knows the progress after the portal's end. */
async function expectSaved(last: RunDetail, bytes: Buffer): Promise<void> {
  const folder = join(portal.dataDir, 'saved');
  mkdirSync(folder);
  const place = { cwd: folder, env: { JOB_PORTAL_DATA_DIR: portal.dataDir } };
  const saved = await jtp(['artifacts', 'get', 'nightly-dump', 'shop.sql.gz'], place);
  expect(saved, saved.stderr).toMatchObject({ status: 0, stdout: `${join(folder, 'shop.sql.gz')}\n` });
  expect(readFileSync(join(folder, 'shop.sql.gz')).equals(bytes)).toBe(true);
  const again = await jtp(['artifacts', 'get', last.id], place);
  expect(again).toMatchObject({ status: 4, stdout: '' });
  process.kill(portal.pid, 'SIGTERM');
  for (let tries = 0; tries < 200 && isAlive(portal.pid); tries += 1) await rest(100);
  const later = await jtp(['runs', 'get', last.id], place);
  expect(later.stdout).toContain('progress\t100 %, done, checked, rows 3500');
  expect(later.stdout).toMatch(/used\t[\d.]+ MB memory at most, [\d.]+ s of processor time/);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test(
  'a job reports about itself with jtp report, and outside of one that is refused (R-092)',
  { timeout: 60_000 },
  async () => {
    const folder = join(portal.dataDir, 'reporting');
    mkdirSync(join(folder, 'kept'), { recursive: true });
    writeFileSync(join(folder, 'out.csv'), 'a,b\n');
    const env = {
      JTP_PROGRESS_FILE: join(folder, 'progress'),
      JTP_RESULT_FILE: join(folder, 'result'),
      JTP_ARTIFACTS_DIR: join(folder, 'kept'),
    };
    const report = (...args: readonly string[]) => jtp(['report', ...args], { cwd: folder, env });
    expect(await report('progress', '0.42', 'loading', '--items', 'done=4,total=10')).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(await report('progress', '80%', '--phase', 'upload')).toMatchObject({ status: 0 });
    expect(
      readFileSync(env.JTP_PROGRESS_FILE, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { fraction: 0.42, message: 'loading', items: { done: 4, total: 10 } },
      { fraction: 0.8, phase: 'upload' },
    ]);
    expect(await report('result', '{"items":{"ok":1}}')).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(env.JTP_RESULT_FILE, 'utf8'))).toEqual({ items: { ok: 1 } });
    expect(await report('artifact', 'out.csv', '--name', 'day/1.csv')).toMatchObject({ status: 0 });
    expect(readFileSync(join(env.JTP_ARTIFACTS_DIR, 'day/1.csv'), 'utf8')).toBe('a,b\n');
    for (const wrong of [
      ['progress', '120%'],
      ['result', '{torn'],
      ['artifact', 'out.csv', '--name', '../x'],
    ])
      expect(await report(...wrong), wrong.join(' ')).toMatchObject({ status: 2 });
    const outside = await jtp(['report', 'progress', '1'], { cwd: folder });
    expect(outside).toMatchObject({ status: 2 });
    expect(outside.stderr).toContain('JTP_PROGRESS_FILE is not set');
  },
);
