/** How conditions that alerts tell of are over. */
import type { Alert } from '../model/alert.ts';
import type { Run } from '../model/run.ts';
import { spokenDuration } from '../schedule/spoken.ts';
import { isFull, isPlanning, type WatchFacts } from './watch-facts.ts';

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
  late: ({ runId }, facts) => isYoung(facts) || isFull(facts) || (runId === null && !isPlanning(facts)),
  waiting: (_, facts) => isYoung(facts) || isFull(facts),
  no_worker: (_, { workers, waiting }) => workers.length === 0 && waiting.length > 0,
  scheduler_silent: (_, { needsScheduler, schedulerBeatAt, limits, now }) =>
    needsScheduler && now - (schedulerBeatAt ?? -Infinity) >= limits.schedulerSilentMs,
  // A process that has only started does not know whether there is room, before there is a ballast.
  disk_full: (_, { disk }) => disk === null || (disk.full === null && !disk.held),
  // Silence makes it stuck besides, and no faster.
  slow: ({ runId }, { live }) => runId !== null && live.has(runId),
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
  slow: 'It ended.',
  no_worker: 'A worker is connected, or nothing waits.',
  scheduler_silent: 'A scheduler is at work again.',
  disk_full: 'There is room again.',
  secret_expiring: 'It was rotated, or deleted.',
  awaiting_approval: 'It is approved, or no job that is on names it any more.',
};

/** How a condition that is over is told. */
export function conditionOver({ kind }: Pick<Alert, 'kind'>): string {
  return endings[kind] ?? 'It is over.';
}
