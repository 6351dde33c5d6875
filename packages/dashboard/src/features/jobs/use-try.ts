import { useMutation } from '@tanstack/react-query';
import type { DraftRequest } from 'job-trigger-contract';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';
import { RepeatKey } from '../../lib/repeat-key.ts';

/** Runs a job once as it is written, without saving it. */
export function useTry() {
  const [keys] = useState(() => new RepeatKey());
  return useMutation({
    mutationFn: (body: DraftRequest) => api.runDraft({ body }, { headers: keys.headersFor(body) }),
    onSuccess: () => keys.done(),
    onSettled: () => refreshTopics(['runs', 'events']),
  });
}
