import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

/** Through whom the signed-in person comes in, and whether by a password. */
export function useLinks() {
  return useQuery({ queryKey: ['links'], queryFn: () => api.listLinks() });
}
