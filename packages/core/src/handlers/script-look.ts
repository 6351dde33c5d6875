/** What script files hold, without reading again what has not changed: for whoever looks often and decides nothing by it. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import { readScript, type ScriptBytes, type ScriptRules } from './script-file.ts';

export interface ScriptSeen {
  readonly path: string;
  /** Null when it is missing or refused. */
  readonly hash: string | null;
  /** Why, in a sentence. */
  readonly problem: string | null;
}

/** Contents whose hashes are remembered. */
const mostRemembered = 5000;

/** One for as long as the folder is looked at. The worker reads for itself what it starts. */
export class ScriptLook {
  readonly #scriptsDir: string;
  readonly #rules: ScriptRules;
  /** How many people approve what a script holds before it runs. */
  readonly approvals: number;
  readonly #known = new Map<string, { readonly mark: string; readonly hash: string }>();

  constructor(scriptsDir: string, rules: ScriptRules, approvals = 1) {
    this.approvals = approvals;
    this.#scriptsDir = scriptsDir;
    this.#rules = rules;
  }

  /** By the marks of the file system first: size, times, place on the disk. */
  see(path: string): ScriptSeen {
    const mark = this.#markOf(path);
    const known = this.#known.get(path);
    if (mark !== null && known?.mark === mark) return { path, hash: known.hash, problem: null };
    return this.read(path).seen;
  }

  /** With the bytes, null when it is missing or refused. */
  read(path: string): { readonly seen: ScriptSeen; readonly bytes: Buffer | null } {
    // Taken before the bytes: a file that changes in between has another mark the next time.
    const mark = this.#markOf(path);
    try {
      const { hash, bytes }: ScriptBytes = readScript(this.#scriptsDir, path, this.#rules);
      if (this.#known.size >= mostRemembered) this.#known.clear();
      if (mark !== null) this.#known.set(path, { mark, hash });
      return { seen: { path, hash, problem: null }, bytes };
    } catch (error) {
      if (!(error instanceof JobTriggerError)) throw error;
      return { seen: { path, hash: null, problem: error.message }, bytes: null };
    }
  }

  #markOf(path: string): string | null {
    if (path.includes('\0')) return null;
    const stats = lstatSync(join(this.#scriptsDir, path), { throwIfNoEntry: false, bigint: true });
    if (stats === undefined || !stats.isFile()) return null;
    const { dev, ino, size, mtimeNs, ctimeNs, mode, nlink } = stats;
    return [dev, ino, size, mtimeNs, ctimeNs, mode, nlink].join(' ');
  }
}
