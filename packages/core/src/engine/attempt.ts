/** One try of a run, from the committed intent to its result. */
import { JobTriggerError } from '../errors.ts';
import { toUuid, type Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Provenance, Run, TreeProof } from '../model/run.ts';
import type { EngineSettings } from '../model/settings.ts';
import { carryOut, type Handlers } from '../handlers/carry-out.ts';
import { occurrenceKey } from '../handlers/environment.ts';
import { notStarted, stopped, type AttemptNames, type HandlerOutcome, type HandlerPorts } from '../handlers/handler.ts';
import { runFiles } from '../spawner/log-path.ts';
import type { StopReason } from '../spawner/protocol.ts';
import type { Claim, Finished } from '../store/dispatch-table.ts';
import { startDeadlineOf } from '../policy/deadline.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../system/logger.ts';
import { toFinished, type History } from './outcome.ts';
import { historyOf } from './settle.ts';

export interface AttemptOptions {
  readonly store: Store;
  readonly settings: EngineSettings;
  readonly dataDir: string;
  readonly handlers: Handlers;
  readonly ports: HandlerPorts;
  readonly log: Logger;
  /** The database's time, as far as this worker knows it. */
  readonly now: () => Instant;
  /** When a job or a schedule was created: the other half of its outside name. Null when it is gone. */
  readonly createdAt: (kind: 'job' | 'schedule', id: number) => Promise<Instant | null>;
  /** Whether the worker's lease holds by its own clock. */
  readonly holds: () => boolean;
}

/** Null for an attempt without a process of its own. */
function treeOf({ measured }: HandlerOutcome): TreeProof | null {
  if (measured === undefined) return null;
  const { processes, survivors, leftBehind, ignoredTerm } = measured;
  return processes === 0 && survivors.length === 0 ? null : { processes, survivors, leftBehind, ignoredTerm };
}

export class Attempt {
  readonly claim: Claim;
  /** Lines of the log carry the run's outside id. */
  readonly log: Logger;
  readonly #options: AttemptOptions;
  readonly #abort = new AbortController();
  #cancelReason: string | null = null;
  #finishing = false;
  #run: Run | null = null;
  #graceMs: Millis = 0;

  constructor(claim: Claim, options: AttemptOptions) {
    this.claim = claim;
    this.#options = options;
    this.log = options.log.child({ run: toUuid(this.reference), attempt: claim.attempt, fence: claim.fence });
  }

  get reference(): Reference {
    return { id: this.claim.runId, createdAt: this.claim.runCreatedAt };
  }

  /** It has ended and its result is on the way to the database. */
  get finishing(): boolean {
    return this.#finishing;
  }

  /** Null before its start. */
  get run(): Run | null {
    return this.#run;
  }

  /** How long its processes may take to end themselves; 0 before it is known. */
  get graceMs(): Millis {
    return this.#graceMs;
  }

  /** Asked to end. */
  get stopping(): boolean {
    return this.#abort.signal.aborted;
  }

  /** TERM, grace, KILL. The first reason stands. */
  stop(why: StopReason, cancelReason: string | null = null): void {
    if (this.stopping) return;
    this.#cancelReason = cancelReason;
    this.log.info('attempt stopping', { why, cancelReason });
    this.#abort.abort(why);
  }

  /** Never throws. Resolves with what the store is to be told. */
  async carryOut({ run, definition }: { readonly run: Run; readonly definition: JobDefinition }): Promise<Finished> {
    const { now, settings, store } = this.#options;
    const startedAt = now();
    this.#run = run;
    this.#graceMs = definition.killGraceSeconds * 1000;
    this.log.info('attempt starting', {
      job: run.jobName,
      trigger: run.trigger,
      lateMs: run.dueAt === null ? null : startedAt - run.dueAt,
    });
    const outcome = await this.#carryOut(run, definition);
    this.#finishing = true;
    const { history, at } = await this.#facts(definition, outcome);
    this.log.info('attempt ended', {
      outcome: outcome.outcome,
      reason: outcome.reason,
      exitCode: outcome.exitCode,
      tookMs: now() - startedAt,
    });
    const survivors = outcome.measured?.survivors ?? [];
    if (survivors.length > 0) {
      const leaked = {
        kind: 'run.leaked',
        runId: run.id,
        runCreatedAt: run.createdAt,
        jobId: run.jobId,
        data: { survivors },
      };
      store.events
        .append([leaked])
        .catch((error: unknown) => this.log.warn('event not stored', { error: String(error) }));
    }
    const finished = toFinished({
      claim: this.claim,
      definition,
      outcome,
      history,
      startedAt,
      now: at,
      maxLost: settings.maxLost,
      cancelReason: this.#cancelReason,
    });
    const tree = treeOf(outcome);
    return tree === null ? finished : { ...finished, tree };
  }

  async #carryOut(run: Run, definition: JobDefinition): Promise<HandlerOutcome> {
    const { dataDir, handlers, holds, ports, settings, now } = this.#options;
    const deadline = startDeadlineOf(run, definition);
    if (deadline !== null && now() > deadline) return { ...stopped('cancelled'), reason: 'expired' };
    try {
      const files = runFiles(dataDir, run, this.claim.attempt);
      const names = await this.#names(run);
      // Asked a last time with nothing in between: who stood still since the intent has lost the right to start (P6).
      if (!this.stopping && !holds()) return { ...notStarted('fenced', '', { retryable: true }), failure: null };
      return await carryOut(handlers, {
        names,
        definition,
        parameters: run.parameters,
        files,
        timeoutMs: definition.timeoutSeconds === null ? settings.jobTimeoutMs : definition.timeoutSeconds * 1000,
        leashMs: definition.onLost === 'rerun' ? settings.lostAfterMs - settings.leaseMs : null,
        signal: this.#abort.signal,
        onStarted: ({ pid }) => this.log.debug('process started', { pid }),
        onProgress: (progress) => {
          const { store } = this.#options;
          store.runs
            .report(this.reference, { progress })
            .catch((error: unknown) => this.log.warn('progress not stored', { error: String(error) }));
        },
        ports,
      });
    } catch (error) {
      return this.#thrown(error as Error);
    }
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

  /** What the process is told of itself. A schedule that is gone has no outside name. */
  async #names(run: Run): Promise<AttemptNames> {
    const { createdAt } = this.#options;
    const { attempt, fence } = this.claim;
    // A backfill knows its instant and is not its occurrence, which has had its end.
    const { scheduleId: named } = run.trigger === 'backfill' ? { scheduleId: null } : run;
    const [jobCreatedAt, scheduleCreatedAt] = await Promise.all([
      createdAt('job', run.jobId),
      named === null ? null : createdAt('schedule', named),
    ]);
    const runId = toUuid(run);
    const scheduleId =
      named === null || scheduleCreatedAt === null ? null : toUuid({ id: named, createdAt: scheduleCreatedAt });
    return {
      jobId: toUuid({ id: run.jobId, createdAt: jobCreatedAt ?? run.createdAt }),
      runId,
      occurrenceKey: occurrenceKey({ scheduleId, dueAt: run.dueAt, runId }),
      attempt,
      fence,
      dueAt: run.dueAt,
      origin: originOf(run),
    };
  }

  /**
   * What decides whether another attempt follows, and when: told by the database, as this machine's clock may have been
   * set meanwhile. Asked again until it answers: the result itself has to wait for it anyway.
   */
  async #facts(definition: JobDefinition, { outcome }: HandlerOutcome): Promise<Deciding> {
    const { store, ports, now } = this.#options;
    for (;;) {
      try {
        const history = await historyOf(store, this.claim, definition);
        return { history, at: outcome === 'succeeded' ? now() : await store.now() };
      } catch (error) {
        this.log.warn('earlier attempts not read yet', { error: String(error) });
        await new Promise<void>((resolve) => void ports.clock.after(historyRestMs, resolve));
      }
    }
  }
}

export function originOf({ jobId, jobVersion, trigger, scheduleId, dueAt }: Run): Provenance {
  return { jobId, jobVersion, trigger, scheduleId, dueAt };
}

interface Deciding {
  readonly history: History;
  readonly at: Instant;
}

const historyRestMs: Millis = 1000;
