import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const dist = resolve(import.meta.dirname, '../../packages/dashboard/dist');
/** Kilobytes are thousands; what the budget calls gzip is the file that travels. */
const budget = 230_000;

/** What the first page asks for before anything can be shown: the entry, and everything it imports at once. */
function startScripts(): ReadonlySet<string> {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => join(dist, path));
  const found = new Set<string>();
  for (const path of named) walk(path, found);
  return found;
}

function walk(path: string, found: Set<string>): void {
  if (found.has(path)) return;
  found.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, name = ''] of text.matchAll(/(?:from|import)\s*["'`](\.\/[^"'`]+\.js)["'`]/g))
    walk(join(dirname(path), name), found);
}

test('what the overview starts with is under 230 kB on the wire', () => {
  const scripts = [...startScripts()];
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((sum, path) => sum + readFileSync(`${path}.gz`).length, 0);
  expect(bytes).toBeLessThan(budget);
  expect(bytes).toBeGreaterThan(budget / 3);
});

test('every compressed file is the file beside it, and no page carries the checker of shapes', () => {
  for (const path of startScripts()) {
    expect(existsSync(`${path}.gz`)).toBe(true);
    const text = readFileSync(path, 'utf8');
    expect(gunzipSync(readFileSync(`${path}.gz`)).toString('utf8')).toBe(text);
    expect(text).not.toContain('ZodError');
  }
});
