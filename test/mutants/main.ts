/**
 * Spoils a copy of the sources in one place after the other, and asks what notices.
 *
 *     npm run mutants [-- --only 3] [--seeds 600]
 *
 * Ends with 1 when a mutant survived.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutants, type Mutant } from './mutants.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '600' } },
});

const root = resolve(import.meta.dirname, '../..');
const copied = ['packages', 'test', 'scripts', 'package.json', 'tsconfig.base.json', 'vitest.config.ts'];
const left = /[\\/](?:node_modules|dist|built[^\\/]*)$/;
/** The longest that one prover may take. */
const patienceMs = 10 * 60_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function copySources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jtp-mutants-'));
  for (const name of copied)
    cpSync(join(root, name), join(folder, name), { recursive: true, filter: (path) => !left.test(path) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

/** @throws when the place is not there, or there twice: the sources have moved on */
function spoil(text: string, { from, to }: { readonly from: string; readonly to: string }): string {
  const parts = text.split(from);
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined)
    throw new Error(`'${from.slice(0, 60)}' is there ${parts.length - 1} times.`);
  return before + to + after;
}

function notices(folder: string, prover: string): boolean {
  const args =
    prover === 'simulation'
      ? ['-C', 'jtp-source', 'test/simulate/main.ts', '--first', '--seeds', values.seeds]
      : [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--bail', '1', prover];
  const { status, error } = spawnSync(process.execPath, args, { cwd: folder, timeout: patienceMs, stdio: 'ignore' });
  if (error !== undefined && !('code' in error && error.code === 'ETIMEDOUT')) throw error;
  return status !== 0;
}

function tryOne(folder: string, { name, file, from, to, also, provers }: Mutant): string | null {
  const path = join(folder, file);
  const whole = readFileSync(path, 'utf8');
  const spoilt = spoil(whole, { from, to });
  writeFileSync(path, also === undefined ? spoilt : spoil(spoilt, also));
  try {
    return provers.find((prover) => notices(folder, prover)) ?? null;
  } catch (error) {
    throw new Error(`${name}: ${String(error)}`, { cause: error });
  } finally {
    writeFileSync(path, whole);
  }
}

const chosen = values.only === undefined ? mutants : mutants.slice(Number(values.only) - 1, Number(values.only));
const folder = copySources();
let survived = 0;
try {
  // What fails on sound sources proves nothing of spoilt ones.
  if (notices(folder, 'simulation')) throw new Error('The simulation fails without any mutant.');
  for (const mutant of chosen) {
    const began = performance.now();
    const by = tryOne(folder, mutant);
    if (by === null) survived += 1;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    say(`${by === null ? 'SURVIVED' : `caught by ${by}`} in ${seconds} s: ${mutant.name}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
say(`${chosen.length - survived} of ${chosen.length} caught`);
process.exitCode = survived === 0 ? 0 : 1;
