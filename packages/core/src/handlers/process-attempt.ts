/** One attempt as an operating-system process: what `script` and `command` share. */
import { mkdirSync } from 'node:fs';
import type { Millis } from '../model/instant.ts';
import type { Ended, StartOrder } from '../spawner/protocol.ts';
import { refuseValue } from '../model/process-entry.ts';
import type { RunUser } from '../model/run-user.ts';
import { removeCopies } from './approved-script.ts';
import { buildEnvironment } from './environment.ts';
import { exitFailure } from './failure.ts';
import {
  failed,
  notStarted,
  stopReasonOf,
  stopped,
  succeeded,
  type HandlerContext,
  type HandlerOutcome,
} from './handler.ts';
import { outcomeWithHooks, tellHooksOfStop, withHooks } from './hooks.ts';
import { readProgress, readResult, writeUpstream } from './report-files.ts';
import { handOver, takeBack } from './run-users.ts';

const progressEveryMs: Millis = 1000;

export interface ProcessPlan {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The environment a process of this attempt gets. */
export function environmentOf(
  context: HandlerContext,
  jobEnv: Readonly<Record<string, string>>,
): Record<string, string> {
  const { names, parameters, files, ports } = context;
  const windows = process.platform === 'win32';
  const hasUpstream = context.upstream !== undefined;
  const ownEnv = context.secrets === undefined ? jobEnv : { ...jobEnv, ...context.secrets.values };
  return buildEnvironment({
    hostEnv: ports.settings.hostEnv,
    jobEnv: ownEnv,
    names,
    parameters,
    files,
    hasUpstream,
    windows,
  });
}

function prepareFiles({ files, upstream }: HandlerContext, user: RunUser | null): void {
  mkdirSync(files.artifacts, { recursive: true, mode: 0o700 });
  if (upstream !== undefined) writeUpstream(files.upstream, upstream);
  if (user !== null) handOver(files, user);
}

/** What a process is besides a program with arguments. */
interface Conduct {
  readonly input?: string;
  readonly isPlugin?: boolean;
  /** What it made of itself. */
  readonly read: (ended: Ended, tookMs: Millis | null) => HandlerOutcome;
}

/** Its hooks with it. */
export async function runProcess(context: HandlerContext, plan: ProcessPlan): Promise<HandlerOutcome> {
  const whole = await withHooks(context, plan);
  if ('outcome' in whole) return whole;
  const read = (ended: Ended, tookMs: Millis | null): HandlerOutcome => toOutcome(context, ended, tookMs);
  try {
    return outcomeWithHooks(context, await conduct(context, whole.plan, { read }));
  } finally {
    removeCopies(whole.ready);
  }
}

/** Why no process can be given this; null when one can. */
function refusalOf({ argv, env }: ProcessPlan): string | null {
  for (const [name, value] of Object.entries(env)) {
    const why = refuseValue(name, value);
    if (why !== null) return `The variable ${name} ${why}.`;
  }
  return argv.some((part) => part.includes('\0')) ? 'An argument holds a NUL character.' : null;
}

/** Null for what may be started. */
function endBeforeStart({ signal, mayStart }: HandlerContext, plan: ProcessPlan): HandlerOutcome | null {
  const refusal = refusalOf(plan);
  if (refusal !== null) return notStarted('invalid', refusal);
  if (signal.aborted) return stopped(stopReasonOf(signal));
  return mayStart?.() === false ? { ...notStarted('fenced', '', { retryable: true }), failure: null } : null;
}

/** Starts a process as whom it is to be, follows it, and has its end read. */
export async function conduct(context: HandlerContext, plan: ProcessPlan, how: Conduct): Promise<HandlerOutcome> {
  const { runUsers = null } = context.ports.settings;
  if (runUsers === null) return conductAs(null, context, plan, how);
  const user = runUsers.take();
  if (user === null)
    return notStarted('unavailable', 'Every number of worker.run_as is some run’s.', { retryable: true });
  try {
    // It is not the worker's home, and what the worker is called says nothing about it.
    const { USER: _user, LOGNAME: _name, ...env } = plan.env;
    const own = plan.env['HOME'] === context.ports.settings.hostEnv['HOME'] ? { ...env, HOME: user.home } : env;
    return await conductAs(user, context, { ...plan, env: own }, how);
  } finally {
    takeBack(context.files);
    runUsers.release(user);
  }
}

async function conductAs(
  user: RunUser | null,
  context: HandlerContext,
  { argv, cwd, env }: ProcessPlan,
  { read, ...how }: Conduct,
): Promise<HandlerOutcome> {
  const { names, files, ports, signal, timeoutMs } = context;
  const early = endBeforeStart(context, { argv, cwd, env });
  if (early !== null) return early;
  try {
    prepareFiles(context, user);
  } catch (error) {
    return notStarted('unavailable', `The run's folder could not be made: ${(error as Error).message}.`, {
      retryable: true,
    });
  }
  const order: StartOrder = {
    runId: names.runId,
    attempt: names.attempt,
    fence: names.fence,
    origin: names.origin,
    argv,
    env,
    cwd,
    log: files.log,
    outputLimitBytes: ports.settings.outputLimitBytes,
    outputLimitPolicy: context.definition.outputLimitPolicy ?? 'truncate',
    timeoutMs,
    killGraceMs: context.definition.killGraceSeconds * 1000,
    leashMs: context.leashMs,
    ...(context.secrets === undefined ? {} : { secrets: Object.values(context.secrets.values) }),
    ...(user === null ? {} : { user: { uid: user.uid, gid: user.gid } }),
    ...how,
  };
  const running = ports.spawner.run(order, (progress) => context.onProgress({ ...progress, at: ports.clock.wall() }));
  const stop = (): void => {
    tellHooksOfStop(context);
    running.stop(stopReasonOf(signal));
  };
  signal.addEventListener('abort', stop, { once: true });
  const started = await running.started;
  const cancelProgress = started === null || how.isPlugin === true ? () => undefined : watchProgress(context);
  if (started !== null) context.onStarted(started);
  const ended = await running.ended;
  cancelProgress();
  signal.removeEventListener('abort', stop);
  return read(ended, started === null ? null : ended.endedAt - started.startedAt);
}

/** Tells progress when it changed, once a second, and a last time when cancelled. */
function watchProgress({ files, ports, onProgress }: HandlerContext): () => void {
  let told = '';
  let cancel: () => void = () => undefined;
  const look = (): void => {
    const progress = readProgress(files.progress, ports.clock.wall());
    if (progress === null) return;
    const { at: _at, ...said } = progress;
    const key = JSON.stringify(said);
    if (key === told) return;
    told = key;
    onProgress(progress);
  };
  const later = (): void => {
    cancel = ports.clock.after(progressEveryMs, () => {
      look();
      later();
    });
  };
  later();
  return () => {
    cancel();
    look();
  };
}

type Measured = NonNullable<HandlerOutcome['measured']>;

export function measure({
  survivors,
  processes,
  leftBehind,
  ignoredTerm,
  memoryPeakMb,
  cpuSeconds,
  ...ended
}: Ended): Measured {
  const used = { memoryPeakMb: memoryPeakMb ?? null, cpuSeconds: cpuSeconds ?? null };
  const written = { outputBytes: ended.bytes, cutBytes: ended.cutBytes };
  return { survivors, processes, leftBehind, ignoredTerm, ...written, ...used };
}

/** Ends without a result of the process: it never was, or nobody saw it end. Null for the others. */
function endUnseen(ended: Ended, measured: Measured): HandlerOutcome | null {
  if (ended.outcome === 'not_started') {
    const { code = 'UNKNOWN', message = 'The process could not be started.', retryable = false } = ended.error ?? {};
    const reason = code === 'spawner_gone' ? 'spawner_died' : 'start_failed';
    return notStarted(reason, message, { retryable, measured });
  }
  if (ended.outcome !== 'lost') return null;
  return { ...stopped('worker_gone', { measured }), reason: ended.stopped === null ? 'spawner_died' : 'worker_died' };
}

/** What the process left in its result file; null when it left nothing that can be taken. */
function resultOf({ files, names, ports }: HandlerContext): unknown {
  const left = readResult(files.result);
  if ('problem' in left) ports.log.warn('result not taken', { runId: names.runId, problem: left.problem });
  return 'result' in left ? left.result : null;
}

/** An end that says nothing of what the process made of itself: unseen, or brought about from outside. */
export function endFromOutside(
  { timeoutMs, ports }: HandlerContext,
  ended: Ended,
  facts: Partial<HandlerOutcome> = {},
): HandlerOutcome | null {
  const measured = measure(ended);
  const unseen = endUnseen(ended, measured);
  if (unseen !== null || ended.stopped === null || ended.stopped === 'protocol') return unseen;
  const { exitCode, signal } = ended;
  const { outputLimitBytes } = ports.settings;
  const end = stopped(ended.stopped, { exitCode, signal, measured, ...facts, timeoutMs, outputLimitBytes });
  return end.failure === null ? end : { ...end, failure: { ...end.failure, detail: detailOf(ended) } };
}

/** The end of standard error; null when nothing was written there. */
export function detailOf({ stderrTail }: Ended): string | null {
  return stderrTail.trim() === '' ? null : stderrTail.trimEnd();
}

function toOutcome(context: HandlerContext, ended: Ended, tookMs: Millis | null): HandlerOutcome {
  const { exitCode, signal } = ended;
  const measured = measure(ended);
  const unseen = endUnseen(ended, measured);
  if (unseen !== null) return unseen;
  const facts = { exitCode, signal, result: resultOf(context), measured, leftArtifacts: true };
  const outside = endFromOutside(context, ended, facts);
  if (outside !== null) return outside;
  if (exitCode === 0) return succeeded(facts);
  return failed(exitFailure({ exitCode, signal, tookMs, detail: detailOf(ended) }), facts);
}
