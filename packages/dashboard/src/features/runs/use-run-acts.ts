import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { RetryRequest, Run } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';
import { RepeatKey } from '../../lib/repeat-key.ts';

/** What to say when a run is carried out again; the same once more where nothing is said. */
type Again = Pick<RetryRequest, 'parameters' | 'with_downstream'>;

/** Cancel a run, and run the same again; both tell how it went. */
export function useRunActs(run: Run) {
  const navigate = useNavigate();
  const [keys] = useState(() => new RepeatKey());
  const cancel = useMutation({
    mutationFn: (note: string) => api.cancelRun({ params: { id: run.id }, ...(note === '' ? {} : { body: { note } }) }),
    onSuccess: () => sayDone(`Cancelling ${run.job_name}`),
    onError: sayFailed,
    onSettled: () => refreshTopics(['runs']),
  });
  const again = useMutation({
    mutationFn: (body: Again) => api.retryRun({ params: { id: run.id }, body }, { headers: keys.headersFor(body) }),
    onSuccess: (accepted) => {
      keys.done();
      sayDone(`${run.job_name} runs again`);
      void navigate({ to: '/runs/$id', params: { id: accepted.run_id } });
    },
    onError: sayFailed,
    onSettled: () => refreshTopics(['runs']),
  });
  return { cancel, again };
}
