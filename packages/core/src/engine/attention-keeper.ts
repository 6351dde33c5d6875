/**
 * Puts runs that ended badly into items of attention, and ends items whose jobs have succeeded since. It reads the event
 * rows that stand there anyway: a run that succeeds costs nothing, and one that fails nothing more. Any number may race:
 * a run is counted once, and what was not counted before a crash is read again.
 */
import { attentionEvent, type AttentionItem } from '../model/attention.ts';
import type { Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { draftVersion, type Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { causeOf, titleOf, type Cause } from '../policy/attention.ts';
import { healedBy } from '../policy/healing.ts';
import type { AttentionTelling, Healing, ToldRun } from '../store/attention-table.ts';
import type { EventRow } from '../store/event-table.ts';
import type { Store, Tables } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { heedChanges } from './heed-changes.ts';
import { Loop } from './loop.ts';

export interface AttentionKeeperOptions {
  readonly store: Store;
  readonly system: System;
}

/** Ends that are nobody's wish. */
const badEnds = ['run.failed', 'run.timed_out', 'run.lost'] as const;
const everyMs: Millis = 10_000;
/** Between two passes that a bell asked for. */
const quietMs: Millis = 1000;
/** Events of a transaction that took so long have become visible. */
const overlapMs: Millis = 2000;
/** Longer than any transaction of ours may take: looked over with every pass that nobody asked for. */
const longOverlapMs: Millis = 60_000;
/** How far the first pass of an installation looks back. */
const lookBackMs: Millis = 86_400_000;
const eventsAtOnce = 200;
const healingsAtOnce = 200;
const cursorKey = 'attention.cursor';
const keepCursorMs: Millis = 5000;

/** A failed run with its cause. */
interface Told {
  readonly cause: Cause;
  readonly run: Run;
  readonly told: ToldRun;
}

export class AttentionKeeper {
  readonly #options: AttentionKeeperOptions;
  readonly #loop: Loop;
  /** Everything before was read. */
  #readTo: Instant | null = null;
  #keptAt: Millis = -Infinity;
  #passedAt: Millis = -Infinity;
  #lookedAt: Millis = -Infinity;
  /** Events that were taken, with the time of it: those that the overlap shows again. */
  readonly #taken = new Map<number, Millis>();
  #silence: () => void = () => undefined;

  constructor(options: AttentionKeeperOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'attention', clock, log, pass: () => this.#pass(), patient: true });
  }

  start(): void {
    const { store, system } = this.#options;
    this.#silence = heedChanges({
      store,
      system,
      quietMs,
      passedAt: () => this.#passedAt,
      wake: () => this.#loop.wake(),
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#silence();
    await this.#loop.stop();
  }

  /** One look, as the loop takes it. */
  async tick(): Promise<void> {
    this.#lookedAt = -Infinity;
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { store, system } = this.#options;
    const began = system.clock.mono();
    this.#passedAt = began;
    const isWide = began - this.#lookedAt >= everyMs;
    if (isWide) this.#lookedAt = began;
    const readTo = (this.#readTo ??= await this.#kept());
    const from = readTo - (isWide ? longOverlapMs : overlapMs);
    const pulse = await store.attention.pulse(badEnds, from);
    const isNews = pulse.told && (await this.#readFrom(from));
    const isOver = (pulse.open || isNews) && (await this.#endAll(isWide));
    // A clock that went back does not make the past news.
    this.#readTo = Math.max(readTo, pulse.now);
    await this.#keep(began, pulse.told);
    if (isNews || isOver) store.bell.ring('change');
    return everyMs;
  }

  /** Ends what is over. @returns whether anything was */
  async #endAll(isWide: boolean): Promise<boolean> {
    const isHealed = await this.#heal();
    return (isWide && (await this.#endOrphans())) || isHealed;
  }

  async #kept(): Promise<Instant> {
    const { store } = this.#options;
    const kept = await store.settings.get(cursorKey);
    return typeof kept === 'number' ? kept : (await store.now()) - lookBackMs;
  }

  /** Behind by a little is no harm: what is read again is known already. */
  async #keep(mono: Millis, wasNews: boolean): Promise<void> {
    for (const [id, at] of this.#taken) if (mono - at > 2 * longOverlapMs) this.#taken.delete(id);
    if (!wasNews || this.#readTo === null || mono - this.#keptAt < keepCursorMs) return;
    await this.#options.store.settings.set(cursorKey, this.#readTo);
    this.#keptAt = mono;
  }

  /** @returns whether an item changed */
  async #readFrom(from: Instant): Promise<boolean> {
    const { store, system } = this.#options;
    let changed = false;
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<Store['events']['list']>> = await store.events.list(
        { kinds: badEnds, from },
        { limit: eventsAtOnce, after },
      );
      const fresh = page.items.filter(({ id }) => !this.#taken.has(id));
      if (fresh.length > 0) changed = (await this.#take(fresh.toReversed())) || changed;
      for (const { id } of fresh) this.#taken.set(id, system.clock.mono());
      after = page.next;
    } while (after !== null);
    return changed;
  }

  async #take(events: readonly EventRow[]): Promise<boolean> {
    const { store } = this.#options;
    const jobs = await store.jobs.byIds([...new Set(events.flatMap(({ jobId }) => jobId ?? []))]);
    const told: Told[] = [];
    for (const event of events) {
      const job = event.jobId === null ? undefined : jobs.get(event.jobId);
      const run = await this.#runOf(event, job);
      if (run !== null && job !== undefined) told.push(toldOf(event, job, run));
    }
    let changed = false;
    // In one order, so that two that hold several items never wait for each other.
    const groups = [...Map.groupBy(told, ({ cause }) => cause.fingerprint)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    for (const [, group] of groups) changed = (await this.#count(group)) || changed;
    return changed;
  }

  /** Null for what needs nobody: the run or its job is gone, or it was a draft. */
  async #runOf({ runId, runCreatedAt }: EventRow, job: Job | undefined): Promise<Run | null> {
    if (runId === null || runCreatedAt === null || job === undefined) return null;
    if (job.deletedAt !== null || job.version === draftVersion) return null;
    return this.#options.store.runs.get({ id: runId, createdAt: runCreatedAt });
  }

  /** Counts the runs of one cause. */
  async #count(group: readonly Told[]): Promise<boolean> {
    const { store } = this.#options;
    const last = group.at(-1);
    if (last === undefined) return false;
    const [id = 0] = await store.ids(1);
    const { fingerprint, kind, category, evidence } = last.cause;
    const words: Omit<AttentionTelling, 'title'> = { kind, severity: 'error', category, evidence };
    return store.transaction(async (tables) => {
      const item = await tables.attention.hold(id, fingerprint, { ...words, title: '' });
      const isOver = item.resolvedAt !== null;
      const spell = isOver ? item.spell + 1 : item.spell;
      const fresh = new Set(
        await tables.attention.addRuns(
          { id: item.id, spell },
          group.map(({ told }) => told),
        ),
      );
      if (fresh.size === 0) {
        await tables.attention.drop(item.id);
        return false;
      }
      if (isOver) await tables.attention.open(item.id);
      const { jobName, attempt, workerName } = last.run;
      const told = await tables.attention.tell(item.id, [...fresh], (counted) => ({
        ...words,
        title: titleOf({ ...counted, kind, jobName, attempt, workerName }),
      }));
      if (isOver) await tables.events.append([attentionEvent('attention.raised', told)]);
      return true;
    });
  }

  async #heal(): Promise<boolean> {
    const { store } = this.#options;
    let healed = 0;
    for (;;) {
      const found = await store.attention.healings(healingsAtOnce);
      for (const healing of found) await this.#healOne(healing);
      healed += found.length;
      if (found.length < healingsAtOnce) return healed > 0;
    }
  }

  async #healOne({ itemId, jobId, failed, succeeded }: Healing): Promise<void> {
    const { store } = this.#options;
    const how = healedBy({
      failed: await this.#read(failed),
      succeeded: await this.#read(succeeded),
    });
    await store.transaction(async (tables) => {
      await tables.attention.heal(itemId, jobId);
      if (await tables.attention.endIfHealed(itemId, how)) await tellEnd(tables, itemId);
    });
  }

  #read(reference: Reference | null): Promise<Run | null> {
    return reference === null ? Promise.resolve(null) : this.#options.store.runs.get(reference);
  }

  /** Items whose jobs were deleted. */
  async #endOrphans(): Promise<boolean> {
    const { store } = this.#options;
    const orphans = await store.attention.orphaned(healingsAtOnce);
    for (const { id, jobs, alertId } of orphans) {
      const how =
        jobs === 0 && alertId !== null ? 'It is over.' : jobs > 1 ? 'Its jobs were deleted.' : 'Its job was deleted.';
      await store.transaction(async (tables) => {
        if (await tables.attention.resolve(id, { by: null, how })) await tellEnd(tables, id);
      });
    }
    return orphans.length > 0;
  }
}

async function tellEnd(tables: Tables, id: AttentionItem['id']): Promise<void> {
  const item = await tables.attention.get(id);
  if (item !== null) await tables.events.append([attentionEvent('attention.resolved', item)]);
}

function toldOf(event: EventRow, job: Job, run: Run): Told {
  const { state } = run;
  const { jobId, jobName, reason, attempt, exitCode, signal, failure, workerName } = run;
  const { definition } = job;
  const bad = state === 'lost' || state === 'timed_out' ? state : 'failed';
  return {
    run,
    cause: causeOf({ jobId, jobName, definition, state: bad, reason, attempt, exitCode, signal, failure, workerName }),
    told: {
      id: run.id,
      createdAt: run.createdAt,
      jobId,
      jobCreatedAt: job.createdAt,
      eventId: event.id,
      endedAt: run.endedAt ?? event.at,
    },
  };
}
