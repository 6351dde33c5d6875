/** Claims runs for its free slots and carries them out. */
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import { labelsWithContainment } from '../model/worker.ts';
import type { Handlers } from '../handlers/carry-out.ts';
import type { HandlerPorts } from '../handlers/handler.ts';
import { nextRest } from '../policy/idle.ts';
import type { Claim, Holder, Renewal } from '../store/dispatch-table.ts';
import type { Tables } from '../store/store.ts';
import { systemClock } from '../system/clock.ts';
import { artifactStore } from '../artifacts/open-artifacts.ts';
import { Attempt, type AttemptOptions } from './attempt.ts';
import { RecentEndings } from './evidence.ts';
import { Finisher } from './finisher.ts';
import { Health } from './health.ts';
import { Heartbeat } from './heartbeat.ts';
import { Leaks } from './leaks.ts';
import { LineageWatch } from './lineage-watch.ts';
import { lookForCancels } from './look-for-cancels.ts';
import { Loop } from './loop.ts';
import { Recovery } from './recovery.ts';
import { register, remainsFor, type RegistrationOptions } from './registration.ts';
import { Slots } from './slots.ts';
import { SpawnerKeeper, type WorkerSpawner } from './spawner-keeper.ts';
import { Starter } from './starter.ts';
import { ownName } from './takeover.ts';

export interface WorkerOptions extends RegistrationOptions {
  /** Already found free (`ownName`), so that its folder is its own. */
  readonly name: string;
  readonly dataDir: string;
  readonly handlers: Handlers;
  readonly ports: Omit<HandlerPorts, 'spawner'>;
  readonly startSpawner: () => Promise<WorkerSpawner>;
  /** False while the disk is full: then nothing is claimed. Default: always room. */
  readonly hasRoom?: (() => boolean) | undefined;
  /** That of its process. Default: one of its own. */
  readonly lineage?: LineageWatch;
}

/** Processes end in the machine's time, also under a clock that a test moves. */
const machine = systemClock({ keepsAlive: true });
/** Beyond the kill grace of a job, how long a stopping worker waits for the results. */
const reportMs: Millis = 5000;
/** After the claim of a result, what that did not see or another one had locked is found within so long. */
const lookAgainMs: Millis = 100;
/** How long a worker with nothing in its hands may not know that the database changed. */
const idleLookMs: Millis = 30_000;

export class Worker {
  readonly #options: WorkerOptions;
  readonly #loop: Loop;
  readonly #heartbeat: Heartbeat;
  readonly #finisher: Finisher;
  readonly #spawner: SpawnerKeeper;
  readonly #starter: Starter;
  readonly #attempts = new Map<Id, Attempt>();
  readonly #slots: Slots;
  /** Fences of runs that were given back without having been in its hands. */
  readonly #disowned = new Map<Id, number>();
  /** Of its attempts, those whose result is not known yet. */
  #living = 0;
  #holder: Holder = { workerId: 0, incarnation: 0 };
  #name: string;
  /** Stopping: it comes to its end. */
  #draining = false;
  /** Whether it takes runs, as the last renewal told; a person may have it drain or pause. */
  #takes = true;
  readonly #forAttempts: AttemptOptions;
  readonly #leaks: Leaks;
  readonly #health: Health;
  readonly #lineage: LineageWatch;
  readonly #recovery: Recovery;
  readonly #endings = new RecentEndings();
  /** The line of history with which it has compared what it knows. */
  #compared = 0;
  #rest: Millis | null = null;
  #stopListening: (() => void)[] = [];
  #emptied: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    const { store, system, settings, dataDir, handlers, ports } = options;
    this.#options = options;
    this.#name = options.name;
    this.#loop = new Loop({ name: 'worker', clock: system.clock, log: system.log, pass: () => this.#pass() });
    this.#slots = new Slots({
      all: settings.maxConcurrent,
      taken: () => this.#attempts.size + this.#leaks.count,
      onReleased: () => this.#loop.wake(),
    });
    this.#heartbeat = new Heartbeat({
      store,
      system,
      settings,
      holder: () => this.#holder,
      attempts: () => this.#attempts.values(),
      onRenewed: (sentAt, { takes }) => {
        this.#spawner.renewed(sentAt);
        this.#hear(takes);
      },
      onUnknown: async (held) => {
        // The answer to a claim may be on its way still: what it names is not begun any more.
        for (const { runId, fence } of held) this.#disowned.set(runId, fence);
        await this.#starter.giveBack(held);
      },
      onOver: () => this.#startOver(),
      isElsewhere: (renewal, before) => this.#isElsewhere(renewal, before.length),
    });
    this.#finisher = new Finisher({
      store,
      system,
      workerId: () => this.#holder.workerId,
      breaker: settings.breaker,
      living: () => this.#living,
      slots: this.#slots,
      lanes: store.kind === 'postgres' ? 2 : 1,
      claim: (tables, slots) => this.#claim(tables, slots),
      onFinished: ({ endings, late, claims, beginsAgain }) => {
        for (const runId of late)
          this.#attempts.get(runId)?.log.warn('the lease was gone: the result came late and changed nothing');
        for (const { claim } of endings) this.#remove(claim);
        if (claims.length > 0) this.#begin(claims);
        store.bell.ring('change');
        this.#loop.wakeWithin(beginsAgain ? 0 : lookAgainMs);
      },
    });
    this.#spawner = new SpawnerKeeper({ system, start: options.startSpawner });
    this.#forAttempts = {
      store,
      settings,
      dataDir,
      handlers,
      log: system.log,
      ports: { ...ports, spawner: this.#spawner },
      artifacts: artifactStore(dataDir, settings.artifacts),
      now: () => this.#heartbeat.now(),
      holds: () => this.#heartbeat.isValid,
    };
    this.#leaks = new Leaks({ clock: machine, log: system.log, onGone: () => this.#loop.wake() });
    this.#lineage = options.lineage ?? new LineageWatch({ store, system, settings });
    this.#recovery = new Recovery({
      store,
      system,
      settings,
      name: () => this.#name,
      holder: () => this.#holder,
      sources: () => ({
        attempts: this.#attempts.values(),
        endings: this.#endings,
        journal: remainsFor(options)?.journal() ?? [],
      }),
    });
    this.#health = new Health({ store, system, name: () => this.#name });
    this.#starter = new Starter({
      store,
      system,
      settings,
      holder: () => this.#holder,
      mayStart: () => this.#mayStart,
      onDropped: (claim) => {
        this.#living -= 1;
        this.#remove(claim);
        this.#loop.wake();
      },
      onEnded: (ending) => {
        this.#health.heed(ending.finished);
        this.#leaks.hold(ending.finished.tree?.survivors ?? []);
        this.#living -= 1;
        this.#endings.add(ending, this.#attempts.get(ending.claim.runId)?.run ?? null);
        this.#finisher.add(ending);
      },
    });
  }

  get id(): Id {
    return this.#holder.workerId;
  }

  get incarnation(): number {
    return this.#holder.incarnation;
  }

  /** Runs in this worker's hands. */
  get busy(): number {
    return this.#attempts.size;
  }

  /** Settles what a former process of this name left, registers, and begins to claim. */
  async start(): Promise<void> {
    await this.register();
    const { bell } = this.#options.store;
    this.#stopListening = [
      bell.listen('queue', () => this.#loop.wake()),
      bell.listen('cancel', () => void lookForCancels(this.#options, this.#attempts)),
    ];
    this.#heartbeat.start();
    this.#loop.start();
  }

  /** Everything of {@link start} but the loops: for tests and `--once`, which call {@link tick}. */
  async register(): Promise<void> {
    // Before a spawner of our own opens the journal: entries of the former one would go to a file that is gone.
    if (!this.#spawner.isUp) await remainsFor(this.#options)?.endSpawner();
    // Before the registration, which tells how surely the spawner can end a tree.
    if (!this.#spawner.isUp) await this.#spawner.start();
    await this.#lineage.look();
    await this.#signOn();
    await this.#compare();
  }

  async #signOn(): Promise<void> {
    const { store, host, name } = this.#options;
    for (;;) {
      const registration = await register(this.#options, {
        name: this.#name,
        containment: this.#spawner.containment,
      });
      if (registration !== null) {
        const { holder, sentAt, beatAt } = registration;
        this.#holder = holder;
        this.#heartbeat.registered({ sentAt, beatAt });
        return;
      }
      this.#name = (await ownName({ store, wished: name, host, lockOf: null })).name;
    }
  }

  /** Whether the database is on a line of history that this worker has not compared what it knows with, to the end. */
  async #isElsewhere(renewal: Renewal | null, busy: number): Promise<boolean> {
    const isIdle = renewal?.held.length === 0 && busy === 0;
    const { number } = await (isIdle ? this.#lineage.lookWithin(idleLookMs) : this.#lineage.look());
    if (number === this.#compared) return false;
    // Its registration is among what is gone: what it carries out goes on all the same.
    if (renewal === null) await this.#signOn();
    await this.#compare();
    return true;
  }

  /** Says so when there is nothing left to compare. After the hold nobody waits: what is not written by then is told. */
  async #compare(): Promise<void> {
    const { store } = this.#options;
    const { number, settledAt } = await this.#lineage.look();
    const isFirst = number === 1 || (await store.lineage.reporters(number)).includes(this.id);
    if (!isFirst && !(await this.#recovery.compare({ mayWait: settledAt === null }))) return;
    if (!isFirst) await store.lineage.report(number, this.id);
    this.#compared = number;
    this.#loop.wake();
  }

  /** The database decides, and answers no claim of a worker that takes nothing: here it is said, and noticed at once. */
  #hear(takes: boolean): void {
    if (takes === this.#takes) return;
    this.#takes = takes;
    if (!this.#draining)
      this.#options.system.log.info(takes ? 'takes runs again' : 'takes no more runs: drained or paused', {
        name: this.#name,
      });
    if (takes) this.#loop.wake();
  }

  /** One claim, as the loop makes it. */
  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  /** One renewal, as the heartbeat makes it. */
  async beat(): Promise<void> {
    await this.#heartbeat.tick();
  }

  /** Resolves when nothing is in its hands and every result is stored. */
  async idle(): Promise<void> {
    while (this.#attempts.size > 0) await new Promise<void>((resolve) => this.#emptied.push(resolve));
    await this.#finisher.idle();
  }

  /**
   * Claims no more, gives back what has not begun, waits the drain time for the rest and ends it. Called again with
   * `now`, or with it at once: ends everything without waiting.
   */
  async stop({ now = false }: { readonly now?: boolean } = {}): Promise<void> {
    const { store, system, settings } = this.#options;
    if (now) this.#stopAll();
    if (this.#draining) return this.idle();
    this.#draining = true;
    for (const stop of this.#stopListening) stop();
    await this.#loop.stop();
    const quietly = (error: unknown): void => system.log.warn('not told to the database', { error: String(error) });
    await store.workers.setDraining(this.id, true).catch(quietly);
    await store.dispatch.release(this.#holder).catch(quietly);
    if (!now) await this.#within(settings.drainMs);
    this.#stopAll();
    const graceMs = Math.max(0, ...[...this.#attempts.values()].map(({ graceMs: own }) => own));
    await this.#within((now ? 0 : graceMs) + reportMs);
    await this.#heartbeat.stop();
    await this.#spawner.stop();
    this.#leaks.forget();
    // To the last: a database that is back by then still gets what nothing else could tell it.
    this.#finisher.hasten();
    await this.#within(reportMs);
    if (this.#attempts.size > 0) this.#finisher.abandon();
    await store.workers.end(this.#holder).catch(quietly);
    system.log.info('worker stopped', { name: this.#name });
  }

  /** For tests: everything of this object falls silent, as when its process is killed. The spawner's trees are killed. */
  async abandon(): Promise<void> {
    this.#draining = true;
    for (const stop of this.#stopListening) stop();
    this.#finisher.abandon();
    this.#leaks.forget();
    await Promise.all([this.#loop.stop(), this.#heartbeat.stop(), this.#spawner.stop()]);
  }

  #stopAll(): void {
    for (const attempt of this.#attempts.values()) attempt.stop('shutdown');
  }

  async #within(ms: Millis): Promise<void> {
    if (this.#attempts.size === 0 || ms <= 0) return;
    const { clock } = this.#options.system;
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(ms, late.resolve);
    await Promise.race([this.idle(), late.promise]);
    cancel();
  }

  async #pass(): Promise<Millis | null> {
    const { settings, store } = this.#options;
    const hindered = this.#hindered();
    if (hindered !== undefined) return hindered;
    const slots = this.#slots.keep();
    let claims: readonly Claim[];
    try {
      claims = await this.#claim(store, slots.count);
    } finally {
      slots.release();
    }
    if (claims.length > 0) {
      this.#rest = null;
      this.#begin(claims);
      return this.#slots.restFor(settings.workerPollMs);
    }
    this.#rest = nextRest(this.#rest, { firstMs: settings.workerPollMs, longestMs: settings.workerMaxPollMs });
    const ahead = await store.dispatch.earliestAvailable();
    return ahead === null ? this.#rest : Math.max(0, Math.min(this.#rest, ahead - this.#heartbeat.now()));
  }

  /** For how long nothing can be claimed, null until something wakes the loop; undefined when something can. */
  #hindered(): Millis | null | undefined {
    const resting = this.#health.restsFor;
    if (resting > 0) return resting;
    if (this.#slots.free === 0) return this.#slots.restFor(this.#options.settings.workerPollMs);
    if (!this.#heartbeat.isValid || !this.#spawner.isUp) return 250;
    return this.#options.hasRoom?.() === false ? 1000 : undefined;
  }

  /** Neither on a full disk, nor while stopping, nor without a lease of one's own, nor without anybody to start a process. */
  get #mayStart(): boolean {
    const hasRoom = this.#options.hasRoom?.() !== false;
    return hasRoom && !this.#draining && this.#heartbeat.isValid && this.#spawner.isUp;
  }

  /** Nothing is claimed that might not be started now: it would only be taken from other workers. */
  async #claim({ dispatch }: Tables, free: number): Promise<readonly Claim[]> {
    const { queues, labels, settings } = this.#options;
    if (free <= 0 || !this.#mayStart || this.#health.restsFor > 0) return [];
    const reached = labelsWithContainment({ labels, containment: this.#spawner.containment });
    return dispatch.claim({ ...this.#holder, free, queues, labels: reached, ageingMs: settings.ageingMs });
  }

  #begin(claims: readonly Claim[]): void {
    const own = claims.filter(({ runId, fence }) => this.#disowned.get(runId) !== fence);
    const begun = own.map((claim) => {
      const attempt = new Attempt(claim, this.#forAttempts);
      this.#attempts.set(claim.runId, attempt);
      this.#living += 1;
      // A function may be done in microseconds: then a line would be most of what it costs.
      if (!claim.direct) attempt.log.info('run claimed', { worker: this.#name });
      return attempt;
    });
    void this.#starter.start(begun);
  }

  /** Another process, or a rescue, has ended this incarnation: what it carries out is not its own any more. */
  async #startOver(): Promise<void> {
    const { name, system } = this.#options;
    system.log.warn('this registration is over; registering again', { name: this.#name });
    for (const attempt of this.#attempts.values()) attempt.stop('fenced');
    this.#name = name;
    await this.#signOn();
    this.#loop.wake();
  }

  #remove({ runId, fence }: Claim): void {
    if (this.#attempts.get(runId)?.claim.fence === fence) this.#attempts.delete(runId);
    if (this.#attempts.size > 0) return;
    for (const resolve of this.#emptied.splice(0)) resolve();
  }
}
