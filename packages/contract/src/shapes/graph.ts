import { dependencyModes, jobStatuses, runStates } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

/** Which part of the graph of jobs is asked for. */
export const GraphQuery = z.strictObject({
  job_id: Uuid.optional().describe('Only what leads to this job or follows from it.'),
  depth: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Steps up and down from that job; all when absent.'),
  limit: z.coerce.number().int().min(1).max(1000).optional().describe('The most jobs. Default 1000.'),
});

const GraphNode = z
  .object({
    id: Uuid,
    name: z.string(),
    active: z.boolean(),
    status: z.enum(jobStatuses),
    scheduled: z.boolean().describe('It has an active schedule of its own: that starts it, not what it waits for.'),
    next_due_at: Instant.nullable(),
    last_run: z
      .object({ id: Uuid, state: z.enum(runStates), ended_at: Instant.nullable() })
      .nullable()
      .describe('The newest run that has ended.'),
    median_seconds: z.number().nullable().describe('Of its newest 20 runs that succeeded.'),
  })
  .meta({ id: 'GraphNode' });
export type GraphNode = z.infer<typeof GraphNode>;

const GraphEdge = z
  .object({
    from: Uuid.describe('The prerequisite.'),
    to: Uuid.describe('The job that waits for it.'),
    mode: z.enum(dependencyModes),
    window_seconds: z.int().nullable(),
  })
  .meta({ id: 'GraphEdge' });
export type GraphEdge = z.infer<typeof GraphEdge>;

/** Jobs that wait or are waited for, each after what it waits for. */
export const Graph = z
  .object({
    nodes: z.array(GraphNode),
    edges: z.array(GraphEdge),
    clipped: z.boolean().describe('There are more jobs than `limit`.'),
  })
  .meta({ id: 'Graph' });
export type Graph = z.infer<typeof Graph>;
