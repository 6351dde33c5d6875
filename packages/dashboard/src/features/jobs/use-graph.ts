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

/** Names of the jobs that wait for one; none until it is known. */
export function useFollowers(jobId: string, options: { readonly enabled: boolean }): readonly string[] {
  const { data } = useGraph(jobId, 1, options);
  if (data === undefined) return [];
  const after = data.edges.filter(({ from }) => from === jobId).map(({ to }) => to);
  return data.nodes.filter(({ id }) => after.includes(id)).map(({ name }) => name);
}
