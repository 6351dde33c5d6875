import { setTimeout as rest } from 'node:timers/promises';
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

/** Writes a run's output as it comes, each line once, until the run has ended and its log is complete. */
export async function followLog(
  context: Context,
  { client }: Connection,
  id: string,
  flags: FollowFlags,
): Promise<void> {
  const deadline = flags.timeoutMs === null ? Infinity : performance.now() + flags.timeoutMs;
  let line = flags.fromLine ?? 1;
  for (let attempt = flags.attempt; ;) {
    const ended = hasEnded(await client.getRun({ params: { id } }));
    const log = await client.runLog({
      params: { id },
      query: { from_line: line, limit: windowLines, ...(attempt === undefined ? {} : { attempt }) },
    });
    // A retry began: its lines count from 1 again.
    if (flags.attempt === undefined && attempt !== undefined && log.attempt !== attempt) line = 1;
    attempt = flags.attempt ?? undefined;
    for (const item of log.items) {
      context.terminal.stdout.write(
        `${flags.timestamps === true && item.at !== null ? `${item.at} ` : ''}${item.text}\n`,
      );
      line = item.line + 1;
    }
    if (log.items.length === windowLines) continue;
    if (ended) return;
    if (performance.now() > deadline) {
      throw new CommandError(exitStatus.timedOut, `Run ${id} goes on.`, `Follow it with: jtp logs -f ${id}`);
    }
    await rest(200);
  }
}

/** The last lines of a log, once. */
export async function writeTail(
  context: Context,
  { client }: Connection,
  id: string,
  lines: number,
  attempt?: number,
): Promise<number> {
  const log = await client.runLog({
    params: { id },
    query: { tail: lines, ...(attempt === undefined ? {} : { attempt }) },
  });
  for (const item of log.items) context.terminal.stdout.write(`${item.text}\n`);
  return log.lines + 1;
}
