/** Settles the runs of workers that fell silent, and leases that belong to nobody any more. */
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Worker } from '../model/worker.ts';
import type { Holder } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Host } from './host.ts';
import { Loop } from './loop.ts';
import { settleHolder } from './settle.ts';
import { endStuck } from './stuck.ts';
import { isProvenDead } from './takeover.ts';

export interface RescuerOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly host: Host;
}

const everyMs: Millis = 5000;
/** A break between passes that is longer than this starts the amnesty anew: nobody saw the database meanwhile. */
const breakMs: Millis = 3 * everyMs;
const orphansEveryMs: Millis = 15_000;
const stuckEveryMs: Millis = 60_000;

export class Rescuer {
  readonly #options: RescuerOptions;
  readonly #loop: Loop;
  #seenSince: Millis | null = null;
  #seenAt: Millis = -Infinity;
  #orphansAt: Millis = -Infinity;
  #stuckAt: Millis;
  readonly #watch = new ClockWatch();
  /** The database's time when its clock was last seen to have jumped; how long a run has lived is told from then. */
  #steadySince: Instant = -Infinity;

  constructor(options: RescuerOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#stuckAt = clock.boot();
    this.#loop = new Loop({ name: 'rescuer', clock, log, pass: () => this.#pass() });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { store, settings, system } = this.#options;
    const began = system.clock.boot();
    if (began - this.#seenAt > breakMs) this.#seenSince = null;
    try {
      this.#lookAtClock(await store.now());
      const silent = await store.workers.silent(settings.lostAfterMs);
      this.#seenAt = system.clock.boot();
      this.#seenSince ??= began;
      // An outage silences everybody: who came through it with the database gets time to say so.
      const isPast = this.#seenAt - this.#seenSince >= settings.amnestyMs;
      const lost = isPast ? silent : [];
      for (const worker of lost) {
        if (this.#seenSince === null) break;
        await this.#rescue(worker);
      }
      if (lost.length > 0 || began - this.#orphansAt >= orphansEveryMs) {
        this.#orphansAt = began;
        await this.#settleOrphans();
      }
      if (began - this.#stuckAt >= stuckEveryMs) {
        this.#stuckAt = began;
        await endStuck(this.#options, this.#steadySince);
      }
    } catch (error) {
      this.#seenSince = null;
      throw error;
    }
    return everyMs;
  }

  /**
   * Ages are told by the database's clock. When that jumps ahead everybody looks silent for so long: the amnesty begins anew.
   *
   * @returns false when it has jumped
   */
  #lookAtClock(now: Instant): boolean {
    if (this.#watch.look({ wall: now, boot: this.#options.system.clock.boot() }).kind === 'steady') return true;
    this.#seenSince = null;
    this.#steadySince = now;
    return false;
  }

  async #rescue(worker: Worker): Promise<void> {
    const { store, settings, system } = this.#options;
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    const settled = await store.transaction(async (tables) => {
      const now = await tables.now();
      if (!this.#lookAtClock(now)) return null;
      if (!(await tables.workers.declareLost(holder, settings.lostAfterMs))) return null;
      const { givenBack, finished } = await settleHolder(tables, holder, {
        cause: this.#causeOf(worker),
        maxLost: settings.maxLost,
        now,
        journal: [],
      });
      const data = {
        worker: worker.name,
        host: worker.host,
        beat_at: worker.beatAt,
        given_back: givenBack,
        settled: finished.length,
      };
      await tables.events.append([{ kind: 'worker.lost', data }]);
      return data;
    });
    if (settled === null) return;
    system.log.warn('worker lost', settled);
    this.#ring();
  }

  #causeOf(worker: Worker): 'worker_died' | 'host_gone' {
    return worker.host !== this.#options.host.name ? 'host_gone' : 'worker_died';
  }

  /** What a claim that raced with a rescue, or with a sign-off, left behind. */
  async #settleOrphans(): Promise<void> {
    const { store, settings, system } = this.#options;
    const orphans = await store.dispatch.orphanedLeases(100);
    const holders = new Map(
      orphans.map(({ workerId, incarnation }): [string, Holder] => [
        `${workerId} ${incarnation}`,
        { workerId, incarnation },
      ]),
    );
    for (const holder of holders.values()) {
      const worker = await store.workers.get(holder.workerId);
      const cause = worker === null || isProvenDead(worker, this.#options.host) ? 'worker_died' : this.#causeOf(worker);
      const { givenBack, finished } = await store.transaction(async (tables) => {
        const now = await tables.now();
        return settleHolder(tables, holder, { cause, maxLost: settings.maxLost, now, journal: [] });
      });
      system.log.warn('settled leases that nobody held', {
        worker: worker?.name ?? null,
        givenBack,
        settled: finished.length,
      });
    }
    if (holders.size > 0) this.#ring();
  }

  #ring(): void {
    const { bell } = this.#options.store;
    bell.ring('queue');
    bell.ring('change');
  }
}
