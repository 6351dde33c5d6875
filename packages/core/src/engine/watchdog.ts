/**
 * Beats to a watcher outside, as long as planning really works: this process's scheduler has just finished a pass, and
 * the database takes a write. Otherwise it is silent, and the silence is what the watcher tells people of.
 */
import { sendBeat } from '../channels/beat.ts';
import type { AddressResolver } from '../handlers/http-connection.ts';
import type { Millis } from '../model/instant.ts';
import { watchdogBeats, watchdogKey } from '../model/watchdog.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { Loop } from './loop.ts';
import type { Scheduler } from './scheduler.ts';

export interface WatchdogOptions {
  readonly store: Pick<Store, 'settings' | 'now'>;
  readonly system: System;
  readonly scheduler: Pick<Scheduler, 'passedAt'>;
  readonly url: string;
  readonly everyMs: Millis;
  /** The longest a scheduler sleeps. */
  readonly pollIntervalMs: Millis;
  /** Default: the system's. */
  readonly resolve?: AddressResolver;
}

/** A pass over many schedules takes its time. */
const passMs: Millis = 30_000;
/** How often it looks again while planning does not work. */
const silentMs: Millis = 5000;

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #loop: Loop;
  #stopping = new AbortController();

  constructor(options: WatchdogOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'watchdog', clock, log, pass: () => this.#pass() });
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop.stop();
  }

  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { store, system, url, everyMs, resolve } = this.#options;
    if (!this.#plans()) return Math.min(silentMs, everyMs);
    const beats = watchdogBeats(await store.settings.get(watchdogKey));
    const now = await store.now();
    // Written before it is sent: a database that takes no write is silence, too.
    await store.settings.set(watchdogKey, { ...beats, triedAt: now });
    const { signal } = this.#stopping;
    const { clock, log } = system;
    const error = await sendBeat(url, { clock, signal, ...(resolve === undefined ? {} : { resolve }) });
    if (signal.aborted) return everyMs;
    if (error !== null && error !== beats.error) log.warn('heartbeat to the watcher failed', { error });
    await store.settings.set(watchdogKey, { sentAt: error === null ? now : beats.sentAt, triedAt: now, error });
    return everyMs;
  }

  #plans(): boolean {
    const { scheduler, system, pollIntervalMs } = this.#options;
    const { passedAt } = scheduler;
    return passedAt !== null && system.clock.mono() - passedAt <= 2 * pollIntervalMs + passMs;
  }
}
