/** One try of a run, from the committed intent to its result. */
import { JobTriggerError } from '../errors.ts';
import { toUuid, type Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Progress, Survivor, TreeProof } from '../model/run.ts';
import type { EngineSettings } from '../model/settings.ts';
import { upstreamResults } from '../flow/upstream-results.ts';
import { carryOut, type Handlers } from '../handlers/carry-out.ts';
import {
  notStarted,
  stopped,
  type HandlerContext,
  type HandlerOutcome,
  type HandlerPorts,
} from '../handlers/handler.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { runFiles } from '../spawner/log-path.ts';
import { keepArtifacts } from './keep-artifacts.ts';
import type { StopReason } from '../spawner/protocol.ts';
import type { Claim, Finished, Work } from '../store/dispatch-table.ts';
import { startDeadlineOf } from '../policy/deadline.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../system/logger.ts';
import { noHistory, toFinished, type History } from './outcome.ts';
import { historyOf } from './settle.ts';
import { openRunSecrets } from './run-secrets.ts';
import { AttemptContext, type AttemptSource } from './attempt-context.ts';

export interface AttemptOptions {
  readonly store: Store;
  readonly settings: EngineSettings;
  readonly dataDir: string;
  readonly handlers: Handlers;
  readonly ports: HandlerPorts;
  /** Where files are kept that attempts leave. */
  readonly artifacts: ArtifactStore;
  readonly log: Logger;
  /** The database's time, as far as this worker knows it. */
  readonly now: () => Instant;
  /** Whether the worker's lease holds by its own clock. */
  readonly holds: () => boolean;
}

/** Null for an attempt without a process of its own. */
function treeOf({ measured }: HandlerOutcome): TreeProof | null {
  if (measured === undefined) return null;
  const { processes, survivors, leftBehind, ignoredTerm, memoryPeakMb, cpuSeconds, scriptHash } = measured;
  if (processes === 0 && survivors.length === 0) return null;
  const used = { memoryPeakMb, cpuSeconds, ...(scriptHash === undefined ? {} : { scriptHash }) };
  return { processes, survivors, leftBehind, ignoredTerm, ...used };
}

export class Attempt implements AttemptSource {
  readonly claim: Claim;
  #log: Logger | null = null;
  readonly #options: AttemptOptions;
  #abort: AbortController | null = null;
  #stopped: StopReason | null = null;
  #work: Work | null = null;
  #cancelReason: string | null = null;
  #finishing = false;
  #onLasting: () => void = () => undefined;
  #graceMs: Millis = 0;

  constructor(claim: Claim, options: AttemptOptions) {
    this.claim = claim;
    this.#options = options;
  }

  /** Lines of it carry the run's outside id. */
  get log(): Logger {
    const { attempt, fence } = this.claim;
    this.#log ??= this.#options.log.child({ run: toUuid(this.reference), attempt, fence });
    return this.#log;
  }

  get reference(): Reference {
    return { id: this.claim.runId, createdAt: this.claim.runCreatedAt };
  }

  /** It has ended and its result is on the way to the database. */
  get finishing(): boolean {
    return this.#finishing;
  }

  /** It has lived so long that it is shown as running. */
  lasts(): void {
    this.#onLasting();
  }

  /** Null before its start. */
  get run(): Work['run'] | null {
    return this.#work?.run ?? null;
  }

  /** How long its processes may take to end themselves; 0 before it is known. */
  get graceMs(): Millis {
    return this.#graceMs;
  }

  /** Asked to end. */
  get stopping(): boolean {
    return this.#stopped !== null;
  }

  /** TERM, grace, KILL. The first reason stands. */
  stop(why: StopReason, cancelReason: string | null = null): void {
    if (this.stopping) return;
    this.#stopped = why;
    this.#cancelReason = cancelReason;
    this.log.info('attempt stopping', { why, cancelReason });
    this.#abort?.abort(why);
    if (cancelReason !== null && this.#work !== null) this.#tellStopping(this.#work.run);
  }

  /** Made when it is asked for: of what is done in microseconds nobody ever asks. */
  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#stopped !== null) this.#abort.abort(this.#stopped);
    }
    return this.#abort.signal;
  }

  get work(): Work {
    if (this.#work === null) throw new Error('The attempt has not begun.');
    return this.#work;
  }

  /** What its prerequisites came to; undefined for a job that waits for none. */
  upstream: AttemptSource['upstream'];
  /** Undefined for a job that names none. */
  secrets: AttemptSource['secrets'];

  get attempt(): number {
    return this.claim.attempt;
  }

  get fence(): number {
    return this.claim.fence;
  }

  get dataDir(): string {
    return this.#options.dataDir;
  }

  get ports(): HandlerPorts {
    return this.#options.ports;
  }

  get timeoutMs(): Millis | null {
    const { timeoutSeconds } = this.work.definition;
    return timeoutSeconds === null ? this.#options.settings.jobTimeoutMs : timeoutSeconds * 1000;
  }

  get leashMs(): Millis | null {
    const { lostAfterMs, leaseMs } = this.#options.settings;
    return this.work.definition.onLost === 'rerun' ? lostAfterMs - leaseMs : null;
  }

  mayStart(): boolean {
    return this.#options.holds();
  }

  started(pid: number | null): void {
    if (pid !== null) this.log.debug('process started', { pid });
  }

  progressed(progress: Progress): void {
    this.#options.store.runs
      .report(this.reference, { progress })
      .catch((error: unknown) => this.log.warn('progress not stored', { error: String(error) }));
  }

  whenLasting(then: () => void): void {
    this.#onLasting = then;
  }

  /** Never throws. Resolves with what the store is to be told. */
  async carryOut(work: Work): Promise<Finished> {
    const { run, definition } = work;
    this.#work = work;
    const { now, settings } = this.#options;
    const startedAt = now();
    this.#graceMs = definition.killGraceSeconds * 1000;
    // A function may be done in microseconds, and two lines of the log would be most of what it costs.
    const isTold = definition.type !== 'function';
    if (isTold)
      this.log.info('attempt starting', {
        job: run.jobName,
        trigger: run.trigger,
        lateMs: run.dueAt === null ? null : startedAt - run.dueAt,
      });
    const outcome = await this.#carryOut(run, definition);
    if (outcome.leftArtifacts === true) await this.#keepArtifacts(definition);
    this.#finishing = true;
    const { history, at } =
      outcome.outcome === 'succeeded' ? { history: noHistory, at: now() } : await this.#facts(definition);
    if (isTold || outcome.outcome !== 'succeeded')
      this.log.info('attempt ended', {
        outcome: outcome.outcome,
        reason: outcome.reason,
        exitCode: outcome.exitCode,
        tookMs: now() - startedAt,
      });
    const finished = toFinished({
      claim: this.claim,
      definition,
      outcome,
      history,
      startedAt,
      now: at,
      maxLost: settings.maxLost,
      cancelReason: this.#cancelReason,
      troubled: run.troubled,
      jobCreatedAt: run.jobCreatedAt,
    });
    const tree = treeOf(outcome);
    if (tree === null) return finished;
    if (tree.survivors.length > 0) this.#tellLeaked(run, tree.survivors);
    return { ...finished, tree };
  }

  async #keepArtifacts(definition: JobDefinition): Promise<void> {
    const { store, settings, artifacts, dataDir, now } = this.#options;
    const { artifacts: folder } = runFiles(dataDir, this.reference, this.attempt);
    const { claim, log } = this;
    await keepArtifacts({ store, artifacts, settings: settings.artifacts, claim, definition, folder, now: now(), log });
  }

  /** When its processes were asked to end, and how long they may take: what a cancel shows. */
  #tellStopping({ id: runId, createdAt: runCreatedAt, jobId }: Work['run']): void {
    const data = { attempt: this.attempt, grace_ms: this.#graceMs };
    this.#options.store.events
      .append([{ kind: 'run.stopping', runId, runCreatedAt, jobId, data }])
      .catch((error: unknown) => this.log.warn('event not stored', { error: String(error) }));
  }

  #tellLeaked({ id: runId, createdAt: runCreatedAt, jobId }: Work['run'], survivors: readonly Survivor[]): void {
    const leaked = { kind: 'run.leaked', runId, runCreatedAt, jobId, data: { survivors } };
    this.#options.store.events
      .append([leaked])
      .catch((error: unknown) => this.log.warn('event not stored', { error: String(error) }));
  }

  async #carryOut(run: Work['run'], definition: JobDefinition): Promise<HandlerOutcome> {
    const { handlers, holds, now } = this.#options;
    if (definition.startDeadlineSeconds !== null) {
      const deadline = startDeadlineOf({ ...run, attempt: this.claim.attempt }, definition);
      if (deadline !== null && now() > deadline) return { ...stopped('cancelled'), reason: 'expired' };
    }
    try {
      const withheld = needsNothing(definition) ? null : await this.#prepare(run, definition);
      if (withheld !== null) return withheld;
      // Asked a last time with nothing in between: who stood still since the intent has lost the right to start (P6).
      if (!this.stopping && !holds()) return { ...notStarted('fenced', '', { retryable: true }), failure: null };
      return await carryOut(handlers, this.#contextOf(definition));
    } catch (error) {
      return this.#thrown(error as Error);
    }
  }

  /** Masking copies the context. */
  #contextOf({ type }: JobDefinition): HandlerContext {
    const context = new AttemptContext(this);
    return type === 'function' && this.secrets === undefined ? context : context.whole();
  }

  /** What its prerequisites came to, and its secrets. @returns why it is not started; null when it has all that it names */
  async #prepare(run: Work['run'], definition: JobDefinition): Promise<HandlerOutcome | null> {
    const { store, now } = this.#options;
    const { dependsOn = null, secrets = {} } = definition;
    if (dependsOn !== null) this.upstream = await upstreamResults(store, run, definition);
    if (Object.keys(secrets).length === 0) return null;
    const opened = await openRunSecrets({ store, source: this.ports.secrets, now: now() }, secrets, run.jobId);
    if ('outcome' in opened) return opened;
    this.secrets = opened;
    return null;
  }

  #thrown(error: Error): HandlerOutcome {
    const { message, stack = null } = error;
    // The database was away before anything was started: that is no failure of the job's.
    if (error instanceof JobTriggerError && error.kind === 'unavailable') {
      this.log.warn('not started: given back', { error: message });
      return notStarted('unavailable', message, { retryable: true });
    }
    this.log.error('attempt failed inside the engine', { error: message });
    return {
      outcome: 'not_started',
      reason: 'not_started',
      exitCode: null,
      signal: null,
      failure: { category: 'unknown', message, detail: stack },
      result: null,
      retryable: false,
    };
  }

  /**
   * What decides whether another attempt follows, and when: told by the database, as this machine's clock may have been
   * set meanwhile. Asked again until it answers: the result itself has to wait for it anyway.
   */
  async #facts(definition: JobDefinition): Promise<Deciding> {
    const { store, ports } = this.#options;
    for (;;) {
      try {
        const history = await historyOf(store, this.claim, definition);
        return { history, at: await store.now() };
      } catch (error) {
        this.log.warn('earlier attempts not read yet', { error: String(error) });
        await new Promise<void>((resolve) => void ports.clock.after(historyRestMs, resolve));
      }
    }
  }
}

/** Most do not: of them nothing is waited for. */
const needsNothing = ({ dependsOn = null, secrets }: JobDefinition): boolean =>
  dependsOn === null && (secrets === undefined || Object.keys(secrets).length === 0);

interface Deciding {
  readonly history: History;
  readonly at: Instant;
}

const historyRestMs: Millis = 1000;
