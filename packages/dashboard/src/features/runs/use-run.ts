import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';
import { isLive } from '../../lib/states.ts';
import { useConnection } from '../../lib/stream.ts';

/** One run; hints of the stream refresh it, and without the stream a live one is asked for each 2 s. */
export function useRun(id: string) {
  const streamed = useConnection().kind === 'live';
  return useQuery({
    queryKey: ['run', id],
    queryFn: () => api.getRun({ params: { id } }),
    refetchInterval: (query) =>
      query.state.data !== undefined && isLive(query.state.data.state) ? (streamed ? 15_000 : 2000) : false,
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
