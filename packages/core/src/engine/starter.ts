/** From a claim to a start: T3 for a batch, and then only what the database confirms is started. */
import type { Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Claim, Finished, Held, Holder } from '../store/dispatch-table.ts';
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

type Loaded = Awaited<ReturnType<Store['dispatch']['load']>>;

/** An attempt that lives so long is shown as running. */
const shownRunningMs: Millis = 250;
const restMs: Millis = 500;

export class Starter {
  readonly #options: StarterOptions;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Tries until the database answers, or until the claims are given back. Never throws. */
  async start(attempts: readonly Attempt[]): Promise<void> {
    const { store, system, settings, holder, mayStart } = this.#options;
    const since = system.clock.mono();
    const held = attempts.map(({ claim: { runId, fence } }): Held => ({ runId, fence }));
    for (;;) {
      try {
        if (!mayStart() || system.clock.mono() - since > settings.claimLockMs) {
          await this.#giveBack(held);
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

  /** An intent whose answer was lost is taken back, too: nobody but this worker could have started anything on it. */
  async #giveBack(held: readonly Held[]): Promise<void> {
    const { store, holder } = this.#options;
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
    await store.transaction((tables) => finishCounted(tables, holder().workerId, finished));
  }

  async #intended(held: readonly Held[]): Promise<readonly Held[]> {
    const leases = await this.#options.store.dispatch.leasesOf(this.#options.holder());
    return leases.filter(
      ({ runId, fence, phase }) =>
        phase !== 'claimed' && held.some((each) => each.runId === runId && each.fence === fence),
    );
  }

  #startAll(attempts: readonly Attempt[], intended: readonly Held[], loaded: Loaded): void {
    const { system, onDropped, onEnded } = this.#options;
    const begun: Attempt[] = [];
    let shown: Promise<void> | null = null;
    for (const attempt of attempts) {
      const { claim } = attempt;
      const work = loaded.find(({ run }) => run.id === claim.runId);
      const mine = intended.some(({ runId, fence }) => runId === claim.runId && fence === claim.fence);
      if (!mine || work === undefined) {
        attempt.log.warn('not started: the lease or the run is gone');
        onDropped(claim);
        continue;
      }
      if (work.run.cancelRequestedAt !== null) attempt.stop('cancelled', work.run.cancelReason);
      begun.push(attempt);
      void attempt.run(work).then(async (finished) => {
        // A phase is a new row on PostgreSQL: a finish beside its change would find neither the old row nor the new one.
        await shown;
        onEnded({ claim, finished });
      });
    }
    if (begun.length > 0) system.clock.after(shownRunningMs, () => (shown = this.#showRunning(begun)));
  }

  async #showRunning(attempts: readonly Attempt[]): Promise<void> {
    const { store, system, holder } = this.#options;
    const alive = attempts.filter(({ finishing }) => !finishing);
    if (alive.length === 0) return;
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
