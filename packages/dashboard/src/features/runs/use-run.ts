import { useQuery } from '@tanstack/react-query';
import type { RunDetail } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';
import { isLive } from '../../lib/states.ts';
import { useConnection } from '../../lib/stream.ts';

/** Progress is told about once a second, and no hint of the stream tells of it. */
const progressEveryMs = 1500;

/** How soon to ask again: soon while it runs, seldom where the stream will say that something changed. */
function restMs(run: RunDetail | undefined, streamed: boolean): number | false {
  if (run === undefined || !isLive(run.state)) return false;
  if (run.state === 'running' || run.state === 'starting') return progressEveryMs;
  return streamed ? 15_000 : 2000;
}

/** One run, refreshed by hints of the stream and while it lives. */
export function useRun(id: string) {
  const streamed = useConnection().kind === 'live';
  return useQuery({
    queryKey: ['run', id],
    queryFn: () => api.getRun({ params: { id } }),
    refetchInterval: (query) => restMs(query.state.data, streamed),
  });
}

/** The zone in which the job is planned: of the schedule that asked for this run, else of its first one. */
export function useJobZone(jobId: string | undefined, scheduleId: string | null | undefined): string | undefined {
  const job = useQuery({
    queryKey: ['job', jobId ?? ''],
    queryFn: () => api.getJob({ params: { id: jobId ?? '' } }),
    enabled: jobId !== undefined,
    retry: false,
  });
  const schedules = job.data?.schedules ?? [];
  return (schedules.find((one) => one.id === scheduleId) ?? schedules[0])?.timezone ?? undefined;
}
