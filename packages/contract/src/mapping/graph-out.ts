import { formatInstant, jobStatusOf, toUuid, type BreakerSettings, type JobGraph } from 'job-trigger-core';
import type { Graph } from '../shapes/graph.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** @param shown from how many failures on a job has issues, and has failed */
export function graphToWire({ nodes, edges, clipped }: JobGraph, shown: BreakerSettings['shown']): Graph {
  const uuids = new Map(nodes.map(({ summary: { job } }) => [job.id, toUuid(job)]));
  return {
    nodes: nodes.map(({ summary, medianMs }) => {
      const { job, lastRun, schedules } = summary;
      return {
        id: toUuid(job),
        name: job.definition.name,
        active: job.active,
        status: jobStatusOf({ ...summary, ...shown }),
        scheduled: schedules.some(({ active }) => active),
        next_due_at: instant(summary.nextDueAt),
        last_run:
          lastRun === null ? null : { id: toUuid(lastRun), state: lastRun.state, ended_at: instant(lastRun.endedAt) },
        median_seconds: medianMs === null ? null : medianMs / 1000,
      };
    }),
    edges: edges.flatMap(({ jobId, upstreamId, mode, windowMs }) => {
      const [from, to] = [uuids.get(upstreamId), uuids.get(jobId)];
      if (from === undefined || to === undefined) return [];
      return [{ from, to, mode, window_seconds: windowMs === null ? null : windowMs / 1000 }];
    }),
    clipped,
  };
}
