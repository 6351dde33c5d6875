import { useMutation, useQuery } from '@tanstack/react-query';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

/** How many need somebody; asked again by the stream, and every half minute without it. */
export function useAlertCount() {
  return useQuery({ queryKey: ['alerts', 'count'], queryFn: () => api.countAlerts(), refetchInterval: 30_000 });
}

/** Those that stand about one job. */
export function useAlertsOf(jobId: string) {
  return useQuery({
    queryKey: ['alerts', 'job', jobId],
    queryFn: () => api.listAlerts({ query: { job_id: jobId, limit: 20 } }),
  });
}

/** Say that somebody has seen one, or all. */
export function useAcknowledge() {
  const one = useMutation({
    mutationFn: (id: string) => api.acknowledgeAlert({ params: { id } }),
    onSuccess: ({ title, state }) =>
      sayDone(state === 'open' ? `Seen: ${title}. It stands until it is over.` : `Closed: ${title}`),
    onError: sayFailed,
    onSettled: () => refreshTopics(['alerts', 'attention']),
  });
  const all = useMutation({
    mutationFn: () => api.acknowledgeAllAlerts(),
    onSuccess: ({ acknowledged }) => sayDone(`Acknowledged ${acknowledged}`),
    onError: sayFailed,
    onSettled: () => refreshTopics(['alerts', 'attention']),
  });
  return { one, all };
}
