import { setTimeout as rest } from 'node:timers/promises';
import type { Client, RunDetail } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';

const final = new Set(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost']);

function hasEnded(run: { readonly state: string }): boolean {
  return final.has(run.state);
}

/** Asks until the run has ended. `each` sees every answer. @throws CommandError status 5 when `timeoutMs` passes first */
export async function waitForRun(
  client: Client,
  id: string,
  { timeoutMs, each }: { timeoutMs: number | null; each?: (run: RunDetail) => Promise<void> | void },
): Promise<RunDetail> {
  const deadline = timeoutMs === null ? Infinity : performance.now() + timeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    const run = await client.getRun({ params: { id } });
    await each?.(run);
    if (hasEnded(run)) return run;
    if (performance.now() > deadline) {
      throw new CommandError(
        exitStatus.timedOut,
        `Run ${id} is still ${run.state}; it goes on.`,
        `Look again with: jtp runs get ${id}`,
      );
    }
    await rest(pause);
  }
}

/** The exit status that tells how a run ended. */
export function statusOfRun(run: { readonly state: string }): number {
  if (run.state === 'succeeded') return exitStatus.done;
  return run.state === 'timed_out' ? exitStatus.timedOut : exitStatus.failed;
}
