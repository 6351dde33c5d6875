import { formatInstant, toUuid, type LimitsView, type LockView, type QueueView, type QuotaUse } from 'job-trigger-core';
import type { Limits, Lock, QueueShape, QuotaUses } from '../shapes/limit.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

export function queueToWire(queue: QueueView): QueueShape {
  return {
    name: queue.name,
    limit: queue.slots,
    paused_at: instant(queue.pausedAt),
    paused_by: queue.pausedBy,
    note: queue.note,
    waiting: queue.waiting,
    running: queue.running,
    oldest_queued_at: instant(queue.oldestAt),
    workers: queue.workers,
  };
}

export function lockToWire({ name, slots, isSet, waiting, holders }: LockView): Lock {
  const held = holders.map(({ run, jobName }) => ({ run_id: toUuid(run), job_name: jobName }));
  return { name, count: slots, set: isSet, waiting, holders: held };
}

export function quotaToWire(uses: readonly QuotaUse[]): QuotaUses {
  return { items: uses.map(({ kind, held, most }) => ({ kind, setting: `quota.${kind}`, held, limit: most })) };
}

export function limitsToWire({ system, running, person, people }: LimitsView): Limits {
  return { system, running, person, people: people.map(({ slots, ...rest }) => ({ ...rest, limit: slots })) };
}
