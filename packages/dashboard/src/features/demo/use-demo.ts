import { useMutation, useQuery } from '@tanstack/react-query';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { queryClient } from '../../lib/query.ts';

/** What there is of the demo; asked only where it is shown. */
export function useDemo(wanted: boolean) {
  return useQuery({ queryKey: ['demo'], queryFn: () => api.demo(), enabled: wanted });
}

/** `6,532 runs` */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;

export function useDemoRemoval() {
  return useMutation({
    mutationFn: () => api.removeDemo(),
    onSuccess: ({ jobs, runs, files_kept }) => {
      const kept = files_kept.length === 0 ? '' : ` Kept, as changed or in use: ${files_kept.join(', ')}.`;
      sayDone(`Removed ${counted(jobs, 'demo job')} with ${counted(runs, 'run')}.${kept}`);
    },
    onError: sayFailed,
    onSettled: () => queryClient.invalidateQueries(),
  });
}
