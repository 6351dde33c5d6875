import type { Run as WireRun } from 'job-trigger-contract';
import { runToWire } from 'job-trigger-contract/mapping';
import {
  closureAt,
  closureName,
  formatInstant,
  labelsWithContainment,
  neededLabels,
  reasonText,
  waitingReason,
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
  const accepting = (await store.workers.list()).filter(
    (worker) => worker.lostAt === null && !worker.draining && now - worker.beatAt <= config.values.engine.lostAfterMs,
  );
  const workers = accepting.map((worker) => ({ ...worker, labels: labelsWithContainment(worker) }));
  const jobIds = [...new Set(runs.map((run) => run.jobId))];
  const live = (await store.runs.live(jobIds)).filter((run) => run.state !== 'queued');
  const jobs = await store.jobs.byIds(jobIds);
  const named = await namedOf(store, runs);
  const closures = await closuresOf(store, runs);
  return runs.map((run, at) => {
    const definition = jobs.get(run.jobId)?.definition;
    const reason = waitingReason({
      run: { ...run, workerLabels: definition === undefined ? [] : neededLabels(definition) },
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
    };
    return { ...runToWire(run, named), reason, reason_text: reasonText(reason, facts, 'waiting') };
  });
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
