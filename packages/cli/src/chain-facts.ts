import type { ChainEntry, RunDetail } from 'job-trigger-contract';
import type { Fact } from './output/facts.ts';

const places: Readonly<Record<ChainEntry['relation'], string | null>> = {
  upstream: 'before',
  this: null,
  downstream: 'after',
  beside: 'beside',
};

/** Where a run stands in its chain: each other job with what it came to, or why it was not started. */
export function chainFacts({ chain }: Pick<RunDetail, 'chain'>): readonly Fact[] {
  return (chain?.entries ?? []).flatMap((entry): readonly Fact[] => {
    const place = places[entry.relation];
    if (place === null) return [];
    const { job_name: job, state, run_id: id, reason_text: why, cause_run_id: cause } = entry;
    if (state !== null) return [[place, [job, state, id].join(', ')]];
    return [[place, `${job}, not started: ${[why, cause].filter((part) => part !== null).join(' ')}`]];
  });
}
