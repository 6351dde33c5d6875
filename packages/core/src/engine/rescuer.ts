/** Settles the runs of workers that fell silent, leases that belong to nobody, and what nobody took in time. */
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Worker } from '../model/worker.ts';
import type { Holder } from '../store/dispatch-table.ts';
import type { Store, Tables } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { certainAge, noJump, setBetween, type ClockJump, type ClockReading } from './clock-jump.ts';
import { endExpired } from './expired.ts';
import type { FolderLock } from './folder-lock.ts';
import type { Host } from './host.ts';
import type { Remains } from './remains.ts';
import { heldRestMs, LineageWatch } from './lineage-watch.ts';
import { Loop } from './loop.ts';
import { settleHolder } from './settle.ts';
import { endStuck } from './stuck.ts';
import { hasRebooted, isGoneHere, isProvenDead, leftBy, takeOver, type Claimant } from './takeover.ts';

export interface RescuerOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly host: Host;
  /** Where the spawner of a worker of that name keeps its journal; null without one. */
  readonly remains: (workerName: string) => Remains | null;
  /** Takes the lock of the folder of a worker of that name; null without such a folder, and while somebody holds it. */
  readonly lockOf: (workerName: string) => FolderLock | null;
  /** That of its process. Default: one of its own. */
  readonly lineage?: LineageWatch;
}

/** What a worker is taken for dead by. */
interface Death {
  readonly cause: 'worker_died' | 'host_gone';
  /** How long it must have been silent. */
  readonly afterMs: Millis;
  /** What is left of it on this machine. */
  readonly remains: Remains | null;
}

const everyMs: Millis = 5000;
/** In beats: whoever is silent for longer has missed one, and may be gone. */
const missedBeat = 1.5;
/** A break between passes that is longer than this starts the amnesty anew: nobody saw the database meanwhile. */
const breakMs: Millis = 3 * everyMs;
/** Leases that belong to nobody, and runs past their start deadline. */
const orphansEveryMs: Millis = 20_000;
const stuckEveryMs: Millis = 60_000;

export class Rescuer {
  readonly #options: RescuerOptions;
  readonly #loop: Loop;
  readonly #lineage: LineageWatch;
  #seenSince: Millis | null = null;
  #seenAt: Millis = -Infinity;
  #orphansAt: Millis = -Infinity;
  #stuckAt: Millis;
  #hasSettledBoot = false;
  #lastReading: ClockReading | null = null;
  #jump: ClockJump = noJump;

  constructor(options: RescuerOptions) {
    this.#options = options;
    this.#lineage = options.lineage ?? new LineageWatch(options);
    const { clock, log } = options.system;
    this.#stuckAt = clock.boot();
    this.#loop = new Loop({ name: 'rescuer', clock, log, pass: () => this.#pass(), patient: true });
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
    const began = this.#options.system.clock.boot();
    if (began - this.#seenAt > breakMs) this.#seenSince = null;
    try {
      if (!this.#hasSettledBoot && (await this.#isHeld())) return heldRestMs;
      await this.#settleFormerBoot();
      return await this.#look(began);
    } catch (error) {
      this.#seenSince = null;
      throw error;
    }
  }

  /** A lease that a worker has not written again yet belongs to nobody as yet. */
  async #isHeld(): Promise<boolean> {
    const { settledAt } = await this.#lineage.look();
    if (settledAt !== null) return false;
    this.#seenSince = null;
    return true;
  }

  async #look(began: Millis): Promise<Millis> {
    const { store, settings, system, host } = this.#options;
    // Each time: a clock that went back and ahead again between two readings would have silenced everybody unseen.
    const now = await this.#readClock(store);
    const quiet = await store.workers.silent(settings.heartbeatMs * missedBeat);
    const silent = quiet.filter((worker) => this.#isSilent(worker, now));
    const gone = quiet.filter((worker) => !silent.includes(worker) && isGoneHere(worker, host));
    this.#seenAt = system.clock.boot();
    this.#seenSince ??= began;
    const isTimeForStuck = began - this.#stuckAt >= stuckEveryMs;
    const isTimeForOrphans = began - this.#orphansAt >= orphansEveryMs;
    if (silent.length + gone.length === 0 && !isTimeForStuck && !isTimeForOrphans) return everyMs;
    if (await this.#isHeld()) return heldRestMs;
    for (const worker of gone) await this.#settleGone(worker);
    await this.#rescueAll(silent, isTimeForOrphans, began);
    if (isTimeForStuck) await this.#endStuck(began);
    return everyMs;
  }

  /**
   * A clock that was set ahead makes young beats look old. Their workers' trees live until the leash ends them, which
   * counts the time that passed: with a shorter silence a rerun would start beside them (P5).
   */
  #isSilent({ beatAt }: Worker, now: Instant, afterMs = this.#options.settings.lostAfterMs): boolean {
    return certainAge(beatAt, now, this.#jump) >= afterMs;
  }

  /**
   * Its process is seen to be gone: nobody waits for its silence to last. Where it had a folder, only who holds that one's
   * lock may: nothing of it is left behind there, and no other process of its name begins meanwhile.
   */
  async #settleGone(worker: Worker): Promise<void> {
    const { remains } = this.#options;
    const death = { cause: 'worker_died', afterMs: 0 } as const;
    if (worker.folderId === null) return this.#rescue(worker, { ...death, remains: null });
    const lock = this.#lockOf(worker);
    try {
      if (lock?.id === worker.folderId) await this.#rescue(worker, { ...death, remains: remains(worker.name) });
    } finally {
      lock?.release();
    }
  }

  /** Null also where it cannot be looked at: that one is left to its silence, and keeps nobody else from being settled. */
  #lockOf({ name }: Worker): FolderLock | null {
    const { lockOf, system } = this.#options;
    try {
      return lockOf(name);
    } catch (error) {
      system.log.warn('the folder of a dead worker cannot be locked', {
        worker: name,
        error: (error as Error).message,
      });
      return null;
    }
  }

  /** An outage silences everybody: who came through it with the database gets time to say so. */
  async #rescueAll(silent: readonly Worker[], isTimeForOrphans: boolean, began: Millis): Promise<void> {
    const seenFor = this.#seenAt - (this.#seenSince ?? this.#seenAt);
    const lost = seenFor >= this.#options.settings.amnestyMs ? silent : [];
    for (const worker of lost) await this.#rescue(worker, this.#silenceOf(worker));
    if (lost.length === 0 && !isTimeForOrphans) return;
    this.#orphansAt = began;
    await this.#settleOrphans();
    await endExpired(this.#options, this.#jump);
  }

  async #endStuck(began: Millis): Promise<void> {
    this.#stuckAt = began;
    await endStuck(this.#options, this.#jump);
  }

  /**
   * Once, at the start: a boot of this machine since has ended every worker that it had, and nobody has to wait for
   * their silence (C15).
   */
  async #settleFormerBoot(): Promise<void> {
    if (this.#hasSettledBoot) return;
    const { store, remains } = this.#options;
    for (const worker of await store.workers.list()) {
      if (worker.lostAt !== null || !hasRebooted(worker, this.#claimant)) continue;
      await takeOver({ ...this.#options, remains: remains(worker.name) }, worker);
    }
    this.#hasSettledBoot = true;
  }

  get #claimant(): Claimant {
    return { host: this.#options.host, folderId: null, isAlone: this.#options.store.kind === 'sqlite' };
  }

  /**
   * A clock that was set ahead makes everybody silent at once, as an outage does: they get time to report (F32).
   *
   * @returns the database's time
   */
  async #readClock(from: Pick<Tables, 'now'>): Promise<Instant> {
    const { system } = this.#options;
    const asked = system.clock.boot();
    const wall = await from.now();
    const boot = system.clock.boot();
    const last = this.#lastReading;
    this.#lastReading = { wall, boot, within: boot - asked };
    if (last === null) return wall;
    const by = setBetween(last, this.#lastReading);
    if (by === 0) return wall;
    this.#seenSince = boot;
    this.#jump = { at: wall, by };
    return wall;
  }

  async #rescue(worker: Worker, { cause, afterMs, remains }: Death): Promise<void> {
    const { store, settings, system } = this.#options;
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    await remains?.endSpawner();
    const journal = await leftBy({ store, system }, remains, holder);
    const settled = await store.transaction(async (tables) => {
      const now = await this.#readClock(tables);
      if (!this.#isSilent(worker, now, afterMs)) return null;
      if (!(await tables.workers.declareLost(holder, afterMs))) return null;
      const { givenBack, finished } = await settleHolder(tables, holder, {
        cause,
        maxLost: settings.maxLost,
        breaker: settings.breaker,
        now,
        journal,
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

  #silenceOf(worker: Worker): Death {
    return { cause: this.#causeOf(worker), afterMs: this.#options.settings.lostAfterMs, remains: null };
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
      const cause = worker === null || isProvenDead(worker, this.#claimant) ? 'worker_died' : this.#causeOf(worker);
      const { givenBack, finished } = await store.transaction(async (tables) => {
        const now = await tables.now();
        return settleHolder(tables, holder, {
          cause,
          now,
          journal: [],
          maxLost: settings.maxLost,
          breaker: settings.breaker,
        });
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
