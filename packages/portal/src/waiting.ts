import type { Run as WireRun } from 'job-trigger-contract';
import { runToWire } from 'job-trigger-contract/mapping';
import {
  closureAt,
  closureName,
  endOfWindow,
  farthest,
  formatInstant,
  holds,
  reasonText,
  waitingReason,
  type Job,
  type MaintenanceWindow,
  type ReasonFacts,
  type Run,
  type Store,
} from 'job-trigger-core';
import type { PortalOptions } from './portal.ts';
import { namedOf } from './references.ts';

/** Waiting runs, each with the reason that holds now: by the same facts the worker's claim sees. */
export async function explainWaiting(
  { store, config }: Pick<PortalOptions, 'store' | 'config'>,
  runs: readonly Run[],
): Promise<readonly WireRun[]> {
  if (runs.length === 0) return [];
  const now = await store.now();
  const workers = (await store.workers.list()).filter(
    (worker) => worker.lostAt === null && !worker.draining && now - worker.beatAt <= config.values.engine.lostAfterMs,
  );
  const jobIds = [...new Set(runs.map((run) => run.jobId))];
  const live = (await store.runs.live(jobIds)).filter((run) => run.state !== 'queued');
  const jobs = await store.jobs.byIds(jobIds);
  const named = await namedOf(store, runs);
  const closures = await closuresOf(store, runs);
  const windows = await store.maintenance.unsettled();
  return runs.map((run, at) => {
    const definition = jobs.get(run.jobId)?.definition;
    const reason = waitingReason({
      run: { ...run, workerLabels: definition?.workerLabels ?? [] },
      now,
      workers,
      liveOfJob: live.filter(({ jobId }) => jobId === run.jobId).length,
      slots: definition?.maxConcurrent ?? null,
    });
    const facts = {
      attempt: run.attempt,
      at: run.availableAt === null ? null : formatInstant(run.availableAt),
      position: at + 1,
      count: runs.length,
      queue: run.queue,
      ...closures.get(run.id),
      ...(reason === 'maintenance' ? maintenanceFacts(windows, run, jobs.get(run.jobId)) : {}),
    };
    return { ...runToWire(run, named), reason, reason_text: reasonText(reason, facts, 'waiting') };
  });
}

/** Until when maintenance holds a run, and who began it: of several windows the one that ends last. */
function maintenanceFacts(windows: readonly MaintenanceWindow[], run: Run, job: Job | undefined): ReasonFacts {
  const holder = { jobId: run.jobId, tags: job?.definition.tags ?? [] };
  const held = windows.filter((window) => holds(window, holder) && endOfWindow(window) === run.availableAt);
  const until = run.availableAt === null || run.availableAt === farthest ? null : formatInstant(run.availableAt);
  return { until: until ?? 'somebody ends it', by: held[0]?.by ?? null };
}

/** Which blackout a deferred run waits out, and until when. */
async function closuresOf(store: Store, runs: readonly Run[]): Promise<ReadonlyMap<number, ReasonFacts>> {
  const deferred = runs.filter((run) => run.reason === 'blackout' && run.dueAt !== null);
  if (deferred.length === 0) return new Map();
  const schedules = await store.schedules.ofJobs([...new Set(deferred.map((run) => run.jobId))]);
  return new Map(
    deferred.map((run) => {
      const spec = schedules.find(({ id }) => id === run.scheduleId)?.spec;
      const closure = spec === undefined || run.dueAt === null ? null : closureAt(spec, run.dueAt);
      const until = run.availableAt === null ? null : formatInstant(run.availableAt);
      return [run.id, { name: closure === null ? null : closureName(closure), until }];
    }),
  );
}
