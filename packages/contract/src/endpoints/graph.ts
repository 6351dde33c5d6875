/** Who waits for whom. */
import { endpoint } from '../endpoint.ts';
import { Graph, GraphQuery } from '../shapes/graph.ts';

export const graphEndpoints = {
  graph: endpoint({
    method: 'GET',
    path: '/api/graph',
    access: 'viewer',
    tag: 'Dependencies',
    summary: 'Jobs that wait for others or are waited for, with the lines between them.',
    query: GraphQuery,
    status: 200,
    answer: Graph,
  }),
} as const;
