import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const samples = join(import.meta.dirname, '../../cli/samples');
let portal: TestPortal;
beforeAll(async () => {
  portal = await startTestPortal('SQLite', inject('postgresUrl'));
});
afterAll(() => portal?.close());

function demoFiles(scriptsDir: string): { path: string; sha256: string }[] {
  const names = [
    'clean-up-folder.mjs',
    'disk-usage.sh',
    'hello-progress.mjs',
    ...readdirSync(join(samples, 'demo')).map((name) => `demo/${name}`),
  ];
  return names.map((path) => {
    const bytes = readFileSync(join(samples, path));
    mkdirSync(dirname(join(scriptsDir, path)), { recursive: true });
    writeFileSync(join(scriptsDir, path), bytes, { mode: 0o644 });
    return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
}

test('the demo is told, counted on the first page, and gone after one call', { timeout: 60_000 }, async () => {
  const { client, operations, scriptsDir, base } = portal;
  expect(await client.demo()).toEqual({ filled_at: null, jobs: 0, runs: 0, files: [] });
  const files = demoFiles(scriptsDir);
  await operations.demo.fill({ files, portalUrl: null }, { personId: null, name: 'mei', via: 'cli' });
  const told = await client.demo();
  expect(told).toMatchObject({ jobs: 20, files: files.map(({ path }) => path) });
  const overview = await client.overview({});
  expect([overview.jobs_total, overview.demo_jobs]).toEqual([20, 20]);
  expect(overview.attention.map(({ job_name, text }) => [job_name, text.replace(/\d+ ms|[\d.]+ s/, 'N')])).toEqual(
    expect.arrayContaining([['supplier-prices', 'Exit 1 after N: prices.csv: file not found']]),
  );
  const scripts = (await client.listScripts()).items;
  expect(scripts.find(({ path }) => path === 'hello-progress.mjs')?.description).toBe(
    'Shows what a job can tell while it works: coloured output, a bar, a result.',
  );
  expect((await fetch(`${base}/api/demo`, { method: 'DELETE' })).status).toBe(401);
  const removed = await client.removeDemo();
  expect(removed).toMatchObject({ jobs: 20, runs: told.runs, files_kept: [] });
  expect((await client.overview({})).demo_jobs).toBe(0);
  const [last] = (await client.listEvents({ query: { limit: 1 } })).items;
  expect(last?.text).toBe('Demo data was removed by Mei.');
  expect(readdirSync(scriptsDir)).toEqual(['hello.sh']);
});
