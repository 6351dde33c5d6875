/** Who carries out and who plans, going out. */
import {
  formatInstant,
  toUuid,
  type Run as CoreRun,
  type SchedulerRow,
  type TallyName,
  type Worker as CoreWorker,
  type WorkerTally,
} from 'job-trigger-core';
import type { SchedulerShape, Worker } from '../shapes/system.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** States follow from the age of the heartbeat: `lease`, then `lostAfter`, in milliseconds. */
export interface Silence {
  readonly now: number;
  readonly leaseMs: number;
  readonly lostAfterMs: number;
}

/** A scheduler beats once a pass, so that it is silent only after three polls. */
export function schedulerSilence(
  now: number,
  {
    leaseMs,
    lostAfterMs,
    pollIntervalMs,
  }: { readonly leaseMs: number; readonly lostAfterMs: number; readonly pollIntervalMs: number },
): Silence {
  const passesMs = 3 * pollIntervalMs;
  return { now, leaseMs: Math.max(leaseMs, passesMs), lostAfterMs: Math.max(lostAfterMs, passesMs) };
}

function liveness(
  beatAt: number,
  gone: boolean,
  { now, leaseMs, lostAfterMs }: Silence,
): 'online' | 'stale' | 'offline' {
  const age = now - beatAt;
  if (gone || age > lostAfterMs) return 'offline';
  return age > leaseMs ? 'stale' : 'online';
}

function haltOf({ draining, pausedAt }: CoreWorker): Worker['state'] {
  if (draining) return 'draining';
  return pausedAt === null ? 'online' : 'paused';
}

const offsetOf = ({ clockOffset }: Pick<CoreWorker, 'clockOffset'>): number | null =>
  clockOffset === null ? null : clockOffset / 1000;

function holdToWire(hold: SchedulerRow['hold']): SchedulerShape['clock_hold'] {
  if (hold === null) return null;
  return { from: formatInstant(hold.from), to: formatInstant(hold.to), confirmed_at: instant(hold.confirmedAt) };
}

function totalsOf({ executed = 0, failed = 0 }: Partial<Readonly<Record<TallyName, number>>>) {
  return { processed_total: executed, failed_total: failed };
}

export function workerToWire(
  worker: CoreWorker,
  {
    tally,
    counted = {},
    unhealthy = null,
  }: {
    readonly tally: WorkerTally | undefined;
    /** Since it first registered. */
    readonly counted?: Partial<Readonly<Record<TallyName, number>>> | undefined;
    /** What its standing alert says. */
    readonly unhealthy?: string | null;
  },
  runs: readonly CoreRun[],
  silence: Silence,
): Worker {
  const state = liveness(worker.beatAt, worker.lostAt !== null, silence);
  return {
    id: toUuid(worker),
    name: worker.name,
    state: state === 'online' ? haltOf(worker) : state,
    host: worker.host,
    platform: worker.platform,
    pid: worker.pid,
    version: worker.version,
    slots: worker.slots,
    slots_used: tally?.current ?? 0,
    queues: [...worker.queues],
    labels: [...worker.labels],
    containment: worker.containment,
    started_at: formatInstant(worker.startedAt),
    last_heartbeat_at: formatInstant(worker.beatAt),
    heartbeat_age_seconds: Math.max(0, silence.now - worker.beatAt) / 1000,
    runs: runs
      .filter((run) => run.workerId === worker.id)
      .map((run) => ({ run_id: toUuid(run), job_name: run.jobName })),
    processed: tally?.processed ?? 0,
    failed: tally?.failed ?? 0,
    ...totalsOf(counted),
    paused_at: instant(worker.pausedAt),
    clock_offset_seconds: offsetOf(worker),
    unhealthy,
  };
}

export function schedulerToWire(scheduler: SchedulerRow, silence: Silence): SchedulerShape {
  return {
    id: toUuid(scheduler),
    name: scheduler.name,
    state: liveness(scheduler.beatAt, scheduler.stoppedAt !== null, silence),
    host: scheduler.host,
    pid: scheduler.pid,
    version: scheduler.version,
    started_at: formatInstant(scheduler.startedAt),
    last_heartbeat_at: formatInstant(scheduler.beatAt),
    last_poll_at: instant(scheduler.polledAt),
    clock_offset_seconds: offsetOf(scheduler),
    clock_hold: holdToWire(scheduler.hold),
  };
}
