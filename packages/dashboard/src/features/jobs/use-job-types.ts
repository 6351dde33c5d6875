import { useQuery } from '@tanstack/react-query';
import type { JobTypeShape } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';

interface Answer {
  readonly items: readonly JobTypeShape[];
}

/** The types a job may have; they change with the configuration alone, so at a restart. */
function useAnswer<T>(select: (answer: Answer) => T) {
  return useQuery({ queryKey: ['job-types'], queryFn: () => api.listJobTypes(), staleTime: Infinity, select });
}

export const useJobTypes = () => useAnswer((answer) => answer);

/** One of them; null when it is not known. */
export const useJobType = (id: string) => useAnswer(({ items }) => items.find((type) => type.id === id) ?? null);
