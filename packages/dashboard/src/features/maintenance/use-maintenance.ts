import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { Maintenance } from 'job-trigger-contract';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { resumeWords } from './words.ts';

/** All windows; those that are on or to come stand first. */
export function useMaintenance() {
  return useQuery({
    queryKey: ['maintenance'],
    queryFn: () => api.listMaintenance(),
    // Nothing tells when the time of one has come.
    refetchInterval: 30_000,
  });
}

/** Everything that tells of coming runs is old once a window was set or ended. */
export function refreshAll(client: QueryClient): void {
  for (const key of ['maintenance', 'job', 'jobs', 'coming', 'timeline', 'overview', 'preview', 'runs', 'queue'])
    void client.invalidateQueries({ queryKey: [key] });
}

/** Ends a window, or calls it off, and tells what follows. */
export function useEndMaintenance() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Maintenance) => api.endMaintenance({ params: { id } }),
    onSuccess: ({ state, resume }) => {
      sayDone(state === 'called_off' ? 'Called off.' : `Maintenance ended. ${resumeWords[resume].after}`);
      refreshAll(client);
    },
    onError: sayFailed,
  });
}
