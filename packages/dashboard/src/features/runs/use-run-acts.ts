import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Run } from 'job-trigger-contract';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

type Parameters = Run['parameters'];

/** Cancel a run, and run the same again; both tell how it went. */
export function useRunActs(run: Run) {
  const navigate = useNavigate();
  const cancel = useMutation({
    mutationFn: (note: string) => api.cancelRun({ params: { id: run.id }, ...(note === '' ? {} : { body: { note } }) }),
    onSuccess: () => sayDone(`Cancelling ${run.job_name}`),
    onError: sayFailed,
    onSettled: () => refreshTopics(['runs']),
  });
  const again = useMutation({
    mutationFn: (parameters: Parameters | undefined) =>
      api.retryRun({ params: { id: run.id }, body: parameters === undefined ? {} : { parameters } }),
    onSuccess: (accepted) => {
      sayDone(`${run.job_name} runs again`);
      void navigate({ to: '/runs/$id', params: { id: accepted.run_id } });
    },
    onError: sayFailed,
    onSettled: () => refreshTopics(['runs']),
  });
  return { cancel, again };
}
