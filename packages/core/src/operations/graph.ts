/** The graph of jobs as data: who waits for whom, and how each stands. */
import type { Dependency } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import { clippedGraph } from '../policy/graph.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { Tables } from '../store/store.ts';
import type { OperationContext } from './context.ts';
import { livingJob } from './jobs.ts';

export interface GraphRequest {
  /** Only what is connected with this job. */
  readonly jobId?: Id | undefined;
  /** Steps away from that job, up and down. Default: all. */
  readonly depth?: number | undefined;
  /** The most jobs. Default 1000. */
  readonly limit?: number | undefined;
}

export interface GraphNode {
  readonly summary: JobSummary;
  /** Of its newest runs that succeeded; null when there is none. */
  readonly medianMs: Millis | null;
}

export interface JobGraph {
  /** Jobs before those that wait for them. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Dependency[];
  /** There are more jobs than `limit`. */
  readonly clipped: boolean;
}

export interface GraphOperations {
  /** Jobs that wait or are waited for, and the lines between them. @throws `not_found` */
  graph(request?: GraphRequest): Promise<JobGraph>;
}

const mostNodes = 1000;
/** Lines read for one answer. */
const mostLines = 50_000;
const runsLookedAt = 20;

function medianOf(durations: readonly Millis[]): Millis | null {
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

export function graphOperations({ store }: OperationContext): GraphOperations {
  async function nodesOf(tables: Tables, ids: readonly Id[]): Promise<readonly GraphNode[]> {
    const summaries = new Map((await tables.jobs.summaries(ids)).map((summary) => [summary.job.id, summary]));
    const durations = await tables.runs.durationsOf(ids, runsLookedAt);
    return ids.flatMap((id): GraphNode[] => {
      const summary = summaries.get(id);
      return summary === undefined ? [] : [{ summary, medianMs: medianOf(durations.get(id) ?? []) }];
    });
  }

  return {
    async graph({ jobId, depth, limit = mostNodes } = {}) {
      if (jobId !== undefined) await livingJob(store, jobId);
      const lines = await store.dependencies.all(mostLines);
      const { ids, edges, clipped } = clippedGraph(lines, { around: jobId ?? null, depth: depth ?? Infinity, limit });
      return { nodes: await nodesOf(store, ids), edges, clipped: clipped || lines.length === mostLines };
    },
  };
}
