/** T4: says that the worker lives, and learns which runs it still holds and which are to be cancelled. */
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Holder, Renewal } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import type { Attempt } from './attempt.ts';
import { heldRestMs } from './lineage-watch.ts';
import { Loop } from './loop.ts';

export interface HeartbeatOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly holder: () => Holder;
  readonly attempts: () => Iterable<Attempt>;
  /** A renewal was answered; it was sent at this reading of `boot`. */
  readonly onRenewed: (sentAt: Millis, renewal: Renewal) => void;
  /** Leases of ours that memory does not know, for the second time in a row. */
  readonly onUnknown: (held: Renewal['held']) => Promise<void>;
  /** This incarnation is over: nothing it holds is its own any more. */
  readonly onOver: () => Promise<void>;
  /**
   * Asked after each renewal. True when the database is on another line of history than the one this worker has compared
   * what it knows with: then nothing follows from what is held there, or is not.
   */
  readonly isElsewhere: (renewal: Renewal | null, before: readonly Attempt[]) => Promise<boolean>;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #loop: Loop;
  #sentAt: Millis = -Infinity;
  #offset: Millis = 0;
  #unknown: ReadonlySet<number> = new Set();

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'heartbeat', clock, log, pass: () => this.#pass(), patient: true });
  }

  /** Whether the leases hold, by this machine's own clock (`CONTRACT.md` 6). */
  get isValid(): boolean {
    return this.#options.system.clock.boot() - this.#sentAt < this.#options.settings.leaseMs;
  }

  /** The database's time, as far as the last renewal told. */
  now(): Instant {
    return this.#options.system.clock.wall() + this.#offset;
  }

  /** A registration is a heartbeat, too. */
  registered({ sentAt, beatAt }: { readonly sentAt: Millis; readonly beatAt: Instant }): void {
    this.#sentAt = sentAt;
    this.#offset = beatAt - this.#options.system.clock.wall();
    this.#unknown = new Set();
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
    const { store, system, settings, holder, attempts, onOver, isElsewhere } = this.#options;
    const before = [...attempts()];
    const sentAt = system.clock.boot();
    const renewal = await store.dispatch.renew(holder(), system.clock.wall());
    if (await isElsewhere(renewal, before)) {
      if (renewal !== null) this.#renewed(sentAt, renewal);
      return Math.min(settings.heartbeatMs, heldRestMs);
    }
    if (renewal === null) {
      await onOver();
      return settings.heartbeatMs;
    }
    this.#renewed(sentAt, renewal);
    this.#compare(before, renewal);
    await this.#settleUnknown(before, renewal);
    return settings.heartbeatMs * (0.9 + 0.2 * system.random.next());
  }

  #renewed(sentAt: Millis, renewal: Renewal): void {
    this.#sentAt = sentAt;
    this.#offset = renewal.beatAt - this.#options.system.clock.wall();
    this.#options.onRenewed(sentAt, renewal);
  }

  #compare(before: readonly Attempt[], { held }: Renewal): void {
    const leases = new Map(held.map((lease) => [lease.runId, lease]));
    for (const attempt of before) {
      if (attempt.finishing) continue;
      const lease = leases.get(attempt.claim.runId);
      if (lease === undefined || lease.fence !== attempt.claim.fence) attempt.stop('fenced');
      else if (lease.cancelRequestedAt !== null) attempt.stop('cancelled', lease.cancelReason);
    }
  }

  /** A claim whose answer was lost leaves a lease that nobody starts. Seen twice, it is no claim under way. */
  async #settleUnknown(before: readonly Attempt[], { held }: Renewal): Promise<void> {
    const known = new Set([...before, ...this.#options.attempts()].map(({ claim }) => claim.runId));
    const unknown = held.filter(({ runId }) => !known.has(runId));
    const again = unknown.filter(({ runId }) => this.#unknown.has(runId));
    this.#unknown = new Set(unknown.map(({ runId }) => runId));
    if (again.length > 0) await this.#options.onUnknown(again);
  }
}
