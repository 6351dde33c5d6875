/** Why a queued run has not started: the first that applies. */
import type { Bound, LimitKind } from '../model/limit.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { WaitingReason } from '../model/reasons.ts';
import { waitingReasons } from '../model/reasons.ts';
import type { Trigger } from '../model/run.ts';
import { typeOfLabel } from '../model/job.ts';
import { labelsWithContainment, type Worker } from '../model/worker.ts';

export interface WaitingFacts {
  readonly run: {
    readonly trigger: Trigger;
    readonly attempt: number;
    readonly availableAt: Instant | null;
    /** What its planning wrote down, such as `overlap` or `active_hours`. */
    readonly reason: string | null;
    readonly queue: string;
    readonly workerLabels: readonly string[];
  };
  readonly now: Instant;
  /** Workers that are alive and accept runs. */
  readonly workers: readonly {
    readonly name?: string;
    readonly queues: readonly string[];
    readonly labels: readonly string[];
  }[];
  /** Workers that are alive and take nothing now. Default 0. */
  readonly halted?: number;
  /** The database is on another line of history, and nothing is claimed from it yet. Default false. */
  readonly held?: boolean;
  /** Runs of the same job that are starting or running. */
  readonly liveOfJob: number;
  /** How many of the job's runs may live at once; null is no limit. */
  readonly slots: number | null;
  /** Somebody paused its queue. Default false. */
  readonly paused?: boolean;
  /** The limits beside its job's that it meets, the narrowest first. Default none. */
  readonly bounds?: readonly Bound[];
}

/** Workers that are alive, and those of them that take runs, with the labels that their claims count. */
export function takersOf(
  workers: readonly Worker[],
  { now, lostAfterMs }: { readonly now: Instant; readonly lostAfterMs: Millis },
): { readonly alive: readonly Worker[]; readonly takers: readonly Worker[] } {
  const alive = workers.filter(({ lostAt, beatAt }) => lostAt === null && now - beatAt <= lostAfterMs);
  const takers = alive.filter(({ draining, pausedAt }) => !draining && pausedAt === null);
  return { alive, takers: takers.map((worker) => ({ ...worker, labels: labelsWithContainment(worker) })) };
}

/** A worker takes a run when it serves its queue and has all its labels. */
export function serves(
  worker: WaitingFacts['workers'][number],
  run: { readonly queue: string; readonly workerLabels: readonly string[] },
): boolean {
  return worker.queues.includes(run.queue) && run.workerLabels.every((label) => worker.labels.includes(label));
}

/** What no worker has that the run needs, in words. */
export function missingOf(
  { queue, workerLabels }: { readonly queue: string; readonly workerLabels: readonly string[] },
  workers: WaitingFacts['workers'],
): string {
  const serving = workers.filter((worker) => serves(worker, { queue, workerLabels: [] }));
  if (serving.length === 0) return `the queue ${queue}`;
  const missing = workerLabels.filter((label) => !serving.some((worker) => worker.labels.includes(label)));
  const wanted = missing.length === 0 ? workerLabels : missing;
  const types = wanted.flatMap((label) => typeOfLabel(label) ?? []);
  if (types.length === wanted.length && types.length > 0) {
    const names = serving.flatMap(({ name = null }) => name ?? []);
    const lacking =
      names.length === 0 ? '' : `: ${namesText(names)} ${names.length === 1 ? 'lacks' : 'lack'} its plugin`;
    return `the job type ${types.join(', ')}${lacking}`;
  }
  return `the ${wanted.length === 1 ? 'label' : 'labels'} ${wanted.join(', ')}`;
}

const namedAtMost = 5;

function namesText(names: readonly string[]): string {
  const more = names.length - namedAtMost;
  return [...names.slice(0, namedAtMost), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** Why its instant has not come yet. */
function reasonOfDelay({ attempt, reason, trigger }: WaitingFacts['run']): WaitingReason {
  if (reason === 'maintenance') return reason;
  if (attempt > 0) return 'retry_delay';
  const written = waitingReasons.find((known) => known === reason);
  if (written !== undefined && written !== 'overlap') return written;
  return trigger === 'catch_up' ? 'rate_limit' : 'jitter';
}

const boundReasons = {
  lock: 'concurrency_lock',
  person: 'concurrency_person',
  queue: 'concurrency_queue',
  system: 'concurrency_global',
} as const satisfies Record<LimitKind, WaitingReason>;

/** The first limit without room. */
export function fullBound(bounds: readonly Bound[]): Bound | null {
  return bounds.find(({ slots, used }) => used >= slots) ?? null;
}

export function waitingReason(facts: WaitingFacts): WaitingReason {
  return reasonOfMoment(facts) ?? reasonOfWorkers(facts) ?? reasonOfRoom(facts) ?? 'next_in_line';
}

/** Nothing is claimed now, or not yet this one. */
function reasonOfMoment({ run, now, held = false, paused = false }: WaitingFacts): WaitingReason | null {
  if (held) return 'database_changed';
  if (run.availableAt !== null && run.availableAt > now) return reasonOfDelay(run);
  return paused ? 'queue_paused' : null;
}

/** The job, or something that it shares with others, has as many live runs as it may have. */
function reasonOfRoom({ liveOfJob, slots, bounds = [] }: WaitingFacts): WaitingReason | null {
  if (slots !== null && liveOfJob >= slots) return slots === 1 ? 'overlap' : 'concurrency_job';
  const full = fullBound(bounds);
  return full === null ? null : boundReasons[full.kind];
}

function reasonOfWorkers({ run, workers, halted = 0 }: WaitingFacts): WaitingReason | null {
  if (workers.length === 0) return halted > 0 ? 'workers_halted' : 'worker_offline';
  return workers.some((worker) => serves(worker, run)) ? null : 'no_worker_matches';
}
