import type { LogLine } from 'job-trigger-contract';
import { tell, type Connection, type Context } from './context.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import { narrate } from './tell-waiting.ts';

export interface FollowFlags {
  readonly timeoutMs: number | null;
  readonly attempt?: number | undefined;
  /** First line to show; 1 when absent. */
  readonly fromLine?: number;
  /** Each line with the instant it was written. */
  readonly timestamps?: boolean;
}

/** One line of output for people. */
export function writeLine({ terminal }: Context, line: LogLine, timestamps: boolean): void {
  terminal.stdout.write(`${timestamps && line.at !== null ? `${line.at} ` : ''}${line.text}\n`);
}

/** Whole lines, and where some are missing how many. @returns the line after them */
function writeNew(
  context: Context,
  items: readonly LogLine[],
  { expected, timestamps }: { readonly expected: number; readonly timestamps: boolean },
): number {
  let next = expected;
  for (const item of items) {
    if (item.open === true) continue;
    if (item.line > next) tell(context, `Lines ${next} to ${item.line - 1} were cut.`);
    writeLine(context, item, timestamps);
    next = item.line + 1;
  }
  return next;
}

/** Writes a run's output as it comes, each line once, until the run has ended and its log is complete. */
export async function followLog(
  context: Context,
  { client, follow }: Connection,
  id: string,
  { timeoutMs, attempt, fromLine = 1, timestamps = false }: FollowFlags,
): Promise<void> {
  const signal = timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs);
  let expected = fromLine;
  let here: number | undefined;
  const over = new AbortController();
  const narration = narrate(context, client, id, over.signal);
  try {
    for await (const { items, attempt: of } of follow({ id, fromLine, attempt, signal })) {
      // A retry began: its lines count from 1 again.
      if (here !== undefined && here !== of) expected = 1;
      here = of;
      expected = writeNew(context, items, { expected, timestamps });
    }
  } finally {
    over.abort();
    await narration;
  }
  if (signal?.aborted === true)
    throw new CommandError(exitStatus.timedOut, `Run ${id} goes on.`, `Follow it with: jtp logs -f ${id}`);
}

/** The last lines of a log, once. @returns the line after them */
export async function writeTail(
  context: Context,
  { client }: Connection,
  id: string,
  {
    lines,
    attempt,
    timestamps = false,
    follows,
  }: { lines: number; attempt?: number | undefined; timestamps?: boolean; follows: boolean },
): Promise<number> {
  const log = await client.runLog({ params: { id }, query: { tail: lines, attempt } });
  // A line that may still grow is left to whoever follows.
  const whole = log.items.filter(({ open }) => !follows || open !== true);
  for (const item of whole) writeLine(context, item, timestamps);
  return (whole.at(-1)?.line ?? log.lines) + 1;
}
