/** What a handler is given for one attempt. Everything that costs something is made when it is asked for. */
import type { Instant, Millis } from '../model/instant.ts';
import { toUuid } from '../model/id.ts';
import type { JobDefinition } from '../model/job.ts';
import { provenanceOf, type Progress, type Provenance } from '../model/run.ts';
import { occurrenceKey } from '../handlers/environment.ts';
import type { AttemptNames, HandlerContext, HandlerPorts } from '../handlers/handler.ts';
import { runFiles, type RunFiles } from '../spawner/log-path.ts';
import type { Work } from '../store/dispatch-table.ts';

/** What the context is made of: the attempt itself. */
export interface AttemptSource {
  readonly work: Work;
  readonly attempt: number;
  readonly fence: number;
  readonly dataDir: string;
  readonly ports: HandlerPorts;
  readonly timeoutMs: Millis | null;
  readonly leashMs: Millis | null;
  readonly stopping: boolean;
  readonly upstream: HandlerContext['upstream'];
  readonly secrets: HandlerContext['secrets'];
  readonly signal: AbortSignal;
  mayStart(): boolean;
  started(pid: number | null): void;
  progressed(progress: Progress): void;
  whenLasting(then: () => void): void;
}

const noSchedule = { scheduleId: null, scheduleCreatedAt: null } as const;

/** What the process is told of itself. A schedule that is gone has no outside name. */
class Names implements AttemptNames {
  readonly #run: Work['run'];
  readonly attempt: number;
  readonly fence: number;

  constructor({ work, attempt, fence }: AttemptSource) {
    this.#run = work.run;
    this.attempt = attempt;
    this.fence = fence;
  }

  get jobId(): string {
    const { jobId: id, jobCreatedAt, createdAt } = this.#run;
    return toUuid({ id, createdAt: jobCreatedAt ?? createdAt });
  }

  get runId(): string {
    return toUuid(this.#run);
  }

  get occurrenceKey(): string {
    // A backfill knows its instant and is not its occurrence, which has had its end.
    const { scheduleId: id, scheduleCreatedAt: createdAt } = this.#run.trigger === 'backfill' ? noSchedule : this.#run;
    const scheduleId = id === null || createdAt === null ? null : toUuid({ id, createdAt });
    return occurrenceKey({ scheduleId, dueAt: this.dueAt, runId: this.runId });
  }

  get dueAt(): Instant | null {
    return this.#run.dueAt;
  }

  get origin(): Provenance {
    return provenanceOf(this.#run);
  }
}

export class AttemptContext implements HandlerContext {
  readonly #source: AttemptSource;
  #names: Names | null = null;

  constructor(source: AttemptSource) {
    this.#source = source;
  }

  get names(): Names {
    this.#names ??= new Names(this.#source);
    return this.#names;
  }

  get definition(): JobDefinition {
    return this.#source.work.definition;
  }

  get parameters(): Readonly<Record<string, unknown>> {
    return this.#source.work.run.parameters;
  }

  get files(): RunFiles {
    const { dataDir, work, attempt } = this.#source;
    return runFiles(dataDir, work.run, attempt);
  }

  get upstream(): HandlerContext['upstream'] {
    return this.#source.upstream;
  }

  get secrets(): HandlerContext['secrets'] {
    return this.#source.secrets;
  }

  get timeoutMs(): Millis | null {
    return this.#source.timeoutMs;
  }

  get leashMs(): Millis | null {
    return this.#source.leashMs;
  }

  get signal(): AbortSignal {
    return this.#source.signal;
  }

  get ports(): HandlerPorts {
    return this.#source.ports;
  }

  /** With everything as the object's own, for handlers that may copy it. */
  whole(): HandlerContext {
    const { names, definition, parameters, files, upstream, secrets, timeoutMs, leashMs, signal, ports } = this;
    const { jobId, runId, occurrenceKey, attempt, fence, dueAt, origin } = names;
    return {
      names: { jobId, runId, occurrenceKey, attempt, fence, dueAt, origin },
      definition,
      parameters,
      files,
      upstream,
      secrets,
      timeoutMs,
      leashMs,
      signal,
      ports,
      mayStart: () => this.mayStart(),
      onStarted: (started) => this.onStarted(started),
      onProgress: (progress) => this.onProgress(progress),
      onLasting: (then) => this.onLasting(then),
    };
  }

  stopping(): boolean {
    return this.#source.stopping;
  }

  mayStart(): boolean {
    return this.#source.mayStart();
  }

  onStarted({ pid }: { readonly pid: number | null }): void {
    this.#source.started(pid);
  }

  onProgress(progress: Progress): void {
    this.#source.progressed(progress);
  }

  onLasting(then: () => void): void {
    this.#source.whenLasting(then);
  }
}
