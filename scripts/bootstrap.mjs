// Brings a bare clone to where `npm start` and `npm test` can run: the pinned Node and packages, the built pages, and with
// `programs` also what `npm start` and `npm run jtp` run.
// Plain JavaScript that Node 18 can parse. Writes to stderr only, so that `jtp --json` stays clean.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const lockfile = join(root, 'package-lock.json');

/** Settings that a nested npm would inherit and that would change what it installs or where. */
const inherited = [
  'workspace',
  'workspaces',
  'omit',
  'include',
  'production',
  'prefix',
  'local_prefix',
  'ignore_scripts',
  'if_present',
  'dry_run',
];

function say(text) {
  process.stderr.write(`${text}\n`);
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function installStamp() {
  return createHash('sha256')
    .update(readFileSync(lockfile))
    .update(process.platform)
    .update(process.arch)
    .digest('hex');
}

/** Somebody ran `npm ci` by hand: npm's own record of what lies there says the same as our lockfile. */
function alreadyInstalled() {
  const record = read(join(modules, '.package-lock.json'));
  if (record === null) return false;
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  const found = JSON.parse(record).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true;
    const there = found[path];
    if (!there) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function cleanEnvironment() {
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  if (env.NODE_ENV === 'production') delete env.NODE_ENV;
  for (const name of Object.keys(env)) {
    const setting = name
      .toLowerCase()
      .replace(/^npm_config_/, '')
      .replaceAll('-', '_');
    if (name.toLowerCase().startsWith('npm_config_') && inherited.includes(setting)) delete env[name];
  }
  return env;
}

function install() {
  say('Installing what is pinned in package-lock.json (once) …');
  // Nothing that is installed needs a script of its own: what one would do to PostgreSQL's files, the tests do.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, [npm, ...args]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', args];
  const done = spawnSync(command[0], command[1], { cwd: root, env: cleanEnvironment(), stdio: ['ignore', 2, 2] });
  if (done.status !== 0) {
    say(
      `npm ci failed${done.error ? `: ${done.error.message}` : ` with status ${done.status}`}. Check the connection to the package registry and try again.`,
    );
    process.exit(1);
  }
}

function ensureInstalled() {
  const stampFile = join(modules, '.jtp-installed');
  const stamp = installStamp();
  if (read(stampFile) === stamp) return;
  if (!alreadyInstalled()) install();
  writeFileSync(stampFile, stamp);
}

/**
 * npm hands a signal to its shell alone, and not every shell hands it on: `exec` in a script puts the program in the
 * shell's place. Where the shell is cmd.exe this stands in for it, and only runs the rest of the line.
 */
function ensureExec() {
  if (process.platform === 'win32') writeFileSync(join(modules, '.bin', 'exec.cmd'), '@%*\r\n');
}

/** The Node that npm scripts will use. Where no pinned one starts, a system Node from 24 on serves. */
function ensureRuntime() {
  const bin = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const found = spawnSync(bin, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (found.status === 0) return;
  if (Number(process.versions.node.split('.')[0]) < 24) {
    say(
      `No Node for ${process.platform} ${process.arch} could be installed, and this one is ${process.versions.node}. Install Node 24 or later and try again.`,
    );
    process.exit(1);
  }
  for (const name of ['node', 'node.cmd', 'node.ps1']) rmSync(join(modules, '.bin', name), { force: true });
}

if (process.env.JTP_SKIP_BOOTSTRAP !== '1') {
  mkdirSync(modules, { recursive: true });
  ensureInstalled();
  ensureRuntime();
  ensureExec();
  const { ensurePages, ensurePrograms } = await import('./built.mjs');
  const done = await Promise.all([ensurePages(), process.argv.includes('programs') ? ensurePrograms() : true]);
  // The portal says so itself where pages are missing; a program from other sources must never run.
  if (done[1] === false) process.exit(1);
}
