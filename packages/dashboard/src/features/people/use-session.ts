import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';
import { queryClient } from '../../lib/query.ts';

/** Who is signed in, and whether anybody can be. */
export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: () => api.session(), staleTime: 60_000 });
}

/** After sign-in, set-up or sign-out: what was read as somebody else is gone. */
export async function forgetSession(): Promise<void> {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  await queryClient.invalidateQueries({ queryKey: ['session'] });
}
