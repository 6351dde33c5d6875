/** How the prerequisites of a job stand outside any chain: what its schedule, a key or a webhook asks (gate 7). */
import type { Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { GateFacts } from '../policy/gate.ts';
import { decideDependent, standingOutside, type Prerequisite } from '../policy/dependency.ts';
import type { Tables } from '../store/store.ts';

export interface Prerequisites {
  readonly gate: GateFacts['prerequisites'];
  readonly all: readonly Prerequisite[];
  /** The run that failed, where one did. */
  readonly cause: Reference | null;
}

const none: Prerequisites = { gate: 'none', all: [], cause: null };

/** By the newest ended run of each, within the window. Reads nothing for a job that waits for no other. */
export async function prerequisitesOf(
  { chains, dependencies }: Pick<Tables, 'chains' | 'dependencies'>,
  { id, definition }: Pick<Job, 'id' | 'definition'>,
  now: Instant,
): Promise<Prerequisites> {
  if ((definition.dependsOn ?? null) === null) return none;
  const lines = await dependencies.of([id]);
  const [first] = lines;
  if (first === undefined) return none;
  const newest = new Map(
    (await chains.newestEnded(lines.map(({ upstreamId }) => upstreamId))).map((run) => [run.jobId, run]),
  );
  const all = lines.map(({ upstreamId: jobId, windowMs }) => ({
    jobId,
    standing: standingOutside(newest.get(jobId), { now, windowMs, usedUntil: null }),
  }));
  const decision = decideDependent(first.mode, all);
  return {
    gate: decision.kind === 'start' ? 'met' : 'unmet',
    all,
    cause: decision.kind === 'refuse' ? decision.cause : null,
  };
}
