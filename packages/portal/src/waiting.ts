import type { Queue, Run as WireRun } from 'job-trigger-contract';
import { runToWire } from 'job-trigger-contract/mapping';
import { formatInstant, type Run } from 'job-trigger-core';
import type { PortalOptions } from './portal.ts';
import { namedOf } from './references.ts';

type Waiting = Awaited<ReturnType<PortalOptions['operations']['why']['waiting']>>;

/** Runs as they travel; those that wait with the reason that holds now. */
export async function explainWaiting(
  options: Pick<PortalOptions, 'store' | 'operations'>,
  runs: readonly Run[],
  known?: Waiting,
): Promise<readonly WireRun[]> {
  return (await placeWaiting(options, runs, known)).map(({ run }) => run);
}

/** The same, with place and expected start. */
export async function placeWaiting(
  { store, operations }: Pick<PortalOptions, 'store' | 'operations'>,
  runs: readonly Run[],
  known?: Waiting,
): Promise<readonly Omit<Queue['items'][number], 'position'>[]> {
  if (runs.length === 0) return [];
  const [named, waiting] = await Promise.all([namedOf(store, runs), known ?? operations.why.waiting(runs)]);
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
