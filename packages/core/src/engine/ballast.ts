/**
 * A file that takes up room until a full disk needs it: even deleting writes first. While it is spent, results of live
 * runs are stored and nothing new is begun, so that the room lasts.
 */
import { existsSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { FullDisk } from '../model/full-disk.ts';
import type { Millis } from '../model/instant.ts';
import { ballastPath } from '../system/ballast-path.ts';
import type { System } from '../system/system.ts';
import { volumeOf, type Volume } from '../system/volume.ts';
import { Loop } from './loop.ts';

/** `held`: the file is there. `spent`: it was let go, and room is still short. `absent`: there was no room for one. */
export type BallastState = 'off' | 'held' | 'spent' | 'absent';

export interface BallastOptions {
  readonly system: System;
  /** The data folder. */
  readonly folder: string;
  /** Its size; 0 for none. */
  readonly bytes: number;
  readonly volume?: (folder: string) => Volume;
}

/**
 * Whether there is room again after a full disk: for the ballast and as much beside it, as what it gave is no room that
 * somebody made. A volume that never had one is content with a tenth of itself. Pure.
 */
export function hasHealed(
  { freeBytes, totalBytes }: Volume,
  { bytes, wasHeld }: { readonly bytes: number; readonly wasHeld: boolean },
): boolean {
  return freeBytes >= (wasHeld ? 2 * bytes : Math.min(2 * bytes, totalBytes / 10));
}

const pieceBytes = 1_048_576;
const lookMs: Millis = 1000;

export class Ballast {
  readonly #options: BallastOptions;
  readonly #volume: (folder: string) => Volume;
  readonly #loop: Loop;
  #state: BallastState;
  /** Whether one was there when the disk became full. */
  #wasHeld = false;
  #full: FullDisk | null = null;

  constructor(options: BallastOptions) {
    this.#options = options;
    this.#volume = options.volume ?? volumeOf;
    this.#state = options.bytes === 0 ? 'off' : this.#isThere() ? 'held' : 'absent';
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'ballast', clock, log, pass: () => this.#pass(), patient: true });
  }

  get state(): BallastState {
    return this.#state;
  }

  /** Whether something new may be begun. */
  get hasRoom(): boolean {
    return this.#state !== 'spent';
  }

  /** The last time the disk was full; null when it was not since this process began. */
  get full(): FullDisk | null {
    return this.#full;
  }

  start(): void {
    if (this.#options.bytes > 0) this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** The disk is full. @returns whether that made room */
  letGo(): boolean {
    const { folder, system, bytes } = this.#options;
    if (bytes === 0) return false;
    const held = this.#isThere();
    if (held) rmSync(ballastPath(folder), { force: true });
    this.#wasHeld ||= held || this.#state === 'held';
    if (this.#state !== 'spent') {
      this.#full = { fullAt: system.clock.wall(), roomAt: null };
      system.log.error('the disk is full: nothing new is begun', { folder, letGo: held });
    }
    this.#state = 'spent';
    this.#loop.wake();
    return held;
  }

  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  #isThere(): boolean {
    return existsSync(ballastPath(this.#options.folder));
  }

  async #pass(): Promise<Millis> {
    const { folder, bytes } = this.#options;
    if (this.#isThere()) {
      // Another process of this folder made it anew.
      if (this.#state === 'spent') this.#goOn(this.#volume(folder));
      this.#state = 'held';
      return lookMs;
    }
    // Another process of this folder let it go.
    if (this.#state === 'held') this.letGo();
    const volume = this.#volume(folder);
    if (this.#state === 'spent' && !hasHealed(volume, { bytes, wasHeld: this.#wasHeld })) return lookMs;
    if (this.#state === 'spent') this.#goOn(volume);
    this.#state = 'absent';
    if (volume.freeBytes >= 2 * bytes && (await this.#make())) this.#state = 'held';
    return lookMs;
  }

  #goOn({ freeBytes }: Volume): void {
    const { clock, log } = this.#options.system;
    if (this.#full !== null) this.#full = { ...this.#full, roomAt: clock.wall() };
    this.#wasHeld = false;
    log.info('the disk has room again', { freeBytes });
  }

  /** Its bytes are drawn by chance, as a file system that compresses would keep room for nothing. */
  async #make(): Promise<boolean> {
    const { folder, bytes, system } = this.#options;
    const part = `${ballastPath(folder)}.${process.pid}`;
    try {
      const file = await open(part, 'w', 0o600);
      try {
        for (let written = 0; written < bytes; written += pieceBytes) {
          await file.write(system.random.bytes(Math.min(pieceBytes, bytes - written)));
        }
      } finally {
        await file.close();
      }
      await rename(part, ballastPath(folder));
      return true;
    } catch (error) {
      rmSync(part, { force: true });
      system.log.warn('no room for the ballast', { folder, error: (error as Error).message });
      return false;
    }
  }
}
