import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findChromium, openBrowser } from './browser.ts';
import { freshDir } from './databases.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});
function program(name: string): { readonly folder: string; readonly path: string } {
  const folder = freshDir('jtp-browser');
  cleanUps.push(() => folder.remove());
  const path = join(folder.path, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return { folder: folder.path, path };
}

test('the browser that a variable names comes first', async () => {
  const [named, other] = [program('mine'), program('chromium')];
  expect(await findChromium({ CHROMIUM_PATH: named.path, PATH: other.folder })).toBe(named.path);
});

test('a variable that names nothing is an error, not another browser', async () => {
  const other = program('chromium');
  await expect(findChromium({ CHROMIUM_PATH: '/nowhere/chromium', PATH: other.folder })).rejects.toThrow(
    '/nowhere/chromium',
  );
});

test('one on PATH comes next', async () => {
  const { folder, path } = program('google-chrome');
  expect(await findChromium({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(path);
});

test('without a browser nothing is skipped: the three ways are named', () => {
  expect(() => openBrowser('')).toThrow(/CHROMIUM_PATH.*PATH.*@sparticuz\/chromium/);
});
