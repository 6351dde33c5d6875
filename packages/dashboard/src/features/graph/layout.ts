/** Places for a drawing: left to right in layers (Gansner et al., 1993, as dagre carries it out). */
import { Graph, layout } from '@dagrejs/dagre';
import type { FlowEdge, FlowNode } from './flow.ts';

export const nodeSize = { width: 220, height: 76 } as const;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The upper left corner of each node. */
export function placesOf(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): ReadonlyMap<string, Place> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 90 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
      return [id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }];
    }),
  );
}
