/**
 * Processes that a former worker of the same name left on this machine. Its spawner ends their trees by itself as soon
 * as it notices that nobody is left to report to; whoever takes over waits for that, and sees to what is still there.
 */
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import { argumentsOf, hasProcessTable, listProcesses, processFacts } from './process-table.ts';
import { ProcessTree } from './process-tree.ts';

/** Longer than a spawner takes to kill its trees and to see that they are gone. */
const patienceMs: Millis = 2500;
const pollMs: Millis = 20;
const program = /[\\/]spawner[\\/]main\.[jt]s$/;

/**
 * Resolves when no spawner but our own writes this journal: after that nothing is started for the former worker, and its
 * journal is complete. One that does not leave in time, as it was stopped, is killed.
 */
export async function endFormerSpawner(journalPath: string, clock: Clock): Promise<void> {
  if (!hasProcessTable) return;
  const former = listProcesses().filter((pid) => isFormerSpawner(pid, journalPath));
  const isThere = (pid: number): boolean => isFormerSpawner(pid, journalPath) && processFacts(pid)?.dead === false;
  for (const end = clock.mono() + patienceMs; former.some(isThere);) {
    if (clock.mono() >= end) for (const pid of former.filter(isThere)) kill(pid);
    await new Promise<void>((resolve) => void clock.after(pollMs, resolve));
  }
}

/** Ends what is left of the trees of these runs. @returns ids of processes that could not be ended */
export async function endFormerTrees(runIds: readonly string[], clock: Clock): Promise<number[]> {
  const left = runIds.map((runId) => new ProcessTree({ pid: null, mark: `JTP_RUN_ID=${runId}`, clock }).kill());
  return (await Promise.all(left)).flat();
}

function isFormerSpawner(pid: number, journalPath: string): boolean {
  const given = argumentsOf(pid);
  if (!given.includes(journalPath) || !given.some((argument) => program.test(argument))) return false;
  return pid !== process.pid && processFacts(pid)?.parent !== process.pid;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in this very moment.
  }
}
