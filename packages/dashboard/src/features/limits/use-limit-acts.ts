import { useMutation } from '@tanstack/react-query';
import type { QueuePatch } from 'job-trigger-contract';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

const settled = { onError: sayFailed, onSettled: () => refreshTopics(['runs', 'events']) };

/** What may be asked of queues, locks, limits and the order of runs; each tells how it went. */
export function useLimitActs() {
  const queue = useMutation({
    mutationFn: ({ name, body }: { readonly name: string; readonly body: QueuePatch }) =>
      api.changeQueue({ params: { name }, body }),
    onSuccess: (changed) =>
      sayDone(changed.paused_at === null ? `${changed.name} is open.` : `${changed.name} is paused.`),
    ...settled,
  });
  const lock = useMutation({
    mutationFn: ({ name, count }: { readonly name: string; readonly count: number }) =>
      api.setLock({ params: { name }, body: { count } }),
    onSuccess: (changed) => sayDone(`${changed.name} takes ${changed.count} at once.`),
    ...settled,
  });
  const limits = useMutation({
    mutationFn: (body: { readonly system?: number | null; readonly person?: number | null }) =>
      api.changeLimits({ body }),
    onSuccess: () => sayDone('Limit saved.'),
    ...settled,
  });
  const front = useMutation({
    mutationFn: (id: string) => api.moveToFront({ params: { id } }),
    onSuccess: () => sayDone('It is first in its queue.'),
    ...settled,
  });
  return { queue, lock, limits, front };
}
