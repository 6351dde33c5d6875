import type { Dependency } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';

interface Around {
  /** Only what leads to this job or follows from it; null for everything. */
  readonly around: Id | null;
  /** Steps up and down from it. */
  readonly depth: number;
  /** The most jobs. */
  readonly limit: number;
}

interface Clipped {
  /** Each job after all it waits for, as far as those are in it. */
  readonly ids: readonly Id[];
  readonly edges: readonly Dependency[];
  readonly clipped: boolean;
}

/** The part of a graph that is looked at. */
export function clippedGraph(lines: readonly Dependency[], { around, depth, limit }: Around): Clipped {
  const up = Map.groupBy(lines, ({ jobId }) => jobId);
  const down = Map.groupBy(lines, ({ upstreamId }) => upstreamId);
  const wanted =
    around === null
      ? new Set(lines.flatMap(({ jobId, upstreamId }) => [upstreamId, jobId]))
      : new Set([
          ...within(around, depth, (id) => (up.get(id) ?? []).map(({ upstreamId }) => upstreamId)),
          ...within(around, depth, (id) => (down.get(id) ?? []).map(({ jobId }) => jobId)),
        ]);
  const inOrder = sorted(wanted, up, down);
  // What is nearest to the job asked for stays; of the whole, what comes first.
  const nearest = around === null ? inOrder : [...wanted];
  const kept = new Set(nearest.slice(0, limit));
  return {
    ids: inOrder.filter((id) => kept.has(id)),
    edges: lines.filter(({ jobId, upstreamId }) => kept.has(jobId) && kept.has(upstreamId)),
    clipped: wanted.size > limit,
  };
}

/** Whoever is reached in so many steps, the nearest first, the start included. */
function within(start: Id, depth: number, next: (id: Id) => readonly Id[]): ReadonlySet<Id> {
  const reached = new Set([start]);
  let edge: readonly Id[] = [start];
  for (let step = 0; step < depth && edge.length > 0; step += 1) {
    edge = [...new Set(edge.flatMap(next))].filter((id) => !reached.has(id));
    for (const id of edge) reached.add(id);
  }
  return reached;
}

type Lines = ReadonlyMap<Id, readonly Dependency[]>;

/** Kahn's order, the smaller number first where nothing decides. */
function sorted(ids: ReadonlySet<Id>, up: Lines, down: Lines): readonly Id[] {
  const open = new Map<Id, number>();
  for (const id of ids) open.set(id, (up.get(id) ?? []).filter(({ upstreamId }) => ids.has(upstreamId)).length);
  let ready = [...ids].filter((id) => open.get(id) === 0).toSorted((a, b) => a - b);
  const order: Id[] = [];
  while (ready.length > 0) {
    order.push(...ready);
    const freed: Id[] = [];
    for (const id of ready)
      for (const { jobId } of down.get(id) ?? []) {
        const left = (open.get(jobId) ?? 0) - 1;
        open.set(jobId, left);
        if (left === 0) freed.push(jobId);
      }
    ready = freed.toSorted((a, b) => a - b);
  }
  // Lines that close a circle came with imported data: their jobs are shown, at the end.
  return [...order, ...[...ids].filter((id) => (open.get(id) ?? 0) > 0).toSorted((a, b) => a - b)];
}
