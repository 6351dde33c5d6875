/** Jobs that wait for each other, as a drawing and a list need them: who is before whom, and what takes longest. */

export interface FlowNode {
  readonly id: string;
  /** Its usual length in seconds; null while nobody can say. */
  readonly seconds: number | null;
}

export interface FlowEdge {
  /** The job that is waited for. */
  readonly from: string;
  /** The job that waits. */
  readonly to: string;
}

/** Each node with the nodes that an edge leads to. */
function neighbours(edges: readonly FlowEdge[], towards: 'from' | 'to'): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const other = towards === 'to' ? 'from' : 'to';
  for (const edge of edges) {
    const list = found.get(edge[other]);
    if (list === undefined) found.set(edge[other], [edge[towards]]);
    else list.push(edge[towards]);
  }
  return found;
}

function reached(from: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const one of next.get(id) ?? []) {
      if (seen.has(one)) continue;
      seen.add(one);
      open.push(one);
    }
  }
  return seen;
}

/** Everything that a job waits for, over any number of steps; itself only within a cycle. */
export const upstreamOf = (edges: readonly FlowEdge[], id: string): ReadonlySet<string> =>
  reached(id, neighbours(edges, 'from'));
/** Everything that waits for a job, over any number of steps. */
export const downstreamOf = (edges: readonly FlowEdge[], id: string): ReadonlySet<string> =>
  reached(id, neighbours(edges, 'to'));

/**
 * Nodes so that each stands after all it waits for (Kahn 1962). What lies on a cycle, or behind one, has no such place and is
 * left out: saved jobs have none, imported data might.
 */
export function inOrder(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): readonly string[] {
  const next = neighbours(edges, 'to');
  const waits = new Map(nodes.map(({ id }) => [id, 0]));
  for (const { to } of edges) waits.set(to, (waits.get(to) ?? 0) + 1);
  const ready = nodes.filter(({ id }) => waits.get(id) === 0).map(({ id }) => id);
  // Grows while it is walked: what became ready is appended.
  for (const id of ready) {
    for (const one of next.get(id) ?? []) {
      const left = (waits.get(one) ?? 0) - 1;
      waits.set(one, left);
      if (left === 0) ready.push(one);
    }
  }
  return ready;
}

export interface CriticalPath {
  /** From the first job to the last. */
  readonly ids: readonly string[];
  /** What they usually take, one after the other. */
  readonly seconds: number;
  /** Jobs on it whose length nobody knows yet; they count as nothing. */
  readonly unknown: number;
}

interface Way {
  readonly seconds: number;
  readonly count: number;
  /** The job before; null at the beginning. */
  readonly via: string | null;
}

function isLonger(one: Way | undefined, than: Way | undefined): boolean {
  if (one === undefined) return false;
  if (than === undefined || one.seconds > than.seconds) return true;
  return one.seconds === than.seconds && one.count > than.count;
}

/** Of some jobs the one to which the longest way leads; null of none. */
function endOfLongest(ids: Iterable<string>, ways: ReadonlyMap<string, Way>): string | null {
  let found: string | null = null;
  for (const id of ids) if (isLonger(ways.get(id), found === null ? undefined : ways.get(found))) found = id;
  return found;
}

/** The longest way to each job, told by the job before it. */
function longestWays(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): ReadonlyMap<string, Way> {
  const secondsOf = new Map(nodes.map(({ id, seconds }) => [id, seconds ?? 0]));
  const before = neighbours(edges, 'from');
  const ways = new Map<string, Way>();
  for (const id of inOrder(nodes, edges)) {
    const via = endOfLongest(before.get(id) ?? [], ways);
    const { seconds, count } = (via === null ? undefined : ways.get(via)) ?? { seconds: 0, count: 0 };
    ways.set(id, { seconds: seconds + (secondsOf.get(id) ?? 0), count: count + 1, via });
  }
  return ways;
}

/**
 * The way through that usually takes longest: what to make faster if the whole should end sooner. Of equally long ways the one
 * with more jobs. Null where no job waits for another.
 */
export function criticalPath(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): CriticalPath | null {
  const ways = longestWays(nodes, edges);
  // A job on its own is no way through, however long it takes.
  const ends = [...ways].flatMap(([id, { via }]) => (via === null ? [] : [id]));
  const last = endOfLongest(ends, ways);
  if (last === null) return null;
  const ids: string[] = [];
  for (let id: string | null = last; id !== null; id = ways.get(id)?.via ?? null) ids.unshift(id);
  const unknown = new Set(nodes.flatMap(({ id, seconds }) => (seconds === null ? [id] : [])));
  return { ids, seconds: ways.get(last)?.seconds ?? 0, unknown: ids.filter((id) => unknown.has(id)).length };
}

export interface OutlineRow {
  readonly id: string;
  readonly depth: number;
  /** It stands above with what follows it. */
  readonly again: boolean;
}

/** The flow as an indented list: each job below one that it waits for, and told once with what follows it. */
export function outlineOf(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): readonly OutlineRow[] {
  const next = neighbours(edges, 'to');
  const waiting = new Set(edges.map(({ to }) => to));
  const told = new Set<string>();
  const rows: OutlineRow[] = [];
  function tell(root: string): void {
    const open: { readonly id: string; readonly depth: number }[] = [{ id: root, depth: 0 }];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      const { id, depth } = one;
      const again = told.has(id);
      rows.push({ id, depth, again });
      told.add(id);
      if (!again) open.push(...(next.get(id) ?? []).map((each) => ({ id: each, depth: depth + 1 })).toReversed());
    }
  }
  for (const { id } of nodes) if (!waiting.has(id)) tell(id);
  // A cycle has no beginning: any of its jobs is one.
  for (const { id } of nodes) if (!told.has(id)) tell(id);
  return rows;
}
