/**
 * Tells when something did not run. One in every process, whatever its role, and outside the scheduler's loop: a scheduler
 * that is dead or hangs is noticed by the others. Any number may watch the same installation; a cause has one alert.
 */
import { endsWhenSeen, type Alert } from '../model/alert.ts';
import type { FullDisk } from '../model/full-disk.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import { alarmingEvents, alertOfEvent, missedAlert, type Told } from '../policy/alert-facts.ts';
import { conditionOver, lateOver, staysOpen } from '../policy/alert-endings.ts';
import { standingAlerts } from '../policy/alerts.ts';
import {
  defaultAlertLimits,
  type AlertLimits,
  type DiskFacts,
  type Standing,
  type WatchFacts,
} from '../policy/watch-facts.ts';
import type { Store } from '../store/store.ts';
import type { Pulse } from '../store/watch-table.ts';
import type { System } from '../system/system.ts';
import { AlertBook } from './alert-book.ts';
import type { Ballast } from './ballast.ts';
import { Loop } from './loop.ts';
import { outputSizeIn, Quiet, type OutputSize } from './quiet.ts';
import { UsualLength } from './usual-length.ts';
import { whatEnds } from './watch-endings.ts';
import { gather, leastWaitMs, type GatherOptions } from './watch-facts.ts';

export interface WatchOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: Pick<EngineSettings, 'lostAfterMs' | 'lateToleranceMs' | 'pollIntervalMs'>;
  readonly dataDir: string;
  readonly limits?: Partial<AlertLimits>;
  readonly outputSize?: OutputSize;
  /** Of this process; without one it tells nothing of the disk, and ends nothing that others told of it. */
  readonly ballast?: Pick<Ballast, 'full' | 'state'> | undefined;
  /** People who approve what a script holds before it runs; 0 where no approval is required. Default 0. */
  readonly approvals?: number;
}

const everyMs: Millis = 10_000;
/** A pass that took long is followed by a rest this many times as long: watching never takes more than a fiftieth. */
const restPerPass = 50;
/** So long after a pass was due, nobody knows who was silent meanwhile: silence counts anew. */
const breakMs: Millis = 2 * everyMs;
/** How far the first pass looks back for what nobody told. */
const lookBackMs: Millis = 86_400_000;
/** What was decided a little earlier may have become visible only now. */
const overlapMs: Millis = 60_000;
const mostOpen = 5000;
/** Processes of one folder notice a full disk so far apart, at most. */
const sameFullMs: Millis = 2000;

export class Watch {
  readonly #options: WatchOptions;
  readonly #loop: Loop;
  readonly #gathering: GatherOptions;
  readonly #book: AlertBook;
  #since: Instant | null = null;
  #passedAt: Millis = -Infinity;
  #restMs: Millis = everyMs;
  #factsFrom: Instant | null = null;

  constructor(options: WatchOptions) {
    const { store, system, settings, dataDir } = options;
    this.#options = options;
    this.#loop = new Loop({
      name: 'watch',
      clock: system.clock,
      log: system.log,
      pass: () => this.#pass(),
      patient: true,
    });
    const silentMs = Math.max(defaultAlertLimits.schedulerSilentMs, 3 * settings.pollIntervalMs);
    this.#gathering = {
      store,
      settings,
      limits: { ...defaultAlertLimits, schedulerSilentMs: silentMs, ...options.limits },
      quiet: new Quiet(options.outputSize ?? outputSizeIn(dataDir)),
      usual: new UsualLength(store, system.clock),
      disk: () => this.#disk(),
      approvals: options.approvals ?? 0,
    };
    this.#book = new AlertBook(store, system.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** One look, as the loop takes it. */
  async tick(): Promise<void> {
    await this.#loop.tick();
  }

  async #pass(): Promise<Millis> {
    const { clock } = this.#options.system;
    const began = clock.boot();
    const pulse = await this.#feel();
    if (began - this.#passedAt > this.#restMs + breakMs) this.#since = pulse.now;
    this.#passedAt = began;
    const since = (this.#since ??= pulse.now);
    await this.#look(pulse, since);
    this.#factsFrom = pulse.now - overlapMs;
    this.#restMs = Math.max(everyMs, restPerPass * (clock.boot() - began));
    return this.#restMs;
  }

  #feel(): Promise<Pulse> {
    return this.#options.store.watch.pulse({
      waitingForMs: leastWaitMs,
      from: this.#factsFrom,
      lookBackMs,
      kinds: alarmingEvents,
    });
  }

  async #look(pulse: Pulse, since: Instant): Promise<void> {
    const told = [...(pulse.missed ? await this.#missed(pulse) : []), ...(pulse.told ? await this.#events(pulse) : [])];
    const facts = await gather(this.#gathering, pulse, since);
    const standing = standingAlerts(facts);
    if (told.length === 0 && standing.length === 0 && !pulse.open) return;
    const open = await this.#options.store.alerts.open(mostOpen);
    await this.#book.tell(told, pulse.now);
    await this.#book.stand(standing, open, pulse.now);
    await this.#end(open, standing, facts);
  }

  async #disk(): Promise<DiskFacts | null> {
    const { ballast } = this.#options;
    if (ballast === undefined) return null;
    const { full, state } = ballast;
    return { full, told: full === null ? 'not' : await this.#toldOf(full), held: state === 'held' };
  }

  /** Another process of the folder may have told it, and seen its end: it sees the same within a second. */
  async #toldOf({ fullAt }: FullDisk): Promise<DiskFacts['told']> {
    const told = (await this.#newest(['disk_full'])).get('disk_full');
    if (told === undefined || told.createdAt < fullAt - sameFullMs) return 'not';
    return told.resolvedAt === null ? 'open' : 'over';
  }

  async #missed(pulse: Pulse): Promise<readonly Told[]> {
    const { store, settings } = this.#options;
    const groups = await store.watch.missed(this.#factsFrom ?? pulse.now - lookBackMs, settings.lateToleranceMs);
    const byJob = Map.groupBy(groups, ({ jobId }) => jobId);
    if (byJob.size === 0) return [];
    const ids = [...byJob.keys()];
    const jobs = await store.jobs.byIds(ids);
    const before = await this.#newest(ids.map((id) => `missed:${id}`));
    const fresh = ids.filter((id) =>
      byJob.get(id)?.some(({ decidedAt }) => decidedAt > (before.get(`missed:${id}`)?.seen ?? -1)),
    );
    const schedules = fresh.length === 0 ? [] : await store.schedules.ofJobs(fresh);
    return fresh.flatMap((id) => {
      const job = jobs.get(id);
      if (job === undefined || job.deletedAt !== null) return [];
      const timezone = schedules.find(({ jobId }) => jobId === id)?.spec.timezone ?? 'UTC';
      const facts = { job, timezone, groups: byJob.get(id) ?? [], before: before.get(`missed:${id}`) ?? null };
      return missedAlert(facts) ?? [];
    });
  }

  async #events(pulse: Pulse): Promise<readonly Told[]> {
    const { store } = this.#options;
    const from = this.#factsFrom ?? pulse.now - lookBackMs;
    const { items } = await store.events.list({ kinds: alarmingEvents, from }, { limit: 500 });
    const jobs = await store.jobs.byIds([...new Set(items.flatMap(({ jobId }) => jobId ?? []))]);
    const told = items
      .toReversed()
      .flatMap((event) => alertOfEvent(event, event.jobId === null ? null : (jobs.get(event.jobId) ?? null)) ?? []);
    const before = await this.#newest([...new Set(told.map(({ fingerprint }) => fingerprint))]);
    const fresh = told.filter(({ fingerprint, seen }) => seen > (before.get(fingerprint)?.seen ?? -1));
    const lasting = fresh.filter((each) => !endsWhenSeen(each));
    if (lasting.length === 0) return fresh;
    // What came and went while nobody watched needs nobody.
    const overOf = await this.#overs(lasting.map((each) => ({ ...each, createdAt: pulse.now })));
    return fresh.filter((each) => endsWhenSeen(each) || overOf({ ...each, createdAt: pulse.now }) === null);
  }

  async #newest(fingerprints: readonly string[]): Promise<ReadonlyMap<string, Alert>> {
    const found = await this.#options.store.alerts.newest(fingerprints);
    return new Map(found.map((alert) => [alert.fingerprint, alert]));
  }

  /** Ends what is over: conditions that do not stand any more, and facts that time has healed. */
  async #end(open: readonly Alert[], standing: readonly Standing[], seen: WatchFacts): Promise<void> {
    const stands = new Set(standing.map(({ fingerprint }) => fingerprint));
    // One that another process raised after these facts were read may know more than they do.
    const known = open.filter(({ createdAt }) => createdAt <= seen.now);
    const conditions = known.filter((alert) => alert.seen === null && !stands.has(alert.fingerprint));
    for (const alert of conditions.filter((each) => !staysOpen(each, seen)))
      await this.#book.end(alert, await this.#howItEnded(alert));
    const facts = known.filter((alert) => alert.seen !== null);
    if (facts.length > 0) await this.#endFacts(facts);
  }

  async #howItEnded(alert: Alert): Promise<string> {
    const { kind, runId, runCreatedAt } = alert;
    if (kind !== 'late' || runId === null || runCreatedAt === null) return conditionOver(alert);
    const run = await this.#options.store.runs.get({ id: runId, createdAt: runCreatedAt });
    return (run === null ? null : lateOver(run)) ?? conditionOver(alert);
  }

  async #endFacts(facts: readonly Alert[]): Promise<void> {
    const overOf = await this.#overs(facts);
    for (const alert of facts) {
      const over = overOf(alert);
      if (over !== null) await this.#book.end(alert, over);
    }
  }

  #overs(about: Parameters<typeof whatEnds>[1]): ReturnType<typeof whatEnds> {
    const { store, settings } = this.#options;
    return whatEnds({ store, lostAfterMs: settings.lostAfterMs }, about);
  }
}
