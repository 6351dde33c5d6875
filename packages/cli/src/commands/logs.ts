import type { Command } from 'commander';
import { timeoutOf, withConnection, type Connection, type Context } from '../context.ts';
import { exitStatus, wrongFlag } from '../exit-status.ts';
import { runOrNewestOf } from '../find-run.ts';
import { followLog, writeLine, writeTail } from '../follow-log.ts';

interface LogFlags {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly attempt?: string;
  readonly timestamps?: boolean;
  readonly grep?: string;
}

const linesAtOnce = 1000;
const mostTail = 2000;

function positive(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw wrongFlag(flag, `'${text}' is not a positive whole number.`);
  return value;
}

interface Asked {
  readonly id: string;
  readonly attempt: number | undefined;
  readonly tail: number | undefined;
  readonly timestamps: boolean;
}

export function addLogCommand(program: Command, context: () => Context): void {
  program
    .command('logs <run-or-job>')
    .description('Output of a run; of a job, that of its newest run.')
    .option('-f, --follow', 'go on until it has ended')
    .option('--tail <n>', 'only the last lines')
    .option('--attempt <n>', 'of this attempt; the newest when absent')
    .option('--timestamps', 'with the instant of each line')
    .option('--grep <text>', 'only lines that hold this text, found by the server')
    .action(async (what: string, flags: LogFlags) => {
      const attempt = positive(flags.attempt, '--attempt');
      const tail = positive(flags.tail, '--tail');
      await withConnection(context(), async (connection) => {
        const id = await runOrNewestOf(connection.client, what);
        const asked = { id, attempt, tail, timestamps: flags.timestamps === true };
        if (flags.grep !== undefined) await writeHits(context(), connection, asked, flags.grep);
        else if (flags.follow === true) await writeOn(context(), connection, asked);
        else if (tail === undefined) await writeAll(context(), connection, asked);
        else await writeLast(context(), connection, { ...asked, tail });
      });
    });
}

/** Status 1 when there are none, as `grep` does. */
async function writeHits(
  { terminal }: Context,
  { client }: Connection,
  { id, attempt }: Asked,
  search: string,
): Promise<void> {
  const log = await client.runLog({ params: { id }, query: { search, attempt } });
  for (const hit of log.items) terminal.stdout.write(`${hit.line}\t${hit.text}\n`);
  if ((log.hits_total ?? 0) === 0) process.exitCode = exitStatus.failed;
}

/** From the first line, or the last ones, until the run has ended. */
async function writeOn(context: Context, connection: Connection, asked: Asked): Promise<void> {
  const { id, attempt, tail, timestamps } = asked;
  const fromLine = tail === undefined ? 1 : await writeLast(context, connection, { ...asked, tail, follows: true });
  await followLog(context, connection, id, { timeoutMs: timeoutOf(context), fromLine, attempt, timestamps });
}

const writeLast = (
  context: Context,
  connection: Connection,
  { id, tail, follows = false, ...shown }: Asked & { readonly tail: number; readonly follows?: boolean },
): Promise<number> => writeTail(context, connection, id, { ...shown, follows, lines: Math.min(tail, mostTail) });

/** What is there now, from its first line to its last. */
async function writeAll(context: Context, { client }: Connection, { id, attempt, timestamps }: Asked): Promise<void> {
  for (let from = 1; ;) {
    const query = { from_line: from, limit: linesAtOnce, attempt };
    const { items } = await client.runLog({ params: { id }, query });
    for (const item of items) writeLine(context, item, timestamps);
    if (items.length < linesAtOnce) return;
    from = (items.at(-1)?.line ?? from) + 1;
  }
}
