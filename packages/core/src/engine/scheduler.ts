/** Plans: wakes at the next due instant and writes what it becomes. Any number may race; the database decides. */
import type { Id } from '../model/id.ts';
import { toUuid } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { ScriptSeer } from '../flow/script-gate.ts';
import { tzVersion } from '../schedule/zone.ts';
import type { DueJob } from '../store/job-tables.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { ClockWatch } from './clock-watch.ts';
import { CountingClock } from './counting-clock.ts';
import { Drain } from './drain.ts';
import type { Host } from './host.ts';
import { heldRestMs, LineageWatch } from './lineage-watch.ts';
import { Loop } from './loop.ts';
import { FairShare } from './fair-share.ts';
import { dispatchable, planBatch, stepOf, type Planned, type Step } from './plan-batch.ts';
import { Sweep } from './sweep.ts';
import { recompute, resumeDue, rewindCursors, settleMaintenance } from './upkeep.ts';
import { JobTriggerError } from '../errors.ts';

export interface SchedulerOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly host: Host;
  readonly name: string;
  readonly version: string;
  /** False while the disk is full: then nothing is planned. Default: always room. */
  readonly hasRoom?: (() => boolean) | undefined;
  /** That of its process. Default: one of its own. */
  readonly lineage?: LineageWatch;
  /** What scripts hold, where approval is required. */
  readonly look?: ScriptSeer | undefined;
}

/** Jobs planned in one transaction. */
const batchSize = 250;
/** Instants enumerated in one pass; more of them wait for the next, which follows at once. */
const mostWalked = 10_000;
const beatMs: Millis = 10_000;
/** A job that cannot be planned is left alone for so long, while the others go on. */
const spoiltMs: Millis = 60_000;
const upkeepMs: Millis = 3_600_000;
/** How long a scheduler with nothing to plan may not know that the database changed. */
const idleLookMs: Millis = 60_000;

/** What befalls the database befalls every job alike: none of them is the bad one. */
function isOfTheDatabase(error: unknown): boolean {
  return error instanceof JobTriggerError && (error.kind === 'unavailable' || error.kind === 'no_space');
}

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #loop: Loop;
  readonly #clock: CountingClock;
  readonly #lineage: LineageWatch;
  /** The line of history of its registration. */
  #registeredOn = 0;
  readonly #drain = new Drain();
  readonly #share: FairShare;
  readonly #sweep = new Sweep();
  readonly #carried = new Map<Id, number>();
  readonly #spoilt = new Map<Id, Instant>();
  #id: Id | null = null;
  #peers = 1;
  #beatAt: Millis = -Infinity;
  /** Passes not in the counters yet: they go along with what is planned, as a statement each would cost an idle machine. */
  #uncounted = 0;
  #keptUpAt: Millis = -Infinity;
  #wakeAt: Instant | null = null;
  /** When the next pause ends by itself, as of the last pass. */
  #resumeAt: Instant | null = null;
  /** When maintenance begins, or began that is not settled, as of the last pass. */
  #maintenanceFrom: Instant | null = null;
  #stopWatching: (() => void)[] = [];
  #passedAt: Millis | null = null;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#clock = new CountingClock(options);
    this.#share = new FairShare(options.store);
    this.#lineage = options.lineage ?? new LineageWatch(options);
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'scheduler', clock, log, pass: () => this.#pass() });
  }

  /** Null before its first pass. */
  get id(): Id | null {
    return this.#id;
  }

  /** Reading of `mono` when its last whole pass had ended: everything that was due then is planned. Null before. */
  get passedAt(): Millis | null {
    return this.#passedAt;
  }

  start(): void {
    const { store } = this.#options;
    this.#stopWatching = [store.bell.listen('plan', () => this.#loop.wake()), this.#watchClock()];
    this.#loop.start();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopWatching) stop();
    await this.#loop.stop();
    await this.#countPasses();
    if (this.#id !== null) await this.#options.store.schedulers.end(this.#id);
  }

  /** One pass: everything that is due now is planned when it resolves. */
  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  /** Once a second; a jump of this machine's clock, or a due instant that the timer slept through, ends the rest. */
  #watchClock(): () => void {
    const { clock } = this.#options.system;
    const own = new ClockWatch();
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = clock.after(1000, () => {
        const { kind } = own.look({ wall: clock.wall(), boot: clock.boot() });
        if (kind !== 'steady' || (this.#wakeAt !== null && this.#clock.now() >= this.#wakeAt)) this.#loop.wake();
        again();
      });
    };
    again();
    return () => cancel();
  }

  async #pass(): Promise<Millis | null> {
    const { settings } = this.#options;
    const { number, settledAt } = await this.#lineage.lookWithin(idleLookMs);
    await this.#keepRegistration(number);
    this.#id ??= await this.#register();
    this.#uncounted += 1;
    await this.#beat(await this.#clock.read(this.#id));
    if (settledAt === null) return heldRestMs;
    if (this.#options.hasRoom?.() === false) return 1000;
    const { doubtful } = this.#clock;
    if (doubtful !== null) return Math.min(Math.max(doubtful, 0), 1000);
    await this.#keepUp();
    await this.#takeTurns();
    const { next, stuck } = await this.#planAllDue();
    this.#clock.settled('gap');
    this.#wakeAt = next;
    if (!stuck) this.#passedAt = this.#options.system.clock.mono();
    const untilDue = next === null ? Infinity : next - this.#clock.now();
    return Math.max(stuck ? 1000 : 0, Math.min(settings.pollIntervalMs, untilDue, await this.#untilTurn()));
  }

  /** A clock may jump within a pass: what writes by it looks at it itself. Null when it is not to be believed yet. */
  async #believed(): Promise<Instant | null> {
    const now = await this.#clock.read(this.#id);
    return this.#clock.doubtful === null ? now : null;
  }

  /** Its registration may be among what a failover lost. */
  async #keepRegistration(line: number): Promise<void> {
    if (this.#registeredOn === line) return;
    this.#registeredOn = line;
    if (this.#id === null) return;
    const known = await this.#options.store.schedulers.list();
    if (!known.some(({ id }) => id === this.#id)) this.#id = null;
  }

  /** Pauses that end, and maintenance that begins. */
  async #takeTurns(): Promise<void> {
    const { settings, store } = this.#options;
    const hasCome = (at: Instant | null): boolean => at !== null && this.#clock.now() >= at;
    if (hasCome(this.#resumeAt)) {
      const now = await this.#believed();
      if (now !== null) await resumeDue(store, now, settings.drainRate);
    }
    if (hasCome(this.#maintenanceFrom)) await this.#tendMaintenance();
  }

  /** Batch after batch. @returns the next due instant; none when it is stuck: what is due cannot be planned now */
  async #planAllDue(): Promise<{ readonly next: Instant | null; readonly stuck: boolean }> {
    const { schedules } = this.#options.store;
    for (;;) {
      const next = await schedules.earliestPlan();
      const isOver = next === null || next > this.#clock.now();
      const isStuck = !isOver && ((await this.#lineage.look()).settledAt === null || !(await this.#planDue()));
      if (isOver || isStuck) {
        this.#sweep.end();
        return { next: isOver ? next : null, stuck: isStuck };
      }
    }
  }

  /** Until a pause ends by itself or maintenance begins. Never 0: this clock and the database's may differ a little. */
  async #untilTurn(): Promise<Millis> {
    const { resumeAt, maintenanceFrom } = await this.#options.store.maintenance.turns();
    this.#resumeAt = resumeAt;
    this.#maintenanceFrom = maintenanceFrom;
    const now = this.#clock.now();
    const begins = maintenanceFrom !== null && maintenanceFrom > now ? maintenanceFrom : Infinity;
    return Math.max(100, Math.min(resumeAt ?? Infinity, begins) - now);
  }

  /** Holds waiting runs back, lets them go, and lets go of what is over. */
  async #tendMaintenance(): Promise<void> {
    const { store } = this.#options;
    const now = await this.#believed();
    if (now === null) return;
    if ((await store.maintenance.placeWaiting(now)) > 0) store.bell.ring('queue');
    await settleMaintenance(store, now);
  }

  async #register(): Promise<Id> {
    const { store, host, name, version, settings, system } = this.#options;
    const [id = 0] = await store.ids(1);
    const now = await store.now();
    this.#clock.follow(now);
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
      clockOffset: null,
      hold: null,
    };
    await this.#clock.joinHold(now);
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

  /** At the first pass and every ten seconds: says that it lives. */
  async #beat(now: Instant): Promise<void> {
    const { store, system, settings } = this.#options;
    const mono = system.clock.mono();
    if (this.#id === null || mono - this.#beatAt < Math.min(beatMs, settings.pollIntervalMs)) return;
    this.#beatAt = mono;
    await store.schedulers.beat(this.#id, now, system.clock.wall());
  }

  /** At the start, after the clock went back, and every hour. */
  async #keepUp(): Promise<void> {
    const { store, system, settings } = this.#options;
    const { wentBack } = this.#clock;
    if (wentBack !== null) {
      const moved = await rewindCursors(store);
      const waited = await store.dispatch.bringForward(wentBack.told);
      this.#clock.settled('back');
      if (waited > 0) store.bell.ring('queue');
      if (moved > 0) system.log.warn('schedules planned ahead of the clock count from now', { schedules: moved });
    }
    const mono = system.clock.mono();
    if (mono - this.#keptUpAt < upkeepMs) return;
    const now = await this.#believed();
    if (now === null) return;
    this.#keptUpAt = mono;
    await this.#countPasses();
    await resumeDue(store, now, settings.drainRate);
    const changed = await recompute(store, tzVersion);
    if (changed > 0)
      system.log.info('schedules recomputed with new zone data', { schedules: changed, zoneData: tzVersion });
    const others = await store.schedulers.list();
    this.#peers = Math.max(
      1,
      others.filter(({ stoppedAt, beatAt }) => stoppedAt === null && now - beatAt < 3 * beatMs).length,
    );
  }

  /** At the end, and every hour in which nothing was planned. */
  async #countPasses(): Promise<void> {
    const passes = this.#uncounted;
    if (this.#id === null || passes === 0) return;
    await this.#options.store.upkeep.count(this.#id, { passes });
    this.#uncounted -= passes;
  }

  /** Plans one batch. @returns false when nothing that is due can be planned */
  async #planDue(): Promise<boolean> {
    const { settings } = this.#options;
    const now = await this.#believed();
    if (now === null) return false;
    const due = await this.#share.read(this.#id, {
      now,
      limit: batchSize + this.#spoilt.size,
      wanted: ({ job }) => (this.#spoilt.get(job.id) ?? 0) <= now,
    });
    if (due.length === 0) return false;
    // With a hundred thousand due at once it lives through many of these.
    await this.#beat(now);
    const toleranceMs = settings.lateToleranceMs + this.#sweep.lastsAt(now);
    const steps: Step[] = [];
    let walked = 0;
    for (const each of due.slice(0, batchSize)) {
      if (walked >= mostWalked) break;
      const facts = {
        now,
        toleranceMs,
        limit: mostWalked - walked,
        clockGap: this.#clock.gap,
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
    this.#spoilt.set(jobId, this.#clock.now() + spoiltMs);
    this.#options.system.log.error('a job cannot be planned; the others go on', {
      jobId,
      error: (error as Error).message,
    });
  }

  /** All in one transaction; when that fails, one by one, so that a bad one stands alone. */
  async #planAll(steps: readonly Step[], now: Instant): Promise<void> {
    const { store, settings, look } = this.#options;
    const counting = { owner: this.#id ?? 0, passes: this.#uncounted };
    const ids = await store.ids(dispatchable(steps));
    const drain = (): Instant => this.#drain.take(now, settings.drainRate / this.#peers);
    const begun = this.#clock.now();
    try {
      const planned = await planBatch(store, steps, { now, ids, drain, counting, look, breaker: settings.breaker });
      this.#sweep.planned(begun, this.#clock.now());
      if (planned.moved.length > 0) this.#uncounted -= counting.passes;
      this.#tell(steps, planned, now);
    } catch (error) {
      if (isOfTheDatabase(error)) throw error;
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
