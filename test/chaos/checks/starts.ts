/** Checks 3, 4 and 6: what was started, as the jobs tell. */
import { harmedBetween, type History, type Told } from '../history.ts';

const started = (told: readonly Told[]): Map<string, Told[]> =>
  Map.groupBy(
    told.filter(({ kind }) => kind === 'start'),
    ({ runId }) => runId,
  );

/** (3) One start an attempt; with `fail` none after a loss; no more attempts than the job allows. */
export function startsOnce({ jobs, runs, told }: History): string[] {
  const faults: string[] = [];
  const jobOf = new Map(jobs.map((job) => [job.id, job]));
  const runOf = new Map(runs.map((run) => [run.id, run]));
  for (const [runId, starts] of started(told)) {
    const run = runOf.get(runId);
    if (run === undefined) {
      faults.push(`run ${runId} started and is in no record`);
      continue;
    }
    const attempts = starts.map(({ attempt }) => attempt);
    if (new Set(attempts).size !== attempts.length)
      faults.push(`run ${runId} started an attempt twice: ${attempts.join(', ')}`);
    const job = jobOf.get(run.jobId);
    if (job?.onLost !== 'fail') continue;
    const lostAt = run.attempts.find(({ outcome }) => outcome === 'lost')?.attempt ?? Infinity;
    if (attempts.some((attempt) => attempt > lostAt)) faults.push(`run ${runId} started again after it was lost`);
    if (attempts.length > job.attempts) faults.push(`run ${runId} started ${attempts.length} times of ${job.attempts}`);
  }
  return faults;
}

/**
 * (4) Between a start and its end no other run of an exclusive job starts, and no job found a live tree of another at its
 * resource. A tree that was killed has no end: it is over when the next one starts and finds nobody.
 */
export function noOverlap({ jobs, told }: History): string[] {
  const faults: string[] = [];
  for (const { id, name, exclusive } of jobs) {
    if (!exclusive) continue;
    const own = told.filter(({ jobId }) => jobId === id);
    const ends = new Set(own.filter(({ kind }) => kind === 'end').map(({ runId, fence }) => `${runId} ${fence}`));
    let live: Told | null = null;
    for (const line of own) {
      if (line.kind === 'overlap') faults.push(`${name}: run ${line.runId} found run ${line.other} alive`);
      if (line.kind === 'end') live = null;
      if (line.kind !== 'start') continue;
      if (live !== null && ends.has(`${live.runId} ${live.fence}`))
        faults.push(`${name}: run ${line.runId} started before run ${live.runId} ended`);
      live = line;
    }
  }
  return faults;
}

/** (6) Fences of a run rise from start to start, and no resource has seen a higher one. */
export function risingFences({ told }: History): string[] {
  const faults: string[] = [];
  for (const [runId, starts] of started(told)) {
    for (const [index, { fence, attempt }] of starts.entries()) {
      const before = starts[index - 1];
      if (before !== undefined && (fence <= before.fence || attempt < before.attempt))
        faults.push(`run ${runId} started with fence ${fence} after ${before.fence}`);
    }
  }
  for (const { kind, runId, fence } of told)
    if (kind === 'stale') faults.push(`run ${runId} came with the old fence ${fence}`);
  return faults;
}

/** How many attempts were lost, and between which faults: figures for the summary. */
export function lossesIn({ runs, faults }: History): { readonly lost: number; readonly explained: number } {
  const lost = runs.flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome === 'lost'));
  const explained = lost.filter(({ startedAt, endedAt }) => harmedBetween(faults, startedAt ?? endedAt, endedAt));
  return { lost: lost.length, explained: explained.length };
}
