import type { Queue, Run as WireRun } from 'job-trigger-contract';
import { runToWire } from 'job-trigger-contract/mapping';
import { formatInstant, type Run } from 'job-trigger-core';
import type { PortalOptions } from './portal.ts';
import { namedOf } from './references.ts';

/** Runs as they travel; those that wait with the reason that holds now. */
export async function explainWaiting(
  options: Pick<PortalOptions, 'store' | 'operations'>,
  runs: readonly Run[],
): Promise<readonly WireRun[]> {
  return (await placeWaiting(options, runs)).map(({ run }) => run);
}

/** The same, with place and expected start. */
export async function placeWaiting(
  { store, operations }: Pick<PortalOptions, 'store' | 'operations'>,
  runs: readonly Run[],
): Promise<readonly Omit<Queue['items'][number], 'position'>[]> {
  if (runs.length === 0) return [];
  const named = await namedOf(store, runs);
  const waiting = await operations.why.waiting(runs);
  return runs.map((run) => {
    const wire = runToWire(run, named);
    const why = waiting.get(run.id);
    const expectedAt = why?.expectedAt ?? null;
    return {
      queue_position: why?.position ?? null,
      expected_start_at: expectedAt === null ? null : formatInstant(expectedAt),
      run: why === undefined ? wire : { ...wire, reason: why.code, reason_text: why.sentence },
    };
  });
}
