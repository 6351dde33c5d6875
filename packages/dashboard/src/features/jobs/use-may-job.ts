import { useQuery } from '@tanstack/react-query';
import type { JobAccess, Level, Person } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';
import { useMay } from '../runs/use-may.ts';

const leastRole: Readonly<Record<Level, Person['role']>> = {
  view: 'viewer',
  run: 'operator',
  edit: 'editor',
  own: 'editor',
};
const levels: readonly Level[] = ['view', 'run', 'edit', 'own'];
const words: Readonly<Record<Level, string>> = { view: 'see', run: 'run', edit: 'edit', own: 'share' };

/** What the signed-in person may do to a job, and why. */
export function useJobAccess(jobId: string, { enabled = true }: { readonly enabled?: boolean } = {}) {
  return useQuery<JobAccess>({
    queryKey: ['job', jobId, 'access'],
    queryFn: () => api.jobAccess({ params: { id: jobId } }),
    staleTime: 30_000,
    enabled,
  });
}

/** Null when the signed-in person may, else the sentence that says who may. A row of a list asks for the role alone. */
export function useMayJob(jobId: string, level: Level, options: { readonly enabled?: boolean } = {}): string | null {
  const byRole = useMay(leastRole[level]);
  const access = useJobAccess(jobId, options);
  if (byRole !== null) return byRole;
  const held = access.data?.level ?? null;
  if (held === null || levels.indexOf(held) >= levels.indexOf(level)) return null;
  const owner = access.data?.owner?.name ?? 'An administrator';
  return `This job is yours to ${words[held]}, not to ${words[level]}. ${owner} can change that.`;
}
