import { setTimeout as rest } from 'node:timers/promises';
import type { LogLine } from 'job-trigger-contract';
import type { Connection, Context } from './context.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import { hasEnded } from './wait-for-run.ts';

const windowLines = 1000;

export interface FollowFlags {
  readonly timeoutMs: number | null;
  readonly attempt?: number;
  /** First line to show; 1 when absent. */
  readonly fromLine?: number;
  /** Each line with the instant it was written. */
  readonly timestamps?: boolean;
}

/** What is asked for of an attempt; the newest when none is named. */
export const ofAttempt = (attempt: number | undefined): { attempt?: number } =>
  attempt === undefined ? {} : { attempt };

/** One line as it is shown. */
export function shownLine({ at, text }: LogLine, timestamps: boolean | undefined): string {
  return timestamps === true && at !== null ? `${at} ${text}\n` : `${text}\n`;
}

/** Writes a run's output as it comes, each line once, until the run has ended and its log is complete. */
export async function followLog(
  context: Context,
  { client }: Connection,
  id: string,
  flags: FollowFlags,
): Promise<void> {
  const { attempt: asked, timeoutMs, timestamps } = flags;
  const deadline = performance.now() + (timeoutMs ?? Infinity);
  let { attempt, fromLine: line = 1 } = flags;
  for (;;) {
    const run = await client.getRun({ params: { id } });
    attempt ??= Math.max(1, run.attempt);
    const log = await client.runLog({ params: { id }, query: { from_line: line, limit: windowLines, attempt } });
    for (const item of log.items) context.terminal.stdout.write(shownLine(item, timestamps));
    line += log.items.length;
    if (log.items.length === windowLines) continue;
    // A retry began: what the attempt before it said has been shown to its end, and lines count from 1 again.
    if (attempt < (asked ?? run.attempt)) [attempt, line] = [attempt + 1, 1];
    else if (hasEnded(run)) return;
    else await restUntil(deadline, id);
  }
}

/** @throws CommandError status 5 when the deadline has passed */
async function restUntil(deadline: number, id: string): Promise<void> {
  if (performance.now() > deadline)
    throw new CommandError(exitStatus.timedOut, `Run ${id} goes on.`, `Follow it with: jtp logs -f ${id}`);
  await rest(200);
}

/** The last lines of a log, once. */
export async function writeTail(
  context: Context,
  { client }: Connection,
  id: string,
  lines: number,
  attempt?: number,
): Promise<number> {
  const log = await client.runLog({ params: { id }, query: { tail: lines, ...ofAttempt(attempt) } });
  for (const item of log.items) context.terminal.stdout.write(`${item.text}\n`);
  return log.lines + 1;
}
