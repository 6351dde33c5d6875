import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Share, SharesInput } from 'job-trigger-contract';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { sentAgain } from './share-words.ts';

/** What is done to the shares of a job; each tells how it went. */
export function useShareActs(jobId: string) {
  const client = useQueryClient();
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: ['job', jobId] }) };
  const send = (body: SharesInput) => api.shareJob({ params: { id: jobId }, body });
  /** The shares that stay. */
  const set = useMutation({
    mutationFn: ({ items }: { readonly items: readonly Share[] }) => send({ items: items.flatMap(sentAgain) }),
    onSuccess: () => sayDone('The share is over.'),
    onError: sayFailed,
    ...settled,
  });
  /** A form shows its own refusals. */
  const share = useMutation({ mutationFn: send, onSuccess: () => sayDone('Shared.'), ...settled });
  const give = useMutation({ mutationFn: send, onSuccess: () => sayDone('It has another owner.'), ...settled });
  return { set, share, give };
}
