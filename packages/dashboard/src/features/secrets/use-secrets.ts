import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

/** Secrets that the person may use, without their values. */
export function useSecrets(enabled = true) {
  return useQuery({ queryKey: ['secrets'], queryFn: () => api.listSecrets(), refetchInterval: 30_000, enabled });
}
