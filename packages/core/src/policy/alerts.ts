/**
 * Which alerts should stand: facts and now → alerts. Conditions only; what happened once and is over (missed instants,
 * lost workers) is in `alert-facts.ts`.
 */
import type { Alert } from '../model/alert.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { neededLabels, type Job } from '../model/job.ts';
import { reasonText } from '../model/reasons.ts';
import type { Run } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import type { WaitingGroup } from '../model/watch.ts';
import { spoken, spokenDuration } from '../schedule/spoken.ts';
import { lateAfterMs, startOf } from './late.ts';
import { waitingReason, type WaitingFacts } from './waiting.ts';

/** An alert as it should stand; what the store adds is missing. */
export type Standing = Pick<
  Alert,
  | 'kind'
  | 'severity'
  | 'fingerprint'
  | 'jobId'
  | 'jobCreatedAt'
  | 'runId'
  | 'runCreatedAt'
  | 'title'
  | 'text'
  | 'count'
  | 'fromAt'
  | 'toAt'
>;

/** From when on each condition is told; milliseconds. */
export interface AlertLimits {
  /** Silence of all schedulers. Default 60 000. */
  readonly schedulerSilentMs: Millis;
  /** No worker while runs wait. Default 300 000. */
  readonly noWorkerMs: Millis;
  /** A run that a person asked for. Default 300 000. */
  readonly waitingManualMs: Millis;
  /** Any other. Default 1 800 000. */
  readonly waitingMs: Millis;
  /** Before the one that watches has seen the database so long, nothing that waits is told: it may be about to start. Default 30 000. */
  readonly graceMs: Millis;
  /** A run without output, beyond three times its usual length. Default 120 000. */
  readonly quietMs: Millis;
}

export const defaultAlertLimits: AlertLimits = {
  schedulerSilentMs: 60_000,
  noWorkerMs: 300_000,
  waitingManualMs: 300_000,
  waitingMs: 1_800_000,
  graceMs: 30_000,
  quietMs: 120_000,
};

/** A run that runs, with what is known of its output and of those before it. */
export interface RunningFacts {
  readonly jobId: Id;
  readonly runId: Id;
  readonly runCreatedAt: Instant;
  readonly startedAt: Instant;
  /** Since when it has written nothing, as far as was seen. */
  readonly quietSince: Instant;
  /** When it was last seen to have written; null as long as nobody looked twice. */
  readonly wroteAt: Instant | null;
  /** The 95th percentile of its last runs; null when there are too few. */
  readonly usualMs: Millis | null;
}

/** A schedule whose instant came and that nobody planned. */
export interface UnplannedFacts {
  readonly jobId: Id;
  readonly schedule: Schedule;
  readonly planAt: Instant;
}

export interface WatchFacts {
  readonly now: Instant;
  /** Since when the one that watches has seen the database without a break. */
  readonly since: Instant;
  readonly limits: AlertLimits;
  readonly schedulerBeatAt: Instant | null;
  /** Whether anything names an instant. */
  readonly needsScheduler: boolean;
  readonly workerBeatAt: Instant | null;
  readonly workers: WaitingFacts['workers'];
  readonly waiting: readonly WaitingGroup[];
  readonly unplanned: readonly UnplannedFacts[];
  /** Those that run longer than usual, and whose output can be seen. */
  readonly running: readonly RunningFacts[];
  /** All that run. */
  readonly live: ReadonlySet<Id>;
  readonly jobs: ReadonlyMap<Id, Job>;
  readonly schedules: ReadonlyMap<Id, Schedule>;
  /** How many are starting or running, by job. */
  readonly busy: ReadonlyMap<Id, number>;
}

const nobody = { jobId: null, jobCreatedAt: null, runId: null, runCreatedAt: null, fromAt: null, toAt: null } as const;

function subjectOf(job: Job): Pick<Standing, 'jobId' | 'jobCreatedAt'> {
  return { jobId: job.id, jobCreatedAt: job.createdAt };
}

/** May a job be late at all? */
function counts(job: Job | undefined): job is Job {
  return job !== undefined && job.active && job.deletedAt === null;
}

/** Why the run waits, as its own page says it. */
function whyItWaits(group: WaitingGroup, job: Job, facts: WatchFacts): string {
  const { queue, maxConcurrent } = job.definition;
  const workerLabels = neededLabels(job.definition);
  const reason = waitingReason({
    run: { ...group, attempt: group.first ? 0 : 1, queue, workerLabels },
    now: facts.now,
    workers: facts.workers,
    liveOfJob: facts.busy.get(job.id) ?? 0,
    slots: maxConcurrent,
  });
  return reasonText(reason, {}, 'waiting');
}

/** One alert a job, of its oldest late instant. */
function lateAlert(
  job: Job,
  { dueAt, timezone, afterMs, why }: { dueAt: Instant; timezone: string; afterMs: Millis; why: string },
  run: { readonly id: Id; readonly createdAt: Instant } | null,
  count: number,
): Standing {
  const more = count > 1 ? ` ${count} of its runs wait.` : '';
  return {
    kind: 'late',
    severity: 'warning',
    fingerprint: `late:${job.id}`,
    ...subjectOf(job),
    runId: run?.id ?? null,
    runCreatedAt: run?.createdAt ?? null,
    title: `${job.definition.name} is late`,
    text: `Due ${spoken(dueAt, timezone)}, not started within ${spokenDuration(afterMs)}. ${why}${more}`,
    count,
    fromAt: dueAt,
    toAt: dueAt,
  };
}

function lateOfQueue(facts: WatchFacts): readonly Standing[] {
  const late = facts.waiting.flatMap((group) => {
    const job = facts.jobs.get(group.jobId);
    return counts(job) && group.first && isScheduled(group) ? (lateOf(group, job, facts) ?? []) : [];
  });
  return oneEach(late);
}

function lateOf(group: Scheduled, job: Job, facts: WatchFacts): Standing | null {
  const { dueAt, scheduleId, runId: id, runCreatedAt: createdAt, count } = group;
  const spec = facts.schedules.get(scheduleId ?? 0)?.spec ?? null;
  const { timezone = 'UTC', jitterSeconds = 0 } = spec ?? {};
  const afterMs = lateAfterMs(job.definition, spec, dueAt);
  if (afterMs === null || facts.now - startOf({ ...group, jitterSeconds }) <= afterMs) return null;
  return lateAlert(job, { dueAt, timezone, afterMs, why: whyItWaits(group, job, facts) }, { id, createdAt }, count);
}

type Scheduled = WaitingGroup & { readonly dueAt: Instant };

function isScheduled(group: WaitingGroup): group is Scheduled {
  return group.dueAt !== null && (group.trigger === 'schedule' || group.trigger === 'catch_up');
}

/** A scheduler is at work and leaves this job out. While all of them are silent, that is the one thing to tell. */
function lateUnplanned(facts: WatchFacts): readonly Standing[] {
  if (!isPlanning(facts)) return [];
  const late = facts.unplanned.flatMap(({ jobId, schedule: { spec }, planAt }) => {
    const job = facts.jobs.get(jobId);
    if (!counts(job)) return [];
    const afterMs = lateAfterMs(job.definition, spec, planAt);
    if (afterMs === null || facts.now - Math.max(planAt, facts.since) <= afterMs) return [];
    const why = 'No scheduler could plan it; the log of the scheduler says why.';
    return [lateAlert(job, { dueAt: planAt, timezone: spec.timezone, afterMs, why }, null, 1)];
  });
  return oneEach(late);
}

/** Whether a scheduler has reported lately. */
function isPlanning({ schedulerBeatAt, limits, now }: WatchFacts): boolean {
  return now - (schedulerBeatAt ?? -Infinity) <= limits.schedulerSilentMs / 2;
}

/** Of several with one cause the first. */
function oneEach(alerts: readonly Standing[]): readonly Standing[] {
  return [...Map.groupBy(alerts, ({ fingerprint }) => fingerprint).values()].flatMap(([first]) => first ?? []);
}

function waitingTooLong(facts: WatchFacts, late: ReadonlySet<Id>): readonly Standing[] {
  const { limits, now } = facts;
  const waiting = facts.waiting.flatMap((group): readonly Standing[] => {
    const job = facts.jobs.get(group.jobId);
    const limit = group.trigger === 'manual' ? limits.waitingManualMs : limits.waitingMs;
    if (job === undefined || job.deletedAt !== null || now - group.availableAt <= limit) return [];
    if (isScheduled(group) && late.has(job.id)) return [];
    const { name } = job.definition;
    const others = group.count > 1 ? ` ${group.count} of its runs wait.` : '';
    return [
      {
        kind: 'waiting',
        severity: 'warning',
        fingerprint: `waiting:${job.id}`,
        ...subjectOf(job),
        runId: group.runId,
        runCreatedAt: group.runCreatedAt,
        title: `A run of ${name} waits`,
        text: `It could have started at ${spoken(group.availableAt, 'UTC')} and still waits, longer than ${spokenDuration(limit)}. ${whyItWaits(group, job, facts)}${others}`,
        count: group.count,
        fromAt: group.availableAt,
        toAt: null,
      },
    ];
  });
  return oneEach(waiting);
}

/** How long nobody has planned, as far as the one that watches can tell. */
function silentFor({ schedulerBeatAt, since, now }: WatchFacts): Millis {
  return now - Math.max(schedulerBeatAt ?? -Infinity, since);
}

function schedulerSilent(facts: WatchFacts): readonly Standing[] {
  const { schedulerBeatAt, limits, unplanned, jobs, needsScheduler } = facts;
  if (!needsScheduler || silentFor(facts) < limits.schedulerSilentMs) return [];
  const overdue = [...new Set(unplanned.map(({ jobId }) => jobs.get(jobId)?.definition.name ?? ''))].filter(Boolean);
  const named = overdue.slice(0, 3).join(', ') + (overdue.length > 3 ? ' and others' : '');
  const waits = overdue.length === 0 ? 'Nothing becomes due until one does.' : `Due and not planned: ${named}.`;
  const last = schedulerBeatAt === null ? '' : ` since ${spoken(schedulerBeatAt, 'UTC')}`;
  return [
    {
      ...nobody,
      kind: 'scheduler_silent',
      severity: 'error',
      fingerprint: 'scheduler_silent',
      title: 'No scheduler is at work',
      text: `No scheduler has reported${last}. ${waits}`,
      count: Math.max(1, overdue.length),
      fromAt: schedulerBeatAt,
    },
  ];
}

function noWorker(facts: WatchFacts): readonly Standing[] {
  const { workers, waiting, workerBeatAt, limits, now, since } = facts;
  if (workers.length > 0 || waiting.length === 0) return [];
  const oldest = Math.min(...waiting.map(({ availableAt }) => availableAt));
  if (now - Math.max(workerBeatAt ?? -Infinity, oldest, since) < limits.noWorkerMs) return [];
  const count = waiting.reduce((sum, group) => sum + group.count, 0);
  const last = workerBeatAt === null ? '' : ` since ${spoken(workerBeatAt, 'UTC')}`;
  return [
    {
      ...nobody,
      kind: 'no_worker',
      severity: 'error',
      fingerprint: 'no_worker',
      title: 'No worker is connected',
      text: `${count === 1 ? '1 run waits' : `${count} runs wait`}, and no worker has reported${last}.`,
      count,
      fromAt: workerBeatAt,
    },
  ];
}

/** Beyond three times its usual length, and silent. */
function stuck({ running, jobs, limits, now }: WatchFacts): readonly Standing[] {
  const hanging = running.flatMap((run): readonly Standing[] => {
    const job = jobs.get(run.jobId);
    if (job === undefined || run.usualMs === null) return [];
    if (now - run.startedAt <= 3 * run.usualMs || now - run.quietSince < limits.quietMs) return [];
    return [
      {
        kind: 'stuck',
        severity: 'warning',
        fingerprint: `stuck:${job.id}`,
        ...subjectOf(job),
        runId: run.runId,
        runCreatedAt: run.runCreatedAt,
        title: `A run of ${job.definition.name} may be stuck`,
        text: `It has run since ${spoken(run.startedAt, 'UTC')}, more than three times as long as 95 % of its last runs (${spokenDuration(run.usualMs)}), and has written nothing since ${spoken(run.quietSince, 'UTC')}.`,
        count: 1,
        fromAt: run.startedAt,
        toAt: null,
      },
    ];
  });
  return oneEach(hanging);
}

/** The alerts that these facts call for, each cause once. */
export function standingAlerts(given: WatchFacts): readonly Standing[] {
  const isNew = given.now - given.since < given.limits.graceMs;
  const facts = isNew ? { ...given, waiting: [] } : given;
  const late = oneEach([...lateOfQueue(facts), ...lateUnplanned(facts)]);
  const lateJobs = new Set(late.flatMap(({ jobId }) => jobId ?? []));
  return [...schedulerSilent(facts), ...noWorker(facts), ...late, ...waitingTooLong(facts, lateJobs), ...stuck(facts)];
}

/** How a late run that is late no more is told. */
export function lateOver({ dueAt, startedAt, state }: Pick<Run, 'dueAt' | 'startedAt' | 'state'>): string | null {
  if (startedAt !== null && dueAt !== null) return `It started ${spokenDuration(startedAt - dueAt)} after it was due.`;
  return state === 'cancelled' ? 'Its run was cancelled before it started.' : null;
}

/**
 * Whether an alert that these facts do not call for stays all the same: who has only begun to watch, or cannot see the
 * output, does not know that a condition is over.
 */
export function staysOpen(alert: Pick<Alert, 'kind' | 'runId' | 'createdAt'>, facts: WatchFacts): boolean {
  return unknowns[alert.kind]?.(alert, facts) ?? false;
}

type Unknown = (alert: Pick<Alert, 'runId' | 'createdAt'>, facts: WatchFacts) => boolean;

const isYoung = ({ now, since, limits }: WatchFacts): boolean => now - since < limits.graceMs;

/** By kind: whether these facts leave it open. */
const unknowns: Readonly<Partial<Record<Alert['kind'], Unknown>>> = {
  late: ({ runId }, facts) => isYoung(facts) || (runId === null && !isPlanning(facts)),
  waiting: (_, facts) => isYoung(facts),
  no_worker: (_, { workers, waiting }) => workers.length === 0 && waiting.length > 0,
  scheduler_silent: (_, { needsScheduler, schedulerBeatAt, limits, now }) =>
    needsScheduler && now - (schedulerBeatAt ?? -Infinity) >= limits.schedulerSilentMs,
  stuck: (alert, facts) => alert.runId !== null && facts.live.has(alert.runId) && !wroteSince(alert, facts),
};

function wroteSince({ runId, createdAt }: Pick<Alert, 'runId' | 'createdAt'>, { running }: WatchFacts): boolean {
  const wroteAt = running.find((run) => run.runId === runId)?.wroteAt ?? null;
  return wroteAt !== null && wroteAt > createdAt;
}

const endings: Readonly<Partial<Record<Alert['kind'], string>>> = {
  late: 'It started, or is not expected any more.',
  waiting: 'It started, or does not wait any more.',
  stuck: 'It ended, or wrote again.',
  no_worker: 'A worker is connected, or nothing waits.',
  scheduler_silent: 'A scheduler is at work again.',
};

/** How a condition that is over is told. */
export function conditionOver({ kind }: Pick<Alert, 'kind'>): string {
  return endings[kind] ?? 'It is over.';
}
