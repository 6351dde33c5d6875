import type { Graph, GraphEdge, GraphNode } from 'job-trigger-contract';
import type { FlowEdge, FlowNode } from './flow.ts';

export type Mode = GraphEdge['mode'];

/** A job of the graph, as the drawing, the list and the panel beside them show it. */
export interface FlowJob extends FlowNode {
  readonly name: string;
  readonly status: GraphNode['status'];
  readonly lastRun: GraphNode['last_run'];
  readonly nextDueAt: string | null;
  /** Its own schedule starts it, not what it waits for. */
  readonly scheduled: boolean;
}

export interface Wait extends FlowEdge {
  readonly mode: Mode;
}

export const modeWords: Readonly<Record<Mode, { readonly short: string; readonly long: string }>> = {
  all_success: { short: 'all succeed', long: 'Starts when all of them have succeeded' },
  any_success: { short: 'any succeeds', long: 'Starts when the first of them has succeeded' },
  all_complete: { short: 'all end', long: 'Starts when all of them have ended, however they ended' },
};

export const flowOf = ({
  nodes,
  edges,
}: Graph): { readonly jobs: readonly FlowJob[]; readonly waits: readonly Wait[] } => ({
  jobs: nodes.map(({ id, name, status, scheduled, median_seconds, next_due_at, last_run }) => ({
    id,
    name,
    status,
    scheduled,
    seconds: median_seconds,
    nextDueAt: next_due_at,
    lastRun: last_run,
  })),
  waits: edges.map(({ from, to, mode }) => ({ from, to, mode })),
});
