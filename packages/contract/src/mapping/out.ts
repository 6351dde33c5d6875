/** Rows going out: ids become UUIDs, instants RFC 3339, milliseconds seconds. */
import {
  describeSchedule,
  draftVersion,
  formatInstant,
  offsetText,
  reasonText,
  scheduleToJson,
  farthest,
  itemsOfResult,
  toUuid,
  whyNextNone,
  treeSentence,
  type AskedBack,
  type Attempt as CoreAttempt,
  breakerSettingsOf,
  type BreakerSettings,
  type DependsOn,
  type EditConflict as CoreConflict,
  type CancelRequest,
  type EventRow,
  type Explanation as CoreExplanation,
  isBuiltIn,
  type JobDefinition,
  type JobTarget,
  type JobSummary,
  type LedgerEntry as CoreEntry,
  type PreviewAnswer,
  type Progress,
  type ReasonView,
  type Run as CoreRun,
  type Schedule as CoreSchedule,
  type SchedulePreview,
  type TreeProof,
  type Understood,
} from 'job-trigger-core';
import { breakerToWire, failureToWire, interventionToWire, statusToWire } from './failure-out.ts';
import { provisionedToWire } from './job-types.ts';
import { explanationToWire } from './why.ts';
import type { EditConflict, Job, LedgerEntry } from '../shapes/job.ts';
import type { Attempt, Run, RunDetail } from '../shapes/run.ts';
import type { ParseAnswer, Preview, Schedule } from '../shapes/schedule.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const uuid = (id: number | null, createdAt: number | null): string | null =>
  id === null || createdAt === null ? null : toUuid({ id, createdAt });
const seconds = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : Math.max(0, to - from) / 1000;

function reason(code: string | null, view: ReasonView): { reason: string | null; reason_text: string | null } {
  return { reason: code, reason_text: code === null ? null : reasonText(code, {}, view) };
}

/** Rows that a run names and whose own time is needed to name them outside. */
export interface Named {
  /** By number. */
  readonly schedules: ReadonlyMap<number, number>;
  readonly workers: ReadonlyMap<number, number>;
}

export function runToWire(run: CoreRun, named: Named): Run {
  return {
    id: toUuid(run),
    job_id: toUuid({ id: run.jobId, createdAt: run.jobCreatedAt }),
    job_name: run.jobName,
    job_version: run.jobVersion,
    draft: run.jobVersion === draftVersion,
    trigger: run.trigger,
    schedule_id: uuid(run.scheduleId, run.scheduleId === null ? null : (named.schedules.get(run.scheduleId) ?? null)),
    due_at: instant(run.dueAt),
    state: run.state,
    ...reason(run.reason, run.state === 'queued' ? 'waiting' : 'ended'),
    suspect: run.suspect,
    cancelling: run.cancelRequestedAt !== null && run.endedAt === null,
    attempt: run.attempt,
    available_at: run.availableAt === farthest ? null : instant(run.availableAt),
    created_at: formatInstant(run.createdAt),
    started_at: instant(run.startedAt),
    ended_at: instant(run.endedAt),
    wait_seconds: seconds(run.createdAt, run.startedAt),
    duration_seconds: seconds(run.startedAt, run.endedAt),
    exit_code: run.exitCode,
    signal: run.signal,
    failure: failureToWire(run.failure),
    worker_id: uuid(run.workerId, run.workerId === null ? null : (named.workers.get(run.workerId) ?? null)),
    worker_name: run.workerName,
    priority: run.priority,
    queue: run.queue,
    parameters: run.parameters as Run['parameters'],
    result: run.result ?? null,
    items: itemsOfResult(run.result),
    progress: run.progress === null ? null : progressToWire(run.progress),
    note: run.note,
    requested_by: run.requestedBy,
    cause_run_id: uuid(run.causeRunId, run.causeCreatedAt),
  };
}

function progressToWire({ fraction, message, phase, items, at }: Progress): NonNullable<Run['progress']> {
  return {
    fraction,
    percent: fraction === null ? null : Math.round(fraction * 1000) / 10,
    phase: phase ?? null,
    message,
    items: items ?? null,
    at: formatInstant(at),
  };
}

function artifactsToWire(policy: JobDefinition['artifacts']): Job['artifacts'] {
  if (policy === undefined || policy === null) return null;
  const { keep, days, maxFiles, maxBytes } = policy;
  return { keep, days, max_files: maxFiles, max_bytes: maxBytes };
}

function treeToWire(tree: TreeProof): NonNullable<Attempt['processes']> {
  return {
    count: tree.processes,
    survivors: [...tree.survivors],
    left_behind: tree.leftBehind ?? 0,
    ignored_term: tree.ignoredTerm ?? 0,
    text: treeSentence(tree),
  };
}

export function attemptToWire(attempt: CoreAttempt, named: Named, tree: TreeProof | null = null): Attempt {
  return {
    attempt: attempt.attempt,
    outcome: attempt.outcome,
    ...reason(attempt.reason, 'ended'),
    worker_id: uuid(attempt.workerId, attempt.workerId === null ? null : (named.workers.get(attempt.workerId) ?? null)),
    exit_code: attempt.exitCode,
    signal: attempt.signal,
    failure: failureToWire(attempt.failure),
    started_at: instant(attempt.startedAt),
    ended_at: formatInstant(attempt.endedAt),
    duration_seconds: seconds(attempt.startedAt, attempt.endedAt),
    processes: tree === null ? null : treeToWire(tree),
    memory_peak_mb: tree?.memoryPeakMb ?? null,
    cpu_seconds: tree?.cpuSeconds ?? null,
  };
}

/** @param event of the kind `run.late_result` */
export function lateResultToWire({ at, data }: EventRow): RunDetail['late_results'][number] {
  const { outcome, exit_code: exitCode, fence } = data;
  return {
    at: formatInstant(at),
    outcome: typeof outcome === 'string' ? outcome : 'unknown',
    exit_code: typeof exitCode === 'number' ? exitCode : null,
    fence: typeof fence === 'number' ? fence : 0,
  };
}

export function cancelRequestToWire(request: CancelRequest | null): RunDetail['cancel_request'] {
  if (request === null) return null;
  const { at, by, note, termAt, killAt } = request;
  return { at: formatInstant(at), by, note, term_at: instant(termAt), kill_at: instant(killAt) };
}

function scheduleToWire(schedule: CoreSchedule): Schedule {
  return {
    ...scheduleToJson(schedule.spec),
    id: toUuid(schedule),
    name: schedule.name,
    kind: schedule.spec.kind,
    timezone: schedule.spec.timezone,
    active: schedule.active,
    priority: schedule.priority,
    description: describeSchedule(schedule.spec),
    next_due_at: instant(schedule.nextDueAt),
  };
}

/** Names of a plugin's configuration are its own. */
function configToWire({ type, config }: JobTarget): Record<string, unknown> {
  if (!isBuiltIn(type)) return { ...(config as Readonly<Record<string, unknown>>) };
  const { workingDir, expectedStatus, ...rest } = config as Readonly<Record<string, unknown>>;
  return {
    ...rest,
    ...(workingDir === undefined ? {} : { working_dir: workingDir }),
    ...(expectedStatus === undefined ? {} : { expected_status: expectedStatus }),
  };
}

function dependsOnToWire(dependsOn: DependsOn | null): Job['depends_on'] {
  if (dependsOn === null) return null;
  const { mode, jobs, windowSeconds, pass = [] } = dependsOn;
  return {
    mode,
    jobs: jobs.map(toUuid),
    window_seconds: windowSeconds,
    pass: pass.map(({ parameter, job, field }) => ({ parameter, job_id: toUuid(job), field })),
  };
}

/** What a person decides about a job, without its schedules. */
export function definitionToWire(definition: JobDefinition, settings?: BreakerSettings) {
  const { retry } = definition;
  return {
    name: definition.name,
    description: definition.description,
    type: definition.type,
    config: configToWire(definition),
    tags: [...definition.tags],
    timeout_seconds: definition.timeoutSeconds,
    kill_grace_seconds: definition.killGraceSeconds,
    on_lost: definition.onLost,
    overlap: definition.overlap,
    max_concurrent: definition.maxConcurrent,
    priority: definition.priority,
    queue: definition.queue,
    worker_labels: [...definition.workerLabels],
    catch_up: {
      policy: definition.catchUp.policy,
      window_seconds: definition.catchUp.windowSeconds,
      max: definition.catchUp.max,
    },
    retry:
      retry === null
        ? null
        : {
            max_attempts: retry.maxAttempts,
            strategy: retry.strategy,
            delay_seconds: retry.delaySeconds,
            max_delay_seconds: retry.maxDelaySeconds,
            max_total_seconds: retry.maxTotalSeconds,
            delays_seconds: retry.delaysSeconds,
            on: { exit_codes: retry.on.exitCodes, http_status: retry.on.httpStatus, timed_out: retry.on.timedOut },
          },
    parameters: definition.parameters.map((parameter) => ({ ...parameter })),
    max_runs: definition.maxRuns,
    start_deadline_seconds: definition.startDeadlineSeconds,
    late_alert_seconds: definition.lateAlertSeconds ?? null,
    containment: definition.containment ?? null,
    output_limit_policy: definition.outputLimitPolicy ?? 'truncate',
    breaker: breakerToWire(definition, settings),
    depends_on: dependsOnToWire(definition.dependsOn ?? null),
    locks: [...(definition.locks ?? [])],
    artifacts: artifactsToWire(definition.artifacts),
    hooks: definition.hooks ?? null,
    secrets: { ...definition.secrets },
    source: definition.source,
  };
}

/** What two people wanted of one job, field by field: the first one's stands. */
export function conflictToWire({ version, author, savedAt, theirs, yours }: CoreConflict): EditConflict {
  const wire = ({ definition, schedules }: CoreConflict['theirs']): Readonly<Record<string, unknown>> => ({
    ...definitionToWire(definition),
    schedules: schedules.map(({ name, active, priority, spec }) => ({
      name,
      active,
      priority,
      ...scheduleToJson(spec),
    })),
  });
  const [saved, wanted] = [wire(theirs), wire(yours)];
  return {
    version,
    saved_by: author,
    saved_at: formatInstant(savedAt),
    difference: Object.keys(saved)
      .filter((field) => JSON.stringify(saved[field]) !== JSON.stringify(wanted[field]))
      .map((field) => ({ field, theirs: saved[field], yours: wanted[field] })),
  };
}

const ownersOf = ({ ownerId }: JobSummary['job'], breaker: BreakerSettings | undefined): BreakerSettings | undefined =>
  breaker && breakerSettingsOf(ownerId, breaker);

/** @param breaker of the settings: what a job without its own has */
export function jobToWire(summary: JobSummary, named: Named, breaker?: BreakerSettings): Job {
  const { job, schedules, lastRun } = summary;
  return {
    id: toUuid(job),
    ...definitionToWire(job.definition, ownersOf(job, breaker)),
    active: job.active,
    schedules: schedules.map(scheduleToWire),
    owner_id: null,
    version: job.version,
    status: statusToWire(summary, breaker),
    next_due_at: instant(summary.nextDueAt),
    next_text: whyNextNone(summary)?.text ?? null,
    run_count: summary.runCount,
    last_run:
      lastRun === null
        ? null
        : runToWire(lastRun, {
            ...named,
            schedules: new Map(schedules.map((schedule) => [schedule.id, schedule.createdAt])),
          }),
    last_error: lastRun?.failure?.message ?? null,
    consecutive_failures: summary.consecutiveFailures,
    intervention: interventionToWire(job, breaker),
    paused:
      job.active || job.deletedAt !== null
        ? null
        : {
            by: job.pausedBy,
            at: instant(job.pausedAt),
            reason: job.pausedReason,
            until: instant(job.pausedUntil),
            on_resume: job.onResume ?? 'none',
          },
    provisioned: provisionedToWire(job.definition),
    demo: job.demo,
    created_at: formatInstant(job.createdAt),
    updated_at: formatInstant(job.updatedAt),
    deleted_at: instant(job.deletedAt),
    deleted_by: job.deletedBy,
  };
}

export function ledgerToWire(
  entry: CoreEntry,
  schedules: ReadonlyMap<number, number>,
  explained: CoreExplanation,
): LedgerEntry {
  const schedule_id = uuid(entry.scheduleId, schedules.get(entry.scheduleId) ?? null);
  const common = {
    schedule_id,
    reason: entry.reason,
    reason_text: entry.reason === null ? null : explained.sentence,
    decided_at: formatInstant(entry.decidedAt),
    why: explanationToWire(explained),
  };
  if (entry.kind === 'gap')
    return {
      kind: 'gap',
      state: 'skipped',
      ...common,
      from: formatInstant(entry.fromAt),
      to: formatInstant(entry.toAt),
      count: entry.count,
    };
  return {
    kind: 'occurrence',
    state: entry.runId === null ? 'skipped' : 'dispatched',
    ...common,
    due_at: formatInstant(entry.dueAt),
    run_id: uuid(entry.runId, entry.runCreatedAt),
    cause_run_id: uuid(entry.causeRunId, entry.causeCreatedAt),
  };
}

export function previewToWire(preview: SchedulePreview & Partial<Pick<PreviewAnswer, 'difference'>>): Preview {
  const { difference, past } = preview;
  return {
    items: preview.items.map((item) => ({ at: formatInstant(item.at), local: item.local, notes: [...item.notes] })),
    skipped: preview.skipped.map((span) => ({
      from: formatInstant(span.from),
      to: formatInstant(span.to),
      count: span.count,
      reason: span.reason,
      reason_text: span.sentence,
    })),
    description: preview.description,
    warnings: [...preview.warnings],
    clock_changes: preview.clockChanges.map((change) => ({
      at: formatInstant(change.at),
      offset_before: offsetText(change.before),
      offset_after: offsetText(change.after),
      sentence: change.sentence,
      effect: change.effect,
    })),
    past: { from: formatInstant(past.from), to: formatInstant(past.to), count: past.count, sentence: past.sentence },
    ...(difference === undefined || difference === null
      ? {}
      : {
          difference: difference.sentence,
          added: difference.added.map(formatInstant),
          removed: difference.removed.map(formatInstant),
          moved: difference.moved.map(({ from, to }) => ({ from: formatInstant(from), to: formatInstant(to) })),
        }),
  };
}

export function parseToWire(answer: Understood | AskedBack): ParseAnswer {
  if (answer.kind === 'asked')
    return {
      schedule: null,
      description: null,
      command: null,
      user: null,
      question: answer.question,
      choices: answer.choices.map((choice) => ({ ...choice })),
    };
  const { spec, description, command, user } = answer;
  return { schedule: scheduleToJson(spec), description, command, user, question: null, choices: [] };
}
