/** Alerts about runs that should have started: late ones, those that nobody planned, and any that waits too long. */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { neededLabels, type Job } from '../model/job.ts';
import type { Bound } from '../model/limit.ts';
import { reasonText, type ReasonFacts } from '../model/reason-text.ts';
import { mostWaiting, type WaitingGroup } from '../model/watch.ts';
import { spoken, spokenDuration } from '../schedule/spoken.ts';
import { lateAfterMs, startOf } from './late.ts';
import { fullBound, missingOf, waitingReason } from './waiting.ts';
import { isPlanning, oneEach, subjectOf, type Standing, type WatchFacts } from './watch-facts.ts';

/** May a job be late at all? */
function counts(job: Job | undefined): job is Job {
  return job !== undefined && job.active && job.deletedAt === null;
}

/** What holds back the runs of a job beside itself. */
function limitsOf({ ownerId: person, definition: { queue, locks = [] } }: Job, { rooms }: WatchFacts) {
  if (rooms === null) return { bounds: [], pause: null };
  return { bounds: rooms.boundsOf({ queue, locks, person }), pause: rooms.pauseOf(queue) };
}

/** Why the run waits, as its own page says it. */
function whyItWaits(group: WaitingGroup, job: Job, facts: WatchFacts): string {
  const { queue, maxConcurrent } = job.definition;
  const workerLabels = neededLabels(job.definition);
  const { bounds, pause } = limitsOf(job, facts);
  const reason = waitingReason({
    run: { ...group, attempt: group.first ? 0 : 1, queue, workerLabels },
    now: facts.now,
    workers: facts.workers,
    liveOfJob: facts.busy.get(job.id) ?? 0,
    slots: maxConcurrent,
    paused: pause !== null,
    bounds,
  });
  const missing = reason === 'no_worker_matches' ? missingOf({ queue, workerLabels }, facts.workers) : null;
  const inUse = reason.startsWith('concurrency_') ? inUseOf(fullBound(bounds)) : {};
  return reasonText(reason, { missing, queue, by: pause?.changedBy, ...inUse }, 'waiting');
}

function inUseOf(full: Bound | null): ReasonFacts {
  return full === null ? {} : { used: full.used, limit: full.slots, lock: full.name };
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

/** As far as they were looked at. */
export const waitingCount = (count: number): string => (count >= mostWaiting ? `${count} and more` : String(count));

function waitingTooLong(facts: WatchFacts, late: ReadonlySet<Id>): readonly Standing[] {
  const { limits, now } = facts;
  const waiting = facts.waiting.flatMap((group): readonly Standing[] => {
    const job = facts.jobs.get(group.jobId);
    const limit = group.trigger === 'manual' ? limits.waitingManualMs : limits.waitingMs;
    if (job === undefined || job.deletedAt !== null || now - group.availableAt <= limit) return [];
    if (isScheduled(group) && late.has(job.id)) return [];
    const { name } = job.definition;
    const others = group.count > 1 ? ` ${waitingCount(group.count)} of its runs wait.` : '';
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

/** Those that these facts call for, each cause once; a run that is late is told as late alone. */
export function waitingAlerts(facts: WatchFacts): readonly Standing[] {
  const late = oneEach([...lateOfQueue(facts), ...lateUnplanned(facts)]);
  const lateJobs = new Set(late.flatMap(({ jobId }) => jobId ?? []));
  return [...late, ...waitingTooLong(facts, lateJobs)];
}
