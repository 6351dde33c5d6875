/**
 * Looks at the files that jobs name, so that a content nobody has approved is known before an instant is skipped for it.
 * Runs where there is a scheduler and approval is required. Decides nothing: the worker reads for itself what it starts.
 */
import type { Millis } from '../model/instant.ts';
import { seeScript, type ScriptFolder } from '../flow/see-script.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { heedChanges } from './heed-changes.ts';
import { Loop } from './loop.ts';

export interface ScriptKeeperOptions {
  readonly store: Store;
  readonly system: System;
  readonly scripts: ScriptFolder;
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
    this.#loop = new Loop({ name: 'script keeper', clock, log, pass: () => this.#pass(), patient: true });
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
    const { store, system, scripts } = this.#options;
    const began = system.clock.mono();
    this.#passedAt = began;
    const paths = new Set((await store.scripts.uses()).map(({ path }) => path));
    const known = new Map((await store.scripts.list(scripts.approvals)).map(({ file }) => [file.path, file]));
    let changed = false;
    for (const path of paths) {
      const { hash, problem } = scripts.see(path);
      const before = known.get(path);
      if (before !== undefined && before.hash === hash && before.problem === problem) continue;
      changed = (await seeScript(store, scripts, path)) || changed;
    }
    if (changed) store.bell.ring('change');
    return Math.max(everyMs, restPerPass * (system.clock.mono() - began));
  }
}
