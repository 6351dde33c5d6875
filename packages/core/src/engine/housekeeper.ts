/** Deletes what retention no longer keeps, in small batches beside the dispatch. */
import { existsSync } from 'node:fs';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import { ledgerAge, ledgerMark } from '../policy/ledger-age.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { removeRunFolder } from '../spawner/run-folder.ts';
import { diskSamplesKey, readSamples } from '../policy/disk-forecast.ts';
import { volumeOf } from '../system/volume.ts';
import { artifactStore } from '../artifacts/open-artifacts.ts';
import { ArtifactKeeper } from './artifact-keeper.ts';
import { Loop } from './loop.ts';

export interface HousekeeperOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly dataDir: string;
}

/** What one pass removed. */
export interface Removed {
  readonly runs: number;
  readonly ledger: number;
  readonly events: number;
  readonly jobs: number;
  readonly others: number;
}

const dayMs: Millis = 86_400_000;
const everyMs: Millis = 3_600_000;
/** Deliveries that have ended are kept so long. */
const deliveryDays = 30;
/** Invitations and keys that are over stay in their lists so long, to be made anew. */
const expiredDays = 30;
/** The first pass leaves the start alone. */
const firstMs: Millis = 60_000;
const batch = 200;
/** Rows of ledger and events in one transaction: a few milliseconds that the dispatch may have to wait. */
const tallyBatch = 2000;
/** What nobody has counted yet, pages count whenever they are looked at. */
const countsEveryMs: Millis = 60_000;
const countedByPages = 1000;
const rowBatch = 1000;
const betweenMs: Millis = 20;

const nothing: Removed = { runs: 0, ledger: 0, events: 0, jobs: 0, others: 0 };

export class Housekeeper {
  readonly #options: HousekeeperOptions;
  readonly #loop: Loop;
  readonly #counting: Loop;
  readonly #artifacts: ArtifactKeeper;
  #stopping = false;
  #passes = 0;

  constructor(options: HousekeeperOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    const { store, dataDir, settings } = options;
    this.#artifacts = new ArtifactKeeper({ store, artifacts: artifactStore(dataDir, settings.artifacts), log });
    this.#loop = new Loop({ name: 'housekeeper', clock, log, pass: () => this.#pass() });
    this.#counting = new Loop({ name: 'counting', clock, log, pass: () => this.#count() });
  }

  start(): void {
    this.#stopping = false;
    this.#loop.start();
    this.#counting.start();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([this.#loop.stop(), this.#counting.stop()]);
  }

  async #pass(): Promise<Millis> {
    this.#passes += 1;
    if (this.#passes === 1) return firstMs;
    await this.tick();
    return everyMs;
  }

  /** Between the passes: while much ends, an hour of it would be too much to count for a page. */
  async #count(): Promise<Millis> {
    const { store } = this.#options;
    const isMuch = (await store.upkeep.untallied()) >= countedByPages;
    // By a clock that nobody believes, the youngest would seem old enough to have nobody beside them.
    if (isMuch && !(await this.#isClockHeld(await store.now())))
      await this.#inBatches(() => store.upkeep.tally(tallyBatch));
    return countsEveryMs;
  }

  /** Removes everything that is due now. */
  async tick(): Promise<Removed> {
    const { store, settings, system } = this.#options;
    const { retention } = settings;
    const now = await store.now();
    if (await this.#isClockHeld(now)) return nothing;
    await store.maintain();
    await this.#inBatches(() => store.upkeep.tally(tallyBatch));
    await store.upkeep.pruneTallies(now - retention.eventDays * dayMs);
    const removed: Removed = {
      runs: await this.#removeRuns(now - retention.runDays * dayMs),
      ledger: await this.#pruneLedger(now),
      events: await this.#inBatches(() => store.events.prune(now - retention.eventDays * dayMs, rowBatch)),
      jobs: (await this.#purgeJobs(now - retention.deletedJobDays * dayMs)) + (await this.#purgeDrafts()),
      others:
        (await store.people.pruneSignIns(now)) +
        (await store.people.pruneInvitations(now - expiredDays * dayMs)) +
        (await store.keys.prune(now - expiredDays * dayMs)) +
        (await store.signInMethods.prune(now, now - dayMs)) +
        (await store.identities.pruneFlows(now)) +
        (await store.tokens.pruneRefresh()) +
        (await store.devices.prune(now)) +
        (await store.idempotency.prune(now - dayMs)) +
        (await store.workers.prune(now - retention.runDays * dayMs)) +
        (await store.schedulers.prune(now - dayMs)) +
        (await store.alerts.prune(now - retention.alertDays * dayMs)) +
        (await store.attention.prune(now - retention.alertDays * dayMs)) +
        (await store.webhooks.prune(now - deliveryDays * dayMs)) +
        (await this.#artifacts.removeExpired(now)) +
        (await this.#artifacts.sweep(now)),
    };
    await store.upkeep.fold();
    await this.#measureDisk(now);
    if (Object.values(removed).some((count: number) => count > 0)) system.log.info('housekeeping', { ...removed });
    return removed;
  }

  /** Leaves a mark: from there on the ledger is whole, and adds up with what its schedules name. */
  async #pruneLedger(now: Instant): Promise<number> {
    const { store, settings } = this.#options;
    const age = ledgerAge(now, settings.retention);
    const removed = await this.#inBatches(() => store.ledger.prune(age, rowBatch));
    const mark = Number((await store.settings.get(ledgerMark)) ?? 0);
    if (removed > 0) await store.settings.set(ledgerMark, Math.max(mark, age.before));
    return removed;
  }

  /** While schedulers do not believe the clock, nothing is old by it (F34). */
  async #isClockHeld(now: number): Promise<boolean> {
    const { store, settings } = this.#options;
    return (await store.schedulers.list()).some(
      ({ hold, stoppedAt, beatAt }) =>
        hold !== null && hold.confirmedAt === null && stoppedAt === null && now - beatAt <= settings.lostAfterMs,
    );
  }

  async #removeRuns(before: number): Promise<number> {
    const { store, dataDir } = this.#options;
    let removed = 0;
    while (!this.#stopping) {
      const runs = await store.runs.expired(before, batch);
      if (runs.length === 0) break;
      // Files first: a crash in between leaves rows whose files are gone, and the next pass removes those.
      for (const run of runs) await removeRunFolder(dataDir, run);
      await this.#artifacts.removeOfRuns(runs);
      await store.runs.remove(runs);
      removed += runs.length;
      await this.#rest();
    }
    return removed;
  }

  /** Lets others have the database between two batches. */
  #rest(): Promise<void> {
    const { clock } = this.#options.system;
    return new Promise<void>((resolve) => void clock.after(betweenMs, resolve));
  }

  async #inBatches(remove: () => Promise<number>): Promise<number> {
    let removed = 0;
    while (!this.#stopping) {
      const some = await remove();
      if (some === 0) break;
      removed += some;
      await this.#rest();
    }
    return removed;
  }

  /** Free bytes every hour of a week: what the forecast of the disk is made from. */
  async #measureDisk(now: Instant): Promise<void> {
    const { store, dataDir } = this.#options;
    if (!existsSync(dataDir)) return;
    const kept = readSamples(await store.settings.get(diskSamplesKey)).filter(({ at }) => at > now - 7 * dayMs);
    await store.settings.set(diskSamplesKey, [...kept, { at: now, freeBytes: volumeOf(dataDir).freeBytes }]);
  }

  async #purgeJobs(before: number): Promise<number> {
    const { store } = this.#options;
    let purged = 0;
    let after: string | null = null;
    do {
      const page = await store.jobs.list({ deleted: true }, 'created_at', false, { limit: 100, after });
      after = page.next;
      for (const { job } of page.items) {
        if (job.deletedAt === null || job.deletedAt >= before) continue;
        await this.#purge(job.id);
        purged += 1;
      }
    } while (after !== null && !this.#stopping);
    return purged;
  }

  async #purge(id: Id): Promise<void> {
    const { store, dataDir } = this.#options;
    await this.#artifacts.removeOfJob(id);
    for (const run of await store.jobs.purge(id)) await removeRunFolder(dataDir, run);
  }

  /** A draft goes with its run. */
  async #purgeDrafts(): Promise<number> {
    const { store } = this.#options;
    let purged = 0;
    while (!this.#stopping) {
      const drafts = await store.jobs.spentDrafts(batch);
      if (drafts.length === 0) break;
      for (const id of drafts) await this.#purge(id);
      purged += drafts.length;
    }
    return purged;
  }
}
