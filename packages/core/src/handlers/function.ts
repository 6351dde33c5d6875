/** Jobs of type `function`: code that the embedding program registered under a name. */
import { hasBuiltInType } from '../model/job.ts';
import { failureCategories, itemCountsOf, type FailureCategory } from '../model/run.ts';
import { writeArtifact, type ArtifactContent } from './write-artifact.ts';
import { categorise } from './failure.ts';
import {
  failed,
  stopReasonOf,
  stopped,
  succeeded,
  type AttemptNames,
  type Measured,
  type Handler,
  type HandlerContext,
  type HandlerOutcome,
  type UpstreamOutcome,
} from './handler.ts';
import { LateLog } from './run-log.ts';
import { timeLimit, type TimeLimit } from './time-limit.ts';

/** What a registered function is given. */
export interface FunctionContext extends AttemptNames {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What it is given in confidence, by the names that the job says. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the jobs it waits for came to, by name. */
  readonly upstream: Readonly<Record<string, UpstreamOutcome>>;
  /** Aborted at the time limit, on cancel and at shutdown; code that heeds it ends cleanly. */
  readonly signal: AbortSignal;
  /** Writes a line of the run's log. */
  readonly log: (line: string, stream?: 'stdout' | 'stderr') => void;
  /** @param fraction 0 to 1, null when only the message is known */
  readonly progress: (fraction: number | null, message?: string, more?: FunctionProgress) => void;
  /**
   * Keeps a file of that name, a relative path, when the function has ended; bytes, a text, or a stream of them.
   *
   * @throws {JobTriggerError} `invalid` for a name that cannot be one, `conflict` for one that is taken
   */
  readonly artifact: (name: string, content: ArtifactContent) => Promise<void>;
}

export interface FunctionProgress {
  readonly phase?: string;
  readonly items?: Readonly<Record<string, number>>;
}

/**
 * Any JSON value is the result of a run that succeeded, a thrown error one that failed. An object with a boolean
 * `success` says more: see {@link FunctionReport}.
 */
export type JobFunction = (context: FunctionContext) => unknown;

/** What a function may answer to decide how its run ends. */
export interface FunctionReport {
  readonly success: boolean;
  readonly errorMessage?: string | null;
  readonly resultData?: unknown;
  /** Default true. */
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number;
  readonly category?: FailureCategory;
}

export type FunctionRegistry = ReadonlyMap<string, JobFunction>;

export const functionHandler: Handler = {
  type: 'function',
  run(context: HandlerContext): Promise<HandlerOutcome> {
    const { definition, ports } = context;
    if (!hasBuiltInType(definition) || definition.type !== 'function')
      throw new TypeError(`not a function: ${definition.type}`);
    const { name } = definition.config;
    const work = ports.functions.get(name);
    if (work === undefined) {
      const message = `No function "${name}" is registered in this worker.`;
      const failure = { category: 'config_error', message, detail: null } as const;
      return Promise.resolve(failed(failure, { reason: 'function_missing', retryable: false }));
    }
    return runInProcess(context, work);
  },
};

/** What is made of an error that work threw; null leaves it to the words of the error. */
export type Classify = (error: unknown) => Pick<FunctionReport, 'category' | 'retryable' | 'retryAfterSeconds'> | null;

/** Carries out work of this process, with its log, its time limit and its answer read. */
export async function runInProcess(
  context: HandlerContext,
  work: JobFunction,
  classify: Classify = () => null,
): Promise<HandlerOutcome> {
  const call = new FunctionCall(context);
  context.onStarted({ pid: null, startedAt: context.ports.clock.wall() });
  try {
    const answer = work(toFunctionContext(context, call));
    const outcome = isPromise(answer) ? await settle(context, call.signal, answer, classify) : toOutcome(answer);
    const closing = call.end();
    const measured = closing === null ? null : await closing;
    const whole = measured === null ? outcome : { ...outcome, measured };
    return call.leftArtifacts ? { ...whole, leftArtifacts: true } : whole;
  } catch (error) {
    return { ...thrown(error, classify), leftArtifacts: call.leftArtifacts };
  } finally {
    call.clear();
  }
}

/** What lies around one call of a function: log and time limit are made when they are asked for, as most calls ask for little. */
class FunctionCall {
  readonly #context: HandlerContext;
  #limit: TimeLimit | null = null;
  #log: LateLog | null = null;
  #leftArtifacts = false;

  constructor(context: HandlerContext) {
    this.#context = context;
    // Who looks for work that has fallen silent looks at the size of its log.
    context.onLasting?.(() => void this.log.open());
  }

  get signal(): AbortSignal {
    const { ports, signal, timeoutMs } = this.#context;
    this.#limit ??= timeLimit(ports.clock, signal, timeoutMs);
    return this.#limit.signal;
  }

  get log(): LateLog {
    this.#log ??= new LateLog(this.#context);
    return this.#log;
  }

  get leftArtifacts(): boolean {
    return this.#leftArtifacts;
  }

  async artifact(name: string, content: ArtifactContent): Promise<void> {
    this.#leftArtifacts = true;
    await writeArtifact(this.#context.files.artifacts, name, content);
  }

  /** Closes the log; null when nothing was written. */
  end(): Promise<Measured | null> | null {
    return this.#log?.end() ?? null;
  }

  clear(): void {
    this.#limit?.clear();
  }
}

const noUpstream = {};
const noSecrets = {};

/** All of it the object's own, so that a function may copy it. */
function toFunctionContext(context: HandlerContext, call: FunctionCall): FunctionContext {
  const { names } = context;
  return {
    get jobId() {
      return names.jobId;
    },
    get runId() {
      return names.runId;
    },
    get occurrenceKey() {
      return names.occurrenceKey;
    },
    get signal() {
      return call.signal;
    },
    attempt: names.attempt,
    fence: names.fence,
    dueAt: names.dueAt,
    parameters: context.parameters,
    secrets: context.secrets?.values ?? noSecrets,
    upstream: context.upstream ?? noUpstream,
    log: (line, stream = 'stdout') => call.log.write(stream, `${line}\n`),
    progress: (fraction, message = '', { phase = null, items = null } = {}) =>
      context.onProgress({
        fraction,
        message: message === '' ? null : message,
        phase,
        items: itemCountsOf(items),
        at: context.ports.clock.wall(),
      }),
    artifact: (name, content) => call.artifact(name, content),
  };
}

function isPromise(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}

/** Waits for the work; once it was asked to stop, only for the grace. Code in this process cannot be killed. */
async function settle(
  context: HandlerContext,
  signal: AbortSignal,
  work: PromiseLike<unknown>,
  classify: Classify,
): Promise<HandlerOutcome> {
  const { ports, definition, timeoutMs } = context;
  const abandoned = new Promise<'abandoned'>((resolve) => {
    const wait = (): void => void ports.clock.after(definition.killGraceSeconds * 1000, () => resolve('abandoned'));
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
  try {
    const answer = await Promise.race([work, abandoned]);
    if (signal.aborted) {
      if (answer === 'abandoned') ports.log.warn('function did not heed its signal', { runId: context.names.runId });
      return stopped(stopReasonOf(signal), { timeoutMs });
    }
    return toOutcome(answer);
  } catch (error) {
    return signal.aborted ? stopped(stopReasonOf(signal), { timeoutMs }) : thrown(error, classify);
  }
}

function thrown(error: unknown, classify: Classify): HandlerOutcome {
  const { message, stack = null, code = null } = toError(error);
  const said = classify(error);
  const category = said?.category ?? categorise({ code, text: message });
  return failed({ category, message, detail: stack }, retryOf(said ?? {}));
}

function retryOf({
  retryable = true,
  retryAfterSeconds: after,
}: Pick<FunctionReport, 'retryable' | 'retryAfterSeconds'>): Pick<HandlerOutcome, 'retryable' | 'retryAfterMs'> {
  return { retryable, ...(after === undefined ? {} : { retryAfterMs: after * 1000 }) };
}

function toOutcome(answer: unknown): HandlerOutcome {
  const report = asReport(answer);
  if (report === null) return jsonOutcome(answer);
  if (report.success) return jsonOutcome(report.resultData);
  const message = report.errorMessage ?? 'The function reported a failure.';
  const known = report.category !== undefined && failureCategories.includes(report.category);
  const category = known ? (report.category ?? 'unknown') : categorise({ text: message });
  return failed(
    { category, message, detail: null },
    { result: jsonOutcome(report.resultData).result, ...retryOf(report) },
  );
}

function asReport(answer: unknown): FunctionReport | null {
  const isReport =
    typeof answer === 'object' && answer !== null && 'success' in answer && typeof answer.success === 'boolean';
  return isReport ? (answer as FunctionReport) : null;
}

function jsonOutcome(value: unknown): HandlerOutcome {
  try {
    return succeeded({
      result: value === undefined || value === null ? null : (JSON.parse(JSON.stringify(value) ?? 'null') as unknown),
    });
  } catch (error) {
    const message = `The function's result cannot be written as JSON: ${toError(error).message}`;
    return failed({ category: 'script_error', message, detail: null }, { retryable: false });
  }
}

function toError(error: unknown): { message: string; stack?: string; code?: string } {
  return error instanceof Error ? error : { message: String(error) };
}
