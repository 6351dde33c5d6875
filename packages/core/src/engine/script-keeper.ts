/**
 * Looks at the files that jobs name, so that a content nobody has approved is known before an instant is skipped for it.
 * Runs where there is a scheduler and approval is required. Decides nothing: the worker reads for itself what it starts.
 */
import type { Millis } from '../model/instant.ts';
import type { ScriptLook } from '../handlers/script-look.ts';
import type { ScriptFile } from '../model/script-approval.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { heedChanges } from './heed-changes.ts';
import { Loop } from './loop.ts';

export interface ScriptKeeperOptions {
  readonly store: Store;
  readonly system: System;
  readonly scripts: ScriptLook;
}

const everyMs: Millis = 10_000;
/** Between two passes that a bell asked for. */
const quietMs: Millis = 1000;
/** A pass that took long is followed by a rest this many times as long. */
const restPerPass = 50;

export class ScriptKeeper {
  readonly #options: ScriptKeeperOptions;
  readonly #loop: Loop;
  #passedAt: Millis = -Infinity;
  #silence: () => void = () => undefined;

  constructor(options: ScriptKeeperOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'script keeper', clock, log, pass: () => this.#pass() });
  }

  start(): void {
    const { store, system } = this.#options;
    const wake = (): void => this.#loop.wake();
    this.#silence = heedChanges({ store, system, quietMs, passedAt: () => this.#passedAt, wake });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#silence();
    await this.#loop.stop();
  }

  /** One look, as the loop takes it. */
  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { store, system } = this.#options;
    const began = system.clock.mono();
    this.#passedAt = began;
    const paths = new Set((await store.scripts.uses()).map(({ path }) => path));
    const known = new Map((await store.scripts.list()).map(({ file }) => [file.path, file]));
    let changed = false;
    for (const path of paths) changed = (await this.#look(path, known.get(path) ?? null)) || changed;
    if (changed) store.bell.ring('change');
    return Math.max(everyMs, restPerPass * (system.clock.mono() - began));
  }

  /** @returns whether it holds something else than was known */
  async #look(path: string, known: ScriptFile | null): Promise<boolean> {
    const { store, scripts } = this.#options;
    const { hash, problem } = scripts.see(path);
    if (known !== null && known.hash === hash && known.problem === problem) return false;
    const { seen, bytes } = scripts.read(path);
    const found = seen.hash === null || bytes === null ? null : { hash: seen.hash, content: bytes };
    const [id = 0] = await store.ids(1);
    return store.transaction(async (tables) => {
      if (!(await tables.scripts.see({ id, path, found, problem: seen.problem }))) return false;
      const isApproved = found !== null && (await tables.scripts.approved([{ path, hash: found.hash }])).length > 0;
      const data = { path, sha256: seen.hash, approved: isApproved, problem: seen.problem };
      await tables.events.append([{ kind: 'script.changed', data }]);
      return true;
    });
  }
}
