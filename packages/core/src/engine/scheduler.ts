/** Plans: wakes at the next due instant and writes what it becomes. Any number may race; the database decides. */
import type { Id } from '../model/id.ts';
import { toUuid } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import { tzVersion } from '../schedule/zone.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { ClockWatch } from './clock-watch.ts';
import { Drain } from './drain.ts';
import type { Host } from './host.ts';
import { Loop } from './loop.ts';
import { dispatchable, planBatch, stepOf, type DueJob, type Planned, type Step } from './plan-batch.ts';
import { aheadMs, recompute, resumeDue, rewindCursors } from './upkeep.ts';
import { JobTriggerError } from '../errors.ts';

export interface SchedulerOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly host: Host;
  readonly name: string;
  readonly version: string;
}

/** Jobs planned in one transaction. */
const batchSize = 100;
/** Instants enumerated in one pass; more of them wait for the next, which follows at once. */
const mostWalked = 10_000;
const beatMs: Millis = 10_000;
/** A job that cannot be planned is left alone for so long, while the others go on. */
const spoiltMs: Millis = 60_000;
const upkeepMs: Millis = 3_600_000;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #loop: Loop;
  readonly #watch = new ClockWatch();
  readonly #drain = new Drain();
  readonly #carried = new Map<Id, number>();
  readonly #spoilt = new Map<Id, Instant>();
  #id: Id | null = null;
  /** What to add to the wall clock to get the database's. */
  #offset: Millis = 0;
  #peers = 1;
  #beatAt: Millis = -Infinity;
  #keptUpAt: Millis = -Infinity;
  #wakeAt: Instant | null = null;
  #doubtful: Millis | null = null;
  #clockGap: { from: Instant; to: Instant } | null = null;
  /** When the next pause ends by itself, as of the last pass. */
  #resumeAt: Instant | null = null;
  #rewind = true;
  #stopWatching: (() => void)[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'scheduler', clock, log, pass: () => this.#pass() });
  }

  /** Null before its first pass. */
  get id(): Id | null {
    return this.#id;
  }

  start(): void {
    const { store } = this.#options;
    this.#stopWatching = [store.bell.listen('plan', () => this.#loop.wake()), this.#watchClock()];
    this.#loop.start();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopWatching) stop();
    await this.#loop.stop();
    if (this.#id !== null) await this.#options.store.schedulers.end(this.#id);
  }

  /** One pass: everything that is due now is planned when it resolves. */
  async tick(): Promise<void> {
    this.#readClock();
    await this.#loop.tick();
  }

  /** Once a second; a jump, or a due instant that the timer slept through, ends the rest. */
  #watchClock(): () => void {
    const { clock } = this.#options.system;
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = clock.after(1000, () => {
        const jumped = this.#readClock();
        if (jumped || (this.#wakeAt !== null && this.#now() >= this.#wakeAt)) this.#loop.wake();
        again();
      });
    };
    again();
    return () => cancel();
  }

  /** @returns whether something changed that a pass must see */
  #readClock(): boolean {
    const { clock, log } = this.#options.system;
    const verdict = this.#watch.look({ wall: clock.wall(), boot: clock.boot() });
    const wasDoubtful = this.#doubtful !== null;
    this.#doubtful = verdict.kind === 'doubtful' ? verdict.waitMs : null;
    if (verdict.kind === 'doubtful' && !wasDoubtful)
      log.warn('the clock jumped ahead; waiting whether it stays', { waitMs: verdict.waitMs });
    if (verdict.kind === 'forward') {
      log.warn('the clock stayed ahead', { from: verdict.from, to: verdict.to });
      if (verdict.far) this.#clockGap = { from: verdict.from, to: verdict.to };
    }
    if (verdict.kind === 'backward') {
      log.warn('the clock went back', { from: verdict.from, to: verdict.to });
      this.#rewind = true;
    }
    return verdict.kind === 'forward' || verdict.kind === 'backward' || (wasDoubtful && verdict.kind === 'steady');
  }

  /** Takes the database's time. Its clock may go back while this machine's does not: then cursors are ahead of it, too. */
  #follow(now: Instant): void {
    const offset = now - this.#options.system.clock.wall();
    if (offset < this.#offset - aheadMs) this.#rewind = true;
    this.#offset = offset;
  }

  #now(): Instant {
    return this.#options.system.clock.wall() + this.#offset;
  }

  async #pass(): Promise<Millis | null> {
    const { settings, store } = this.#options;
    this.#id ??= await this.#register();
    await this.#beat();
    if (this.#doubtful !== null) return Math.min(this.#doubtful, 1000);
    await this.#keepUp();
    if (this.#resumeAt !== null && this.#now() >= this.#resumeAt) await resumeDue(store, await store.now());
    const { next, stuck } = await this.#planAllDue();
    this.#clockGap = null;
    this.#wakeAt = next;
    const untilDue = next === null ? Infinity : next - this.#now();
    return Math.max(stuck ? 1000 : 0, Math.min(settings.pollIntervalMs, untilDue, await this.#untilResume()));
  }

  /** Batch after batch. @returns the next due instant; none when it is stuck: what is due cannot be planned now */
  async #planAllDue(): Promise<{ readonly next: Instant | null; readonly stuck: boolean }> {
    const { schedules } = this.#options.store;
    for (;;) {
      const next = await schedules.earliestPlan();
      if (next === null || next > this.#now()) return { next, stuck: false };
      if (!(await this.#planDue())) return { next: null, stuck: true };
    }
  }

  /** Until the next pause that ends by itself does. Never 0: this clock and the database's may differ a little. */
  async #untilResume(): Promise<Millis> {
    this.#resumeAt = await this.#options.store.jobs.earliestResume();
    return this.#resumeAt === null ? Infinity : Math.max(100, this.#resumeAt - this.#now());
  }

  async #register(): Promise<Id> {
    const { store, host, name, version, settings, system } = this.#options;
    const [id = 0] = await store.ids(1);
    const now = await store.now();
    this.#offset = now - system.clock.wall();
    const row = {
      id,
      createdAt: now,
      name,
      host: host.name,
      pid: host.pid,
      version,
      startedAt: now,
      beatAt: now,
      polledAt: null,
      stoppedAt: null,
    };
    await store.schedulers.register(row);
    system.log.info('scheduler started', {
      id: toUuid(row),
      name,
      version,
      database: store.kind,
      poll_interval_seconds: settings.pollIntervalMs / 1000,
      claim_lock_seconds: settings.claimLockMs / 1000,
      stuck_threshold_seconds: settings.stuckThresholdMs / 1000,
      lease_seconds: settings.leaseMs / 1000,
      lost_after_seconds: settings.lostAfterMs / 1000,
    });
    return id;
  }

  /** At the first pass and every ten seconds: says that it lives, learns how many others do, and resumes what was paused until now. */
  async #beat(): Promise<void> {
    const { store, system, settings } = this.#options;
    const mono = system.clock.mono();
    if (this.#id === null || mono - this.#beatAt < Math.min(beatMs, settings.pollIntervalMs)) return;
    this.#beatAt = mono;
    const now = await store.now();
    this.#follow(now);
    await store.schedulers.beat(this.#id, now);
    await resumeDue(store, now);
  }

  /** At the start, after the clock went back, and every hour. */
  async #keepUp(): Promise<void> {
    const { store, system } = this.#options;
    if (this.#rewind) {
      const moved = await rewindCursors(store);
      const waited = await store.dispatch.bringForward(aheadMs);
      this.#rewind = false;
      if (waited > 0) store.bell.ring('queue');
      if (moved > 0) system.log.warn('schedules planned ahead of the clock count from now', { schedules: moved });
    }
    const mono = system.clock.mono();
    if (mono - this.#keptUpAt < upkeepMs) return;
    this.#keptUpAt = mono;
    const now = await store.now();
    await resumeDue(store, now);
    const changed = await recompute(store, tzVersion);
    if (changed > 0)
      system.log.info('schedules recomputed with new zone data', { schedules: changed, zoneData: tzVersion });
    const others = await store.schedulers.list();
    this.#peers = Math.max(
      1,
      others.filter(({ stoppedAt, beatAt }) => stoppedAt === null && now - beatAt < 3 * beatMs).length,
    );
  }

  /** Plans one batch. @returns false when nothing that is due can be planned */
  async #planDue(): Promise<boolean> {
    const { store, settings } = this.#options;
    const now = await store.now();
    this.#follow(now);
    const due = (await store.schedules.due(now, batchSize + this.#spoilt.size)).filter(
      ({ job }) => (this.#spoilt.get(job.id) ?? 0) <= now,
    );
    if (due.length === 0) return false;
    const steps: Step[] = [];
    let walked = 0;
    for (const each of due.slice(0, batchSize)) {
      if (walked >= mostWalked) break;
      const facts = {
        now,
        toleranceMs: settings.lateToleranceMs,
        limit: mostWalked - walked,
        clockGap: this.#clockGap,
        carried: this.#carried,
      };
      const step = this.#tryStep(each, facts);
      if (step === null) continue;
      steps.push(step);
      for (const { enumeration } of step.schedules) walked += enumeration.walked;
    }
    await this.#planAll(steps, now);
    return true;
  }

  #tryStep(due: DueJob, facts: Parameters<typeof stepOf>[1]): Step | null {
    try {
      return stepOf(due, facts);
    } catch (error) {
      this.#spoil(due.job.id, error);
      return null;
    }
  }

  #spoil(jobId: Id, error: unknown): void {
    this.#spoilt.set(jobId, this.#now() + spoiltMs);
    this.#options.system.log.error('a job cannot be planned; the others go on', {
      jobId,
      error: (error as Error).message,
    });
  }

  /** All in one transaction; when that fails, one by one, so that a bad one stands alone. */
  async #planAll(steps: readonly Step[], now: Instant): Promise<void> {
    const { store, settings } = this.#options;
    const ids = await store.ids(dispatchable(steps));
    const drain = (): Instant => this.#drain.take(now, settings.drainRate / this.#peers);
    try {
      this.#tell(steps, await planBatch(store, steps, { now, ids, drain }), now);
    } catch (error) {
      if (error instanceof JobTriggerError && error.kind === 'unavailable') throw error;
      const [only] = steps;
      if (steps.length === 1 && only !== undefined) {
        this.#spoil(only.job.id, error);
        return;
      }
      for (const step of steps) await this.#planAll([step], now);
    }
  }

  #tell(steps: readonly Step[], { runs, skipped, stopping, moved }: Planned, now: Instant): void {
    const { store, system } = this.#options;
    for (const { schedule, enumeration } of steps.flatMap((step) => step.schedules)) {
      if (!moved.includes(schedule.id)) continue;
      if (enumeration.carried > 0) this.#carried.set(schedule.id, enumeration.carried);
      else this.#carried.delete(schedule.id);
    }
    for (const run of runs) {
      system.log.info('run planned', {
        run: toUuid(run),
        job: run.jobId,
        trigger: run.trigger,
        dueAt: run.dueAt,
        lateMs: now - run.dueAt,
      });
    }
    if (skipped > 0) system.log.debug('occurrences skipped', { count: skipped });
    if (runs.length > 0) store.bell.ring('queue');
    if (stopping.length > 0) store.bell.ring('cancel');
    if (moved.length > 0) store.bell.ring('change');
  }
}
