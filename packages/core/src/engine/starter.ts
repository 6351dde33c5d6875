/** From a claim to a start: T3 for a batch, and then only what the database confirms is started. */
import type { Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Claim, Finished, Held, Holder, Work } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { finishCounted } from './finish-counted.ts';
import type { Attempt } from './attempt.ts';
import type { Ending } from './finisher.ts';

export interface StarterOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly holder: () => Holder;
  /** Whether anything may be started: the lease holds, and the worker is not stopping. */
  readonly mayStart: () => boolean;
  /** It will not be started here. */
  readonly onDropped: (claim: Claim) => void;
  readonly onEnded: (ending: Ending) => void;
}

/** An attempt that lives so long is shown as running. */
const shownRunningMs: Millis = 250;
const restMs: Millis = 500;

export class Starter {
  readonly #options: StarterOptions;
  /** Begun and not ended, with the change to `running` that is under way or done. */
  readonly #young = new Map<Attempt, { readonly since: Millis; readonly shown: Promise<void> | null }>();
  #watching = false;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Tries until the database answers, or until the claims are given back. Never throws. */
  async start(attempts: readonly Attempt[]): Promise<void> {
    const { system } = this.#options;
    const direct = attempts.filter(({ claim }) => claim.direct);
    if (direct.length === 0 || !this.#options.mayStart()) return this.#intend(attempts, system.clock.mono());
    this.#startAll(
      direct,
      direct.map(({ claim }) => claim),
      direct.flatMap(({ claim: { work } }) => work ?? []),
    );
    const others = attempts.filter(({ claim }) => !claim.direct);
    if (others.length > 0) await this.#intend(others, system.clock.mono());
  }

  async #intend(attempts: readonly Attempt[], since: Millis): Promise<void> {
    const { store, system, settings, holder, mayStart } = this.#options;
    const held = attempts.map(({ claim: { runId, fence } }): Held => ({ runId, fence }));
    for (;;) {
      try {
        if (!mayStart() || system.clock.mono() - since > settings.claimLockMs) {
          await this.giveBack(held);
          for (const { claim } of attempts) this.#options.onDropped(claim);
          return;
        }
        const [intended, loaded] = await Promise.all([
          store.dispatch.intend(holder().incarnation, held),
          store.dispatch.load(attempts.map(({ reference }) => reference)),
        ]);
        // After a lost answer the intent stands already; the phase is its witness.
        const witnessed = intended.length === held.length ? intended : [...intended, ...(await this.#intended(held))];
        this.#startAll(attempts, witnessed, loaded);
        return;
      } catch (error) {
        system.log.warn('starts wait for the database', { runs: held.length, error: (error as Error).message });
        await new Promise<void>((resolve) => void system.clock.after(restMs, resolve));
      }
    }
  }

  /**
   * For claims of which nothing was started. An intent whose answer was lost is taken back, too: nobody but this worker
   * could have started anything on it.
   */
  async giveBack(held: readonly Held[]): Promise<void> {
    const { store, holder, settings } = this.#options;
    await store.dispatch.release(holder(), held);
    const intended = await this.#intended(held);
    if (intended.length === 0) return;
    const retryAt = await store.now();
    const nothing = { reason: null, exitCode: null, signal: null, failure: null, result: null } as const;
    const finished = intended.map(({ runId, fence }): Finished => ({
      runId,
      fence,
      outcome: 'not_started',
      state: null,
      retryAt,
      keepAttempt: true,
      ...nothing,
    }));
    await store.transaction((tables) =>
      finishCounted(tables, { workerId: holder().workerId, breaker: settings.breaker }, finished),
    );
  }

  async #intended(held: readonly Held[]): Promise<readonly Held[]> {
    const leases = await this.#options.store.dispatch.leasesOf(this.#options.holder());
    const fences = new Map(held.map(({ runId, fence }) => [runId, fence]));
    return leases.filter(({ runId, fence, phase }) => phase !== 'claimed' && fences.get(runId) === fence);
  }

  #startAll(attempts: readonly Attempt[], intended: readonly Held[], loaded: readonly Work[]): void {
    const { system, onDropped, onEnded } = this.#options;
    const since = system.clock.mono();
    const works = new Map(loaded.map((work) => [work.run.id, work]));
    const fences = new Map(intended.map(({ runId, fence }) => [runId, fence]));
    for (const attempt of attempts) {
      const { claim } = attempt;
      const work = works.get(claim.runId);
      if (fences.get(claim.runId) !== claim.fence || work === undefined) {
        attempt.log.warn('not started: the lease or the run is gone');
        onDropped(claim);
        continue;
      }
      if (work.run.cancelRequestedAt !== null) attempt.stop('cancelled', work.run.cancelReason);
      this.#young.set(attempt, { since, shown: null });
      void attempt.carryOut(work).then(async (finished) => {
        const shown = this.#young.get(attempt)?.shown ?? null;
        this.#young.delete(attempt);
        // A phase is a new row on PostgreSQL: a finish beside its change would find neither the old row nor the new one.
        if (shown !== null) await shown;
        onEnded({ claim, finished });
      });
    }
    this.#watchYoung(shownRunningMs);
  }

  /** One timer for all: most are gone when it fires, and nothing holds them until then. */
  #watchYoung(afterMs: Millis): void {
    if (this.#watching || this.#young.size === 0) return;
    this.#watching = true;
    const { clock } = this.#options.system;
    clock.after(afterMs, () => {
      this.#watching = false;
      const old: Attempt[] = [];
      let next = Infinity;
      for (const [attempt, { since, shown }] of this.#young) {
        if (shown !== null) continue;
        const left = since + shownRunningMs - clock.mono();
        // Less than a timer can wait for.
        if (left < 1) old.push(attempt);
        else next = Math.min(next, left);
      }
      const alive = old.filter(({ finishing }) => !finishing);
      const shown = this.#showRunning(alive);
      for (const attempt of alive) this.#young.set(attempt, { since: 0, shown });
      if (next < Infinity) this.#watchYoung(next);
    });
  }

  async #showRunning(alive: readonly Attempt[]): Promise<void> {
    const { store, system, holder } = this.#options;
    if (alive.length === 0) return;
    for (const attempt of alive) attempt.lasts();
    try {
      await store.dispatch.markRunning(
        holder().incarnation,
        alive.map(({ claim: { runId, fence } }) => ({ runId, fence })),
      );
      store.bell.ring('change');
    } catch (error) {
      system.log.debug('running not shown', { error: String(error) });
    }
  }
}
