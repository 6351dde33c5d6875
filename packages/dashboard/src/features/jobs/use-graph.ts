import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

/** What a job waits for and what waits for it, so many steps each way. */
export function useGraph(jobId: string, depth: number, { enabled = true }: { readonly enabled?: boolean } = {}) {
  return useQuery({
    queryKey: ['graph', jobId, depth],
    enabled,
    queryFn: () => api.graph({ query: { job_id: jobId, depth } }),
  });
}
