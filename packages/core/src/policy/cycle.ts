import type { Dependency } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';

/**
 * The way round that a job would close by waiting for `upstreams`: from the job itself back to it, each waiting for the
 * next. Null when there is none; the shortest when there are several.
 *
 * @param above the lines on the way up from `upstreams`
 */
export function circleOf(jobId: Id, upstreams: readonly Id[], above: readonly Dependency[]): readonly Id[] | null {
  const waitsFor = Map.groupBy(above, (line) => line.jobId);
  // By whom each job was reached first: a walk in breadth finds the shortest way.
  const reachedBy = new Map<Id, Id>();
  let edge: readonly Id[] = upstreams;
  for (const id of upstreams) reachedBy.set(id, jobId);
  while (edge.length > 0 && !reachedBy.has(jobId)) {
    const next: Id[] = [];
    for (const id of edge)
      for (const { upstreamId } of waitsFor.get(id) ?? []) {
        if (reachedBy.has(upstreamId)) continue;
        reachedBy.set(upstreamId, id);
        next.push(upstreamId);
      }
    edge = next;
  }
  const last = reachedBy.get(jobId);
  if (last === undefined) return null;
  const path = [jobId];
  for (let id = last; id !== jobId; id = reachedBy.get(id) ?? jobId) path.unshift(id);
  return [jobId, ...path];
}
