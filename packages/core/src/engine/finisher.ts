/** T5, batched: results that end within a few milliseconds of each other share a transaction, and the next claim is in it. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { Attempt } from '../model/run.ts';
import type { BreakerSettings } from '../model/trouble.ts';
import type { Claim, Finished } from '../store/dispatch-table.ts';
import type { Store, Tables } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { setAsideEvents } from './set-aside.ts';
import { countFinished } from './finish-counted.ts';
import { finishJudged } from './finish-judged.ts';
import { noSlots, type Slots } from './slots.ts';

export interface Ending {
  readonly claim: Claim;
  readonly finished: Finished;
}

export interface FinisherOptions {
  readonly store: Store;
  readonly system: System;
  /** Whose counters the results go to. */
  readonly workerId: () => Id;
  readonly breaker: BreakerSettings;
  /** Attempts whose results are still to come: while there is none, nothing is worth waiting for. */
  readonly living: () => number;
  readonly slots: Pick<Slots, 'free' | 'keep'>;
  /** How many transactions may be under way: with a second one the database works while the first waits for its disk. */
  readonly lanes: number;
  /** Claims in the same transaction, for every slot that is free and those that its runs leave. */
  readonly claim: (tables: Tables, slots: number) => Promise<readonly Claim[]>;
  /** Called after the commit. `late` holds the ids whose lease was gone: their results changed nothing. */
  readonly onFinished: (done: {
    readonly endings: readonly Ending[];
    readonly late: ReadonlySet<number>;
    readonly claims: readonly Claim[];
    /** Some of it is tried again, at an instant that no claim has seen. */
    readonly beginsAgain: boolean;
  }) => void;
}

const gatherMs: Millis = 8;
const longestBatch = 500;
/** A batch costs as much as so many results, whatever is in it. */
const smallestShare = 50;
/** For how long slots are kept while results are written: that may wait for a job that somebody else holds. */
const patienceMs: Millis = 100;
/** Between two tries to store results: doubling from the first to the longest, which is shorter when time runs out. */
const firstRestMs: Millis = 100;
const longestRestMs: Millis = 2000;
const hastyRestMs: Millis = 200;
const dispatching = { dispatching: true } as const;

export class Finisher {
  readonly #options: FinisherOptions;
  #waiting: Ending[] = [];
  /** Gathering, until the time is up or nothing more is to come. */
  #gathering: (() => void) | null = null;
  #flushing = 0;
  #idle: (() => void)[] = [];
  #abandoned = false;
  #longestRestMs = longestRestMs;
  readonly #resting = new Set<() => void>();

  constructor(options: FinisherOptions) {
    this.#options = options;
  }

  add(ending: Ending): void {
    this.#waiting.push(ending);
    if (this.#waiting.length >= longestBatch || this.#options.living() === 0) this.#send();
    else this.#gathering ??= this.#options.system.clock.after(gatherMs, () => this.#send());
  }

  /** Resolves when everything added so far is stored, or given up. */
  async idle(): Promise<void> {
    while (!this.#abandoned && this.#waiting.length + this.#flushing > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Its process ends soon: what waits for its next try is tried now, and often from here on. */
  hasten(): void {
    this.#longestRestMs = hastyRestMs;
    for (const wake of this.#resting) wake();
  }

  /** Stops trying: what is not stored is settled later, from the journal. */
  abandon(): void {
    this.#abandoned = true;
    this.#tellIdle();
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Whatever waits goes, as far as there are lanes; what does not find one goes with the next that comes free. */
  #send(): void {
    this.#gathering?.();
    this.#gathering = null;
    while (this.#waiting.length > 0 && this.#flushing < this.#options.lanes && !this.#abandoned) {
      const most = this.#share();
      this.#flushing += 1;
      void this.#flush(this.#take(most));
    }
  }

  /**
   * As much as goes. Where nothing else is to come and slots are free, the lanes share what there is: two halves of what a full
   * limit lets through take turns from then on.
   */
  #share(): number {
    const { living, slots, lanes } = this.#options;
    if (living() > 0 || slots.free === 0) return longestBatch;
    const share = Math.ceil(this.#waiting.length / (lanes - this.#flushing));
    return Math.min(longestBatch, Math.max(smallestShare, share));
  }

  /** What the store answers by run: a run that has two results by now, one of them late, has them one after the other. */
  #take(most: number): readonly Ending[] {
    const batch = new Map<Id, Ending>();
    const rest: Ending[] = [];
    for (const ending of this.#waiting) {
      const { runId } = ending.claim;
      if (batch.size < most && !batch.has(runId)) batch.set(runId, ending);
      else rest.push(ending);
    }
    this.#waiting = rest;
    return [...batch.values()];
  }

  async #flush(batch: readonly Ending[]): Promise<void> {
    try {
      await this.#store(batch);
    } finally {
      this.#flushing -= 1;
      if (this.#waiting.length > 0) this.#send();
      this.#tellIdle();
    }
  }

  /** Tries until it is stored. An ambiguous commit is looked up before it is repeated. */
  async #store(batch: readonly Ending[]): Promise<void> {
    const { store, system, slots, claim, onFinished, workerId, breaker } = this.#options;
    let open = batch;
    for (let failures = 0; !this.#abandoned; failures += 1) {
      let kept = slots.keep(batch.length);
      const stopWaiting = system.clock.after(patienceMs, () => {
        kept.release();
        kept = noSlots;
      });
      try {
        if (failures > 0) open = await this.#unrecorded(open);
        const finished = open.map((ending) => ending.finished);
        const { held, claims } = await store.transaction(async (tables) => {
          const done = await finishJudged(tables, finished, breaker);
          const held = new Set(done);
          await tellSettledOtherwise(
            tables,
            open.filter(({ claim: { runId } }) => !held.has(runId)),
          );
          await tables.events.append(setAsideEvents(open.filter(({ claim: { runId } }) => held.has(runId))));
          stopWaiting();
          if (kept === noSlots) kept = slots.keep(batch.length);
          const claims = await claim(tables, kept.count);
          // Last: the other lane counts in the same rows.
          await countFinished(tables, workerId(), { finished, done });
          return { held, claims };
        }, dispatching);
        const late = new Set(open.map(({ claim: { runId } }) => runId).filter((id) => !held.has(id)));
        const beginsAgain = batch.some(({ finished: { retryAt } }) => retryAt !== null);
        onFinished({ endings: batch, late, claims, beginsAgain });
        return;
      } catch (error) {
        const code = error instanceof JobTriggerError ? error.code : null;
        system.log.warn('results are not stored yet', { runs: open.length, error: (error as Error).message, code });
      } finally {
        stopWaiting();
        kept.release();
      }
      await this.#rest(failures);
    }
  }

  async #rest(failures: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const longMs = Math.min(this.#longestRestMs, firstRestMs * 2 ** Math.min(failures, 5));
    const cancel = this.#options.system.clock.after(longMs, resolve);
    this.#resting.add(resolve);
    await promise;
    this.#resting.delete(resolve);
    cancel();
  }

  async #unrecorded(endings: readonly Ending[]): Promise<readonly Ending[]> {
    const open: Ending[] = [];
    for (const ending of endings) {
      const recorded = await recordOf(this.#options.store, ending.claim);
      if (recorded?.outcome !== ending.finished.outcome) open.push(ending);
    }
    return open;
  }
}

/** What stands in the table for this very attempt; undefined before it has ended. */
async function recordOf(
  { runs }: Pick<Tables, 'runs'>,
  { runId: id, runCreatedAt: createdAt, fence }: Claim,
): Promise<Attempt | undefined> {
  return (await runs.attempts({ id, createdAt })).find((attempt) => attempt.fence === fence);
}

/**
 * The store tells of a result without a lease only where no attempt of that fence is recorded, as a repeated result is no
 * news. One that a rescue has settled meanwhile with another outcome is news.
 */
async function tellSettledOtherwise(tables: Tables, late: readonly Ending[]): Promise<void> {
  for (const { claim, finished } of late) {
    const recorded = await recordOf(tables, claim);
    if (recorded === undefined || recorded.outcome === finished.outcome) continue;
    const { runId, runCreatedAt, jobId, fence } = claim;
    const data = { fence, outcome: finished.outcome, exit_code: finished.exitCode };
    await tables.events.append([{ kind: 'run.late_result', runId, runCreatedAt, jobId, data }]);
  }
}
