import type { Run as WireRun } from 'job-trigger-contract';
import { runToWire } from 'job-trigger-contract/mapping';
import type { Run } from 'job-trigger-core';
import type { PortalOptions } from './portal.ts';
import { namedOf } from './references.ts';

/** Runs as they travel; those that wait with the reason that holds now. */
export async function explainWaiting(
  { store, operations }: Pick<PortalOptions, 'store' | 'operations'>,
  runs: readonly Run[],
): Promise<readonly WireRun[]> {
  if (runs.length === 0) return [];
  const named = await namedOf(store, runs);
  const waiting = await operations.why.waiting(runs);
  return runs.map((run) => {
    const wire = runToWire(run, named);
    const why = waiting.get(run.id);
    return why === undefined ? wire : { ...wire, reason: why.code, reason_text: why.sentence };
  });
}
