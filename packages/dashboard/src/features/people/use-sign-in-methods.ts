import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

/** What whoever is signed in shows besides the password. */
export function useSignInMethods() {
  return useQuery({ queryKey: ['sign-in-methods'], queryFn: () => api.signInMethods() });
}
