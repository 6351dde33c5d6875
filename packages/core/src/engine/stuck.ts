/** The back-stop behind every time-out: a run that should have ended long ago, under a worker that still reports. */
import { toUuid } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Lease } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { certainAge, type ClockJump } from './clock-jump.ts';
import { finishCounted } from './finish-counted.ts';

export interface StuckOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
}

/** What the workers of these runs hold, by run. */
async function leasesOf(store: Store, runs: readonly Run[]): Promise<ReadonlyMap<number, Lease>> {
  const leases = new Map<number, Lease>();
  for (const workerId of new Set(runs.map((run) => run.workerId))) {
    const worker = workerId === null ? null : await store.workers.get(workerId);
    if (worker === null) continue;
    for (const lease of await store.dispatch.leasesOf({ workerId: worker.id, incarnation: worker.incarnation }))
      leases.set(lease.runId, lease);
  }
  return leases;
}

/** How long a run may be under way before nothing but a fault explains it. */
function longest({ timeoutSeconds, killGraceSeconds }: JobDefinition, settings: EngineSettings): number {
  const timeoutMs = timeoutSeconds === null ? settings.jobTimeoutMs : timeoutSeconds * 1000;
  return timeoutMs + killGraceSeconds * 1000 + settings.stuckThresholdMs;
}

/** @returns how many were ended */
export async function endStuck({ store, settings, system }: StuckOptions, jump: ClockJump): Promise<number> {
  const now = await store.now();
  const age = (startedAt: Instant): Millis => certainAge(startedAt, now, jump);
  const old = (await store.runs.running(200)).filter(
    ({ startedAt }) => startedAt !== null && age(startedAt) > settings.stuckThresholdMs,
  );
  if (old.length === 0) return 0;
  const leases = await leasesOf(store, old);
  let ended = 0;
  for (const { run, definition } of await store.dispatch.load(old)) {
    const lease = leases.get(run.id);
    const startedAt = lease?.startedAt ?? null;
    if (lease === undefined || startedAt === null || age(startedAt) <= longest(definition, settings)) continue;
    const { runId, fence, jobId } = lease;
    const nothing = { exitCode: null, signal: null, failure: null, result: null } as const;
    const lost = [
      { runId, fence, jobId, outcome: 'lost', state: 'lost', retryAt: null, reason: 'stuck', ...nothing } as const,
    ];
    ended += (
      await store.transaction((tables) =>
        finishCounted(tables, { workerId: lease.workerId, breaker: settings.breaker }, lost),
      )
    ).length;
    system.log.error('run stuck: ended as lost', { run: toUuid(run), startedAt });
  }
  if (ended > 0) store.bell.ring('change');
  return ended;
}
