/** The back-stop behind every time-out: a run that should have ended long ago, under a worker that still reports. */
import { toUuid } from '../model/id.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Lease } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';

export interface StuckOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
}

/** @returns how many were ended */
export async function endStuck({ store, settings, system }: StuckOptions): Promise<number> {
  const now = await store.now();
  const old = (await store.runs.running(200)).filter(
    ({ startedAt }) => startedAt !== null && now - startedAt > settings.stuckThresholdMs,
  );
  if (old.length === 0) return 0;
  const leases = new Map<number, Lease>();
  for (const workerId of new Set(old.map((run) => run.workerId))) {
    const worker = workerId === null ? null : await store.workers.get(workerId);
    if (worker === null) continue;
    for (const lease of await store.dispatch.leasesOf({ workerId: worker.id, incarnation: worker.incarnation }))
      leases.set(lease.runId, lease);
  }
  let ended = 0;
  for (const { run, definition } of await store.dispatch.load(old)) {
    const lease = leases.get(run.id);
    const timeoutMs = definition.timeoutSeconds === null ? settings.jobTimeoutMs : definition.timeoutSeconds * 1000;
    const limit = timeoutMs + definition.killGraceSeconds * 1000 + settings.stuckThresholdMs;
    if (lease?.startedAt === undefined || lease.startedAt === null || now - lease.startedAt <= limit) continue;
    const { runId, fence } = lease;
    const nothing = { exitCode: null, signal: null, failure: null, result: null } as const;
    ended += (
      await store.dispatch.finish([
        { runId, fence, outcome: 'lost', state: 'lost', retryAt: null, reason: 'stuck', ...nothing },
      ])
    ).length;
    system.log.error('run stuck: ended as lost', { run: toUuid(run), startedAt: lease.startedAt });
  }
  if (ended > 0) store.bell.ring('change');
  return ended;
}
