import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
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

/** Ends a window, or calls it off, and tells what follows. */
export function useEndMaintenance() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Maintenance) => api.endMaintenance({ params: { id } }),
    onSuccess: ({ state, resume }) => {
      sayDone(state === 'called_off' ? 'Called off.' : `Maintenance ended. ${resumeWords[resume].after}`);
      for (const key of ['maintenance', 'job', 'jobs', 'coming', 'timeline', 'overview'])
        void client.invalidateQueries({ queryKey: [key] });
    },
    onError: sayFailed,
  });
}
