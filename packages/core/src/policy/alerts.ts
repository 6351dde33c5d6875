/**
 * Which alerts should stand: facts and now → alerts. Conditions only; what happened once and is over (missed instants,
 * lost workers) is in `alert-facts.ts`.
 */
import { fingerprintOf } from '../model/alert.ts';
import type { Millis } from '../model/instant.ts';
import { spoken, spokenDuration } from '../schedule/spoken.ts';
import { waitingAlerts, waitingCount } from './waiting-alerts.ts';
import {
  isFull,
  nobody,
  oneEach,
  subjectOf,
  type Standing,
  type UnapprovedFacts,
  type WatchFacts,
} from './watch-facts.ts';

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
      text: `${count === 1 ? '1 run waits' : `${waitingCount(count)} runs wait`}, and no worker has reported${last}.`,
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

/** As long beyond what is usual, and at work: it writes. */
function slow({ running, jobs, limits, now }: WatchFacts): readonly Standing[] {
  const lasting = running.flatMap((run): readonly Standing[] => {
    const job = jobs.get(run.jobId);
    if (job === undefined || run.usualMs === null || run.wroteAt === null) return [];
    if (now - run.startedAt <= 3 * run.usualMs || now - run.wroteAt >= limits.quietMs) return [];
    return [
      {
        kind: 'slow',
        severity: 'info',
        fingerprint: `slow:${job.id}`,
        ...subjectOf(job),
        runId: run.runId,
        runCreatedAt: run.runCreatedAt,
        title: `A run of ${job.definition.name} is slower than usual`,
        text: `It has run since ${spoken(run.startedAt, 'UTC')}, more than three times as long as 95 % of its last runs (${spokenDuration(run.usualMs)}), and still writes.`,
        count: 1,
        fromAt: run.startedAt,
        toAt: null,
      },
    ];
  });
  return oneEach(lasting);
}

/** One that came and went before it could be told is told all the same, and is over with the next look. */
function diskFull({ disk }: WatchFacts): readonly Standing[] {
  if (disk?.full === null || disk?.full === undefined) return [];
  const { fullAt, roomAt } = disk.full;
  if (disk.told === 'over' || (disk.told === 'open' && roomAt !== null)) return [];
  return [
    {
      ...nobody,
      kind: 'disk_full',
      severity: 'error',
      fingerprint: 'disk_full',
      title: 'The disk is full',
      text: 'The data folder has no room left. Nothing new is planned or started; results of what runs are stored.',
      count: 1,
      fromAt: fullAt,
    },
  ];
}

function secretExpiring({ expiring, now }: WatchFacts): readonly Standing[] {
  return expiring.map(({ id, name, expiresAt, usedBy }) => {
    const more = usedBy.length > 3 ? ` and ${usedBy.length - 3} more` : '';
    const jobs = usedBy.length === 0 ? 'No job uses it.' : `Given to ${usedBy.slice(0, 3).join(', ')}${more}.`;
    const isOver = expiresAt <= now;
    return {
      ...nobody,
      kind: 'secret_expiring',
      severity: isOver ? 'error' : 'warning',
      fingerprint: fingerprintOf('secret_expiring', id),
      title: `The secret ${name} ${isOver ? 'has expired' : 'expires soon'}`,
      text: `${isOver ? 'Since' : 'On'} ${spoken(expiresAt, 'UTC')}. ${jobs}`,
      count: Math.max(1, usedBy.length),
      toAt: expiresAt,
    };
  });
}

const standingWords: Readonly<Record<UnapprovedFacts['standing'], string>> = {
  new: 'was never approved',
  changed: 'changed and is not approved',
  changes_requested: 'is to be changed before it is approved',
  rejected: 'was rejected',
};

/** One a file, told before anything is skipped for it. */
function unapprovedScripts({ unapproved }: WatchFacts): readonly Standing[] {
  return unapproved.map(({ script, path, standing, begun, seenAt, jobs }) => {
    const [only] = jobs.length === 1 ? jobs : [];
    const stands =
      begun === null ? standingWords[standing] : `has ${begun.count} of ${begun.needed} approvals, by ${begun.by}`;
    return {
      ...nobody,
      kind: 'awaiting_approval',
      severity: 'warning',
      fingerprint: fingerprintOf('awaiting_approval', script),
      jobId: only?.id ?? null,
      jobCreatedAt: only?.createdAt ?? null,
      title: `${path} awaits approval`,
      text: `${path} ${stands}. ${heldJobs(jobs)}`,
      count: Math.max(1, jobs.length),
      fromAt: seenAt,
    };
  });
}

function heldJobs(jobs: UnapprovedFacts['jobs']): string {
  const [first] = jobs;
  if (first === undefined) return 'No job that is on names it.';
  const others =
    jobs.length === 1 ? '' : jobs.length === 2 ? ' 1 other job, too.' : ` ${jobs.length - 1} other jobs, too.`;
  if (first.nextDueAt === null) return `It keeps ${first.name} from running.${others}`;
  return `${first.name} is next due ${spoken(first.nextDueAt, first.timezone)}, and will be skipped.${others}`;
}

/** The alerts that these facts call for, each cause once. */
export function standingAlerts(given: WatchFacts): readonly Standing[] {
  const isNew = given.now - given.since < given.limits.graceMs;
  const facts = isNew ? { ...given, waiting: [] } : given;
  // Alerts of a hundred jobs that cannot start would take the room that results need.
  const waiting = isFull(facts) ? [] : waitingAlerts(facts);
  return [
    ...schedulerSilent(facts),
    ...noWorker(facts),
    ...diskFull(facts),
    ...waiting,
    ...stuck(facts),
    ...slow(facts),
    ...secretExpiring(facts),
    ...unapprovedScripts(facts),
  ];
}
