/** Acceptance 6 of the flow's issue: a chain of four jobs over a real database, one of them failing once each night. */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { createClient, fetchTransport, type Client, type Job, type RunDetail } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jtp } from '../setup/jtp.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { openShop, pgLibrary, shopOf, type Shop } from './shop-database.ts';

const steps = ['dump', 'compress', 'check', 'prune'] as const;
const keep = 2;
const live: readonly string[] = ['queued', 'starting', 'running'];

let portal: PortalProcess;
let shop: Shop;
let client: Client;
let token = '';
beforeAll(async () => {
  shop = await openShop();
  portal = await startPortal({
    administrator: true,
    prepare: async (dataDir) => {
      copyFileSync(join(import.meta.dirname, 'nightly-chain.mjs'), join(dataDir, 'scripts', 'nightly-chain.mjs'));
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

const backups = (): string => join(portal.dataDir, 'backups');

/** Four jobs, each waiting for the one before. What the check came to is passed to the last. */
async function createChain(): Promise<Job> {
  const env = { DUMP_URL: shop.url, PG_LIBRARY: pgLibrary, BACKUP_DIR: backups(), KEEP: String(keep) };
  const jobs: Job[] = [];
  for (const step of steps) {
    const before = jobs.at(-1);
    const body = {
      name: `chain-${step}`,
      type: 'script',
      config: { script: 'nightly-chain.mjs', args: [step], env },
      retry: { max_attempts: 3, strategy: 'fixed' as const, delay_seconds: 0.2 },
      ...(before === undefined ? {} : { depends_on: { jobs: [before.id], pass: passedTo(step, before) } }),
      ...(step === 'prune' ? { parameters: [{ name: 'file', required: true }] } : {}),
    };
    jobs.push(await client.createJob({ body }));
  }
  const [first] = jobs;
  if (first === undefined) throw new Error('The chain has no job.');
  return first;
}

/** The result of a step about a file. */
function toldBy(run: RunDetail | undefined): { readonly file: string; readonly sha256: string } {
  if (run === undefined) throw new Error('The step did not run.');
  return run.result as { file: string; sha256: string };
}

const passedTo = (step: (typeof steps)[number], { id: job_id }: Job) =>
  step === 'prune' ? [{ parameter: 'file', job_id, field: 'file' }] : [];

/** @returns the night's runs in the order of the steps, once none of the chain waits or lives */
async function night(first: Job): Promise<readonly RunDetail[]> {
  const { run_id: id } = await client.runJob({ params: { id: first.id }, body: { with_downstream: true } });
  for (let tries = 0; tries < 1200; tries += 1) {
    const { chain } = await client.getRun({ params: { id } });
    const entries = chain?.entries ?? [];
    if (entries.length === steps.length && !entries.some(({ state }) => state !== null && live.includes(state))) {
      const runs = entries.flatMap(({ run_id }) => run_id ?? []);
      return Promise.all(runs.map((run) => client.getRun({ params: { id: run } })));
    }
    await rest(100);
  }
  throw new Error('the chain did not end');
}

test(
  'a nightly chain dumps, compresses, checks and prunes, and ends green after a retry (R-120, R-123, R-124)',
  { timeout: 240_000 },
  async () => {
    const first = await createChain();
    const nights: (readonly RunDetail[])[] = [];
    for (let nth = 0; nth < keep + 1; nth += 1) nights.push(await night(first));

    for (const runs of nights) {
      expect(runs.map(({ job_name, state, failure }) => [job_name, state, failure])).toEqual(
        steps.map((step) => [`chain-${step}`, 'succeeded', null]),
      );
      expect(runs.map(({ attempts }) => attempts.map(({ outcome }) => outcome))).toEqual([
        ['succeeded'],
        ['succeeded'],
        ['failed', 'succeeded'],
        ['succeeded'],
      ]);
      expect(runs.map(({ trigger }) => trigger)).toEqual(['manual', 'dependency', 'dependency', 'dependency']);
      expect(runs[3]?.parameters).toEqual({ file: toldBy(runs[2]).file });
      expect(new Set(runs.map(({ chain }) => chain?.id))).toEqual(new Set([runs[0]?.id]));
      await expectBroughtBack(runs);
    }
    expectPruned(nights);
    await expectTold(nights.at(-1) ?? []);
  },
);

/** What the check kept has the sum that it told, and brings the database back. */
async function expectBroughtBack([, pressed, checked]: readonly RunDetail[]): Promise<void> {
  const id = checked?.id ?? '';
  const { items } = await client.listArtifacts({ params: { id } });
  expect(items.map(({ name, kept }) => [name, kept])).toEqual([
    ['shop.sql.gz', true],
    ['shop.sql.gz.sha256', true],
  ]);
  const [bytes, beside] = await Promise.all(items.map((artifact) => download(id, artifact.id)));
  if (bytes === undefined) throw new Error('The check kept nothing.');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const told = [pressed, checked].map((run) => toldBy(run).sha256);
  expect([items[0]?.sha256, ...told]).toEqual([sha256, sha256, sha256]);
  expect(beside?.toString('utf8')).toBe(`${sha256}  shop.sql.gz\n`);
  const restored = await shopOf(gunzipSync(bytes).toString('utf8'));
  expect(await restored.content()).toEqual(await shop.content());
  await restored.drop();
}

async function download(run: string, artifact: string): Promise<Buffer> {
  const path = `/api/runs/${run}/artifacts/${artifact}?download=true`;
  const answer = await fetch(`${portal.base}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** The last nights stay, nothing else does. */
function expectPruned(nights: readonly (readonly RunDetail[])[]): void {
  const files = nights.map((runs) => basename(toldBy(runs[1]).file));
  expect(readdirSync(backups()).toSorted()).toEqual(files.slice(-keep));
  expect(nights.map((runs) => runs[3]?.result)).toEqual([
    { kept: 1, removed: [] },
    { kept: 2, removed: [] },
    { kept: 2, removed: files.slice(0, 1) },
  ]);
}

/** The command line shows where a run stands in its chain. */
async function expectTold([dump, compress, check, prune]: readonly RunDetail[]): Promise<void> {
  const shown = await jtp(['runs', 'get', check?.id ?? ''], {
    cwd: portal.dataDir,
    env: { JOB_PORTAL_DATA_DIR: portal.dataDir },
  });
  expect(shown, shown.stderr).toMatchObject({ status: 0 });
  expect(shown.stdout).toContain(`before\tchain-dump, succeeded, ${dump?.id}\n`);
  expect(shown.stdout).toContain(`before\tchain-compress, succeeded, ${compress?.id}\n`);
  expect(shown.stdout).toContain(`after\tchain-prune, succeeded, ${prune?.id}\n`);
}
