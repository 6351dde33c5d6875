/** What the prerequisites of a run came to, as its job is told. */
import { toUuid } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { ServedBy } from '../model/dependency.ts';
import type { Run, RunState } from '../model/run.ts';
import type { Tables } from '../store/store.ts';
import { prerequisitesOf } from './prerequisites.ts';

export interface UpstreamResult {
  readonly runId: string;
  readonly state: RunState;
  readonly result: unknown;
}

/** By the name of the job. Those of its chain; for a run outside of any, the newest that count. */
export async function upstreamResults(
  tables: Pick<Tables, 'chains' | 'dependencies' | 'jobs' | 'runs' | 'now'>,
  { id, jobId }: Pick<Run, 'id' | 'jobId'>,
  definition: Job['definition'],
): Promise<Readonly<Record<string, UpstreamResult>>> {
  const results: Record<string, UpstreamResult> = {};
  for (const served of await servedBy(tables, { id, jobId }, definition)) {
    const run = await tables.runs.get(served);
    if (run !== null) results[run.jobName] = { runId: toUuid(run), state: run.state, result: run.result };
  }
  return results;
}

async function servedBy(
  tables: Pick<Tables, 'chains' | 'dependencies' | 'now'>,
  { id, jobId }: Pick<Run, 'id' | 'jobId'>,
  definition: Job['definition'],
): Promise<readonly ServedBy[]> {
  const [member] = await tables.chains.ofRuns([id]);
  if (member !== undefined && member.servedBy.length > 0) return member.servedBy;
  const { all } = await prerequisitesOf(tables, { id: jobId, definition }, await tables.now());
  return all.flatMap(({ jobId: upstream, standing }) =>
    standing.kind === 'ended' ? [{ jobId: upstream, ...standing.run }] : [],
  );
}
