/** A past that was lived through, as the rows and the output it left behind. Pure. */
import type { Id, Reference } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { FinalState } from '../../model/run.ts';
import type { WrittenLine } from '../../spawner/log-file.ts';
import type { PastAttempt, PastEvent, PastRun } from '../../store/history-table.ts';
import { endOf, referenceOf, type Life, type PastTry } from './past.ts';

export interface PastRows {
  readonly runs: readonly PastRun[];
  readonly attempts: readonly PastAttempt[];
  readonly events: readonly PastEvent[];
}

/** What one attempt wrote. */
export interface PastOutput {
  readonly run: Reference;
  readonly attempt: number;
  readonly lines: readonly WrittenLine[];
}

export function rowsOf(job: Job, lives: readonly Life[]): PastRows {
  return {
    runs: lives.map((life) => withoutProcess(job, runOf(life))),
    attempts: lives.flatMap((life) =>
      life.tries.map((tried, index) => withoutProcess(job, attemptOf(life, tried, index + 1))),
    ),
    events: lives.flatMap((life) => eventsOf(job, life)),
  };
}

/** A call has no exit status. */
function withoutProcess<T extends { readonly exitCode: number | null }>({ definition }: Job, row: T): T {
  return definition.type === 'http' ? { ...row, exitCode: null } : row;
}

function stateOf({ tries }: Life): FinalState {
  const outcome = tries.at(-1)?.outcome ?? 'cancelled';
  return outcome === 'not_started' ? 'failed' : outcome;
}

/** Of a run that was taken out of the queue. */
const untried = { exitCode: null, signal: null, failure: null, startedAt: null, act: { result: null } };

function runOf(life: Life): PastRun {
  const { run, tries, reason } = life;
  const { exitCode, signal, failure, startedAt, act } = tries.at(-1) ?? untried;
  const state = stateOf(life);
  return {
    id: run.id,
    createdAt: run.createdAt,
    jobId: run.jobId,
    jobVersion: run.jobVersion,
    trigger: run.trigger,
    scheduleId: run.scheduleId,
    dueAt: run.dueAt,
    priority: run.priority,
    queue: run.queue,
    workerLabels: run.workerLabels,
    parameters: run.parameters,
    note: run.note,
    requestedBy: run.requestedBy,
    cause: run.cause,
    state,
    reason,
    attempt: tries.length,
    exitCode,
    signal,
    failure,
    startedAt,
    endedAt: endOf(life),
    result: state === 'succeeded' ? (act.result ?? null) : null,
  };
}

/** Each try was one claim, so that fence and number agree. No worker that could be looked up carried it out. */
function attemptOf(life: Life, tried: PastTry, attempt: number): PastAttempt {
  const { outcome, reason, exitCode, signal, failure, startedAt, endedAt } = tried;
  const follows = attempt < life.tries.length;
  return {
    runId: life.run.id,
    runCreatedAt: life.run.createdAt,
    attempt,
    fence: attempt,
    workerId: null,
    outcome,
    reason: follows ? 'retry_delay' : reason,
    exitCode,
    signal,
    failure,
    startedAt,
    endedAt,
  };
}

/** What finishing would have told (T5). */
function eventsOf(job: Job, life: Life): PastEvent[] {
  const subject = {
    runId: life.run.id,
    runCreatedAt: life.run.createdAt,
    jobId: job.id,
    jobCreatedAt: job.createdAt,
  };
  if (life.tries.length === 0)
    return [{ ...subject, at: endOf(life), kind: 'run.cancelled', data: { reason: life.reason } }];
  return life.tries.map(({ outcome, exitCode, endedAt }, index) => {
    const follows = index + 1 < life.tries.length;
    return {
      ...subject,
      at: endedAt,
      kind: follows ? `attempt.${outcome}` : `run.${stateOf(life)}`,
      data: { attempt: index + 1, outcome, reason: follows ? 'retry_delay' : life.reason, exit_code: exitCode },
    };
  });
}

/** Everything that a job's pause, making and the like left in the events. */
export function jobEvents(
  job: Job,
  facts: readonly { readonly at: Instant; readonly kind: string; readonly by: string; readonly data?: object }[],
): PastEvent[] {
  return facts.map(({ at, kind, by, data = {} }) => ({
    at,
    kind,
    jobId: job.id,
    jobCreatedAt: job.createdAt,
    actor: by,
    data: { name: job.definition.name, version: job.version, via: 'page', ...data },
  }));
}

/** Output of the runs a person is most likely to open: those that did not go well, and the newest of each job. */
export function outputsOf(lives: readonly Life[], newest: number): PastOutput[] {
  const kept = new Set<Id>(lives.slice(-newest).map(({ run }) => run.id));
  return lives
    .filter((life) => kept.has(life.run.id) || stateOf(life) !== 'succeeded' || life.tries.length > 1)
    .flatMap((life) =>
      life.tries.map((tried, index) => ({ run: referenceOf(life), attempt: index + 1, lines: linesOf(tried) })),
    );
}

/** Spread over the time the attempt had; one that was cut off has said only its beginning. */
function linesOf({ act, startedAt, endedAt, outcome }: PastTry): WrittenLine[] {
  const whole = outcome === 'succeeded' || outcome === 'failed';
  const said = whole ? act.lines : act.lines.slice(0, Math.ceil(act.lines.length / 2));
  const stepMs = (endedAt - startedAt) / (said.length + 1);
  return said.map((line, index) => ({
    at: Math.round(startedAt + stepMs * (index + 0.5)),
    stream: line.startsWith('! ') ? 'stderr' : 'stdout',
    text: line.replace(/^! /, ''),
  }));
}
