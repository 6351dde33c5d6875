import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

/** The types a job may have; they change with the configuration alone, so at a restart. */
export const useJobTypes = () =>
  useQuery({ queryKey: ['job-types'], queryFn: () => api.listJobTypes(), staleTime: Infinity });
