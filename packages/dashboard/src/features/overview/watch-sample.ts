import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

export const helloScript = 'hello-progress.mjs';

/** Makes a job of the sample, runs it and leads to its page, where the log flows. */
export function useSampleRun() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const job = await api.createJob({
        body: {
          name: 'hello-progress',
          type: 'script',
          config: { script: helloScript },
          description: 'A sample: colours, a bar, a result.',
          tags: ['sample'],
        },
      });
      return api.runJob({ params: { id: job.id }, body: {} });
    },
    onSuccess: ({ run_id: id }) => navigate({ to: '/runs/$id', params: { id } }),
    onError: sayFailed,
    onSettled: () => refreshTopics(['jobs', 'runs']),
  });
}
