import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from 'job-trigger-contract';

/** A refusal stays a refusal; only silence and server trouble are worth asking again. */
function worthRetrying(count: number, error: unknown): boolean {
  if (count >= 2) return false;
  return !(error instanceof ProblemError) || error.status >= 500;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 2000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

/** First element of the query keys that a topic of the stream makes old. */
const keysOfTopic: Readonly<Record<string, readonly string[]>> = {
  runs: ['timeline', 'runs', 'run', 'jobs', 'job', 'overview', 'queue', 'maintenance', 'queues', 'locks', 'limits'],
  jobs: ['timeline', 'forecast', 'jobs', 'job', 'overview', 'coming', 'calendars', 'maintenance'],
  workers: ['workers', 'overview', 'health'],
  schedulers: ['schedulers', 'health', 'overview'],
  events: ['events'],
  alerts: ['alerts'],
  attention: ['attention'],
};

/** Mark everything that a topic touches as old, so that what is on screen asks again. */
export function refreshTopics(topics: readonly string[]): void {
  const keys = new Set(topics.flatMap((topic) => keysOfTopic[topic] ?? []));
  for (const key of keys) void queryClient.invalidateQueries({ queryKey: [key] });
}
