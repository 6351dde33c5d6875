import type { Dependency } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';

/**
 * The way round that a job would close by waiting for `upstreams`: from the job itself back to it, each waiting for the
 * next. Null when there is none; the shortest when there are several.
 *
 * @param above the lines on the way up from `upstreams`
 */
export function circleOf(jobId: Id, upstreams: readonly Id[], above: readonly Dependency[]): readonly Id[] | null {
  const reachedBy = reachedFrom(jobId, upstreams, above);
  const last = reachedBy.get(jobId);
  if (last === undefined) return null;
  const path = [jobId];
  for (let id = last; id !== jobId; id = reachedBy.get(id) ?? jobId) path.unshift(id);
  return [jobId, ...path];
}

/** By whom each job on the way up was reached first: a walk in breadth finds the shortest way. */
function reachedFrom(jobId: Id, upstreams: readonly Id[], above: readonly Dependency[]): ReadonlyMap<Id, Id> {
  const waitsFor = Map.groupBy(above, (line) => line.jobId);
  const reachedBy = new Map<Id, Id>(upstreams.map((id) => [id, jobId]));
  let edge: readonly Id[] = upstreams;
  while (edge.length > 0 && !reachedBy.has(jobId)) {
    const next = edge.flatMap((id) => waitsFor.get(id) ?? []).filter((line) => !reachedBy.has(line.upstreamId));
    for (const line of next) if (!reachedBy.has(line.upstreamId)) reachedBy.set(line.upstreamId, line.jobId);
    edge = [...new Set(next.map((line) => line.upstreamId))];
  }
  return reachedBy;
}
