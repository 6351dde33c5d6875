/** A copy of the sources that can be spoilt, with a folder of packages of its own. */
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import type { Mutant } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');
const copied = [
  'packages',
  'test',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'vitest.config.ts',
];
/** Folders that are made of the sources. */
const left = /^(?:node_modules|dist|built(?:\..*)?)$/;
const isSource = (path: string): boolean => !left.test(basename(path)) || !statSync(path).isDirectory();

export class CopiedSources {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(realpathSync(tmpdir()), 'jtp-mutants-'));
    for (const name of copied) cpSync(join(root, name), join(this.folder, name), { recursive: true, filter: isSource });
    this.#linkPackages();
  }

  /**
   * Each package is a link of its own, so that those of this repository lead into the copy: were the whole folder one link,
   * a test that imports `job-trigger-core` would see the sound sources. What is kept there about built programs is left out.
   */
  #linkPackages(): void {
    const [from, to] = [join(root, 'node_modules'), join(this.folder, 'node_modules')];
    mkdirSync(to);
    for (const name of readdirSync(from).filter((each) => !each.startsWith('.') || each === '.bin')) {
      const path = join(from, name);
      const isOurs = lstatSync(path).isSymbolicLink();
      symlinkSync(isOurs ? readlinkSync(path) : path, join(to, name), 'dir');
    }
    const core = realpathSync(join(to, 'job-trigger-core'));
    if (!core.startsWith(this.folder + sep)) throw new Error(`job-trigger-core leads to ${core}, out of the copy.`);
  }

  /** The sources with that mutant in them, for as long as `work` takes. */
  async with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.folder, mutant.file);
    const whole = readFileSync(path, 'utf8');
    try {
      writeFileSync(path, spoilt(whole, mutant));
      return await work();
    } catch (error) {
      throw new Error(`${mutant.name}: ${String(error)}`, { cause: error });
    } finally {
      writeFileSync(path, whole);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws when a place is not there, or there twice: the sources have moved on */
export function spoilt(text: string, { from, to, also }: Pick<Mutant, 'from' | 'to' | 'also'>): string {
  const parts = text.split(from);
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined)
    throw new Error(`'${from.slice(0, 60)}' is there ${parts.length - 1} times.`);
  return also === undefined ? before + to + after : spoilt(before + to + after, also);
}
