// What a clone builds from its own sources: the pages, and the programs in few files. Each has a stamp over everything it
// was built from, so that nothing else is ever shown or run.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const weekMs = 7 * 24 * 3_600_000;

function say(text) {
  process.stderr.write(`${text}\n`);
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'built'].includes(entry.name.split('.')[0]) || entry.name.endsWith('.tsbuildinfo'))
      return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function stampOf(folders) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const path of folders.flatMap((folder) => filesBelow(join(root, folder))).sort()) {
    if (/\.test\.tsx?$|[\\/]test-[\w-]+\.ts$/.test(path)) continue;
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function isFresh(stampFile, stamp, outputs) {
  return (
    existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && outputs.every((path) => existsSync(path))
  );
}

/** Runs Vite in a package. @returns whether it came to its end */
function viteBuild(folder, args) {
  const node = join(modules, '.bin', 'node');
  const vite = join(modules, 'vite', 'bin', 'vite.js');
  const child = spawn(existsSync(node) ? node : process.execPath, [vite, 'build', '--logLevel', 'warn', ...args], {
    cwd: folder,
    // A runner of tests, which may be who asks, says that this is a test: Vite would build what developers debug with.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 2, 2],
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** As a new file: a copy of this folder made of links must not be told that its own build is of these sources. */
function writeStamp(file, stamp) {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, stamp);
  renameSync(fresh, file);
}

/** @returns whether the pages are there, and of these sources */
export async function ensurePages() {
  const dashboard = join(root, 'packages', 'dashboard');
  const stampFile = join(modules, '.jtp-pages');
  const stamp = stampOf(['packages/dashboard', 'packages/contract/src', 'packages/core/src/model']);
  if (isFresh(stampFile, stamp, [join(dashboard, 'dist', 'index.html')])) return true;
  say('Building the pages …');
  if (!(await viteBuild(dashboard, []))) {
    say('The pages could not be built; the portal will say so instead of showing them.');
    return false;
  }
  writeStamp(stampFile, stamp);
  return true;
}

/**
 * Puts each new file in its place at once: another process may be reading the one before, and one that runs may still
 * load a part of its own build. Parts that no build has written for a week go.
 */
function putInPlace(from, to) {
  mkdirSync(to, { recursive: true });
  const isEntry = (name) => !/-[\w-]{8}\.js$/.test(name);
  const names = readdirSync(from).sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const name of names) renameSync(join(from, name), join(to, name));
  for (const name of readdirSync(to)) {
    const old = Date.now() - statSync(join(to, name)).mtimeMs > weekMs;
    if (old && !names.includes(name)) rmSync(join(to, name), { force: true });
  }
  rmSync(from, { recursive: true, force: true });
}

/** @returns whether the programs are there, and of these sources */
export async function ensurePrograms() {
  const cli = join(root, 'packages', 'cli');
  const place = join(cli, 'built');
  const folders = ['core', 'contract', 'portal', 'cli'].map((name) => `packages/${name}`);
  const stampFile = join(modules, '.jtp-programs');
  const stamp = stampOf(folders);
  if (isFresh(stampFile, stamp, [join(place, 'main.js'), join(place, 'spawner.cjs')])) return true;
  say('Building the programs …');
  const fresh = join(cli, `built.${process.pid}`);
  const built = await Promise.all(
    ['programs', 'spawner'].map((part) => viteBuild(cli, ['--outDir', fresh, '--mode', part])),
  );
  if (!built.every(Boolean)) {
    rmSync(fresh, { recursive: true, force: true });
    say('The programs could not be built; see above.');
    return false;
  }
  putInPlace(fresh, place);
  // Sources that changed meanwhile are for the next time.
  writeStamp(stampFile, stamp);
  return true;
}
