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

/**
 * The way through that usually takes longest: what to make faster if the whole should end sooner. Of equally long ways the one
 * with more jobs. Null where no job waits for another.
 */
export function criticalPath(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): CriticalPath | null {
  const secondsOf = new Map(nodes.map(({ id, seconds }) => [id, seconds]));
  const before = neighbours(edges, 'from');
  const best = new Map<string, { readonly seconds: number; readonly count: number; readonly via: string | null }>();
  let last: string | null = null;
  for (const id of inOrder(nodes, edges)) {
    let via: string | null = null;
    for (const one of before.get(id) ?? []) if (isLonger(best.get(one), best.get(via ?? ''))) via = one;
    const so = best.get(via ?? '') ?? { seconds: 0, count: 0 };
    best.set(id, { seconds: so.seconds + (secondsOf.get(id) ?? 0), count: so.count + 1, via });
    // A job on its own is no way through, however long it takes.
    if (via !== null && isLonger(best.get(id), best.get(last ?? ''))) last = id;
  }
  const ids: string[] = [];
  for (let id = last; id !== null; id = best.get(id)?.via ?? null) ids.unshift(id);
  if (last === null) return null;
  const unknown = ids.filter((id) => (secondsOf.get(id) ?? null) === null).length;
  return { ids, seconds: best.get(last)?.seconds ?? 0, unknown };
}

interface Length {
  readonly seconds: number;
  readonly count: number;
}
function isLonger(one: Length | undefined, than: Length | undefined): boolean {
  if (one === undefined) return false;
  if (than === undefined || one.seconds > than.seconds) return true;
  return one.seconds === than.seconds && one.count > than.count;
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
