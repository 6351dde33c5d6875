import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, fetchTransport } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { administrator, startPortal } from '../setup/portal-process.ts';
import { program } from '../setup/program.ts';

interface Loaded {
  readonly node: readonly string[];
  /** Addresses of files. */
  readonly files: readonly string[];
  readonly words: readonly string[];
}

/** Parts of Node that hold megabytes and that an installation without TLS, mail and terminal need not have. */
const costly = ['http2', 'https', 'tls', 'zlib', 'readline', 'worker_threads', 'internal/deps/undici/undici'];

/** A portal that somebody signs in to and reads the jobs of, from its start to its end. */
async function loadedByPortal(): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), 'jtp-loaded-'));
  const told = join(folder, 'loaded.json');
  const ahead = resolve(import.meta.dirname, '../setup/tell-loaded.cjs');
  try {
    const portal = await startPortal({
      administrator: true,
      env: { NODE_OPTIONS: `--require=${JSON.stringify(ahead)}`, JTP_TELL_LOADED: told },
    });
    const anybody = createClient(fetchTransport({ base: portal.base }));
    const { access_token: token } = await anybody.login({ body: administrator });
    const headers = { authorization: `Bearer ${token}` };
    const client = createClient(fetchTransport({ base: portal.base, headers }));
    await client.overview({});
    await client.listJobs({ query: { limit: 50 } });
    await portal.stop();
    return JSON.parse(readFileSync(told, 'utf8')) as Loaded;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a portal loads few files, and nothing costly that nobody has asked for', async () => {
  const { node, files, words } = await loadedByPortal();
  expect(node).toContain('http');
  expect(costly.filter((name) => node.includes(name))).toEqual([]);
  expect(words).toEqual([]);
  const bytes = files.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
  expect(files.length).toBeLessThan(30);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(bytes).toBeLessThan(3_100_000);
});

test('the spawner is one small file, and needs nothing but Node', () => {
  const path = join(dirname(program), 'spawner.cjs');
  expect(statSync(path).size).toBeLessThan(80_000);
  const needed = [...readFileSync(path, 'utf8').matchAll(/(?:require|import)\(["'`]([^"'`]+)["'`]\)/g)].map(
    ([, name]) => name,
  );
  expect(needed.length).toBeGreaterThan(0);
  expect(needed.filter((name) => name?.startsWith('node:') !== true)).toEqual([]);
});
