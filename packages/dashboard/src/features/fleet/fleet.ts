import type { SchedulerShape, Worker } from 'job-trigger-contract';

/** What the pill says of all workers and schedulers together; the worst of it decides the colour. */
export interface Fleet {
  readonly kind: 'live' | 'reconnecting' | 'offline';
  readonly words: string;
  /** What it means and what to do; null when all is well. */
  readonly advice: string | null;
}

const here = (items: readonly { readonly state: string }[]): number =>
  items.filter(({ state }) => state === 'online' || state === 'draining' || state === 'paused').length;
const silent = (items: readonly { readonly state: string }[]): number =>
  items.filter(({ state }) => state === 'stale').length;

/** Pure: the same rows always give the same words. Workers long offline are history, not trouble. */
export function fleetOf(
  workers: readonly Pick<Worker, 'state'>[],
  schedulers: readonly Pick<SchedulerShape, 'state'>[],
): Fleet {
  const online = here(workers);
  if (here(schedulers) === 0 && silent(schedulers) === 0)
    return { kind: 'offline', words: 'No scheduler', advice: 'Nothing becomes due until one runs: jtp scheduler' };
  if (online === 0 && silent(workers) === 0)
    return { kind: 'offline', words: 'No worker', advice: 'Runs wait until one is connected: jtp worker' };
  const stale = silent(workers) + silent(schedulers);
  if (stale > 0)
    return {
      kind: 'reconnecting',
      words: `${stale} silent`,
      advice: 'Not heard of for 15 s; its runs are suspect until it reports or is lost.',
    };
  return { kind: 'live', words: `${online} worker${online === 1 ? '' : 's'}`, advice: null };
}
