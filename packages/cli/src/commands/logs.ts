import type { Command } from 'commander';
import { withConnection, type Connection, type Context } from '../context.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { followLog, writeLine, writeTail } from '../follow-log.ts';
import type { Client } from 'job-trigger-contract';

interface LogFlags {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly attempt?: string;
  readonly timestamps?: boolean;
  readonly grep?: string;
}

const linesAtOnce = 1000;
const uuid = /^[0-9a-f-]{36}$/i;

/** A run by its id, or the newest run of a job by the job's name. */
async function runId(client: Client, what: string): Promise<string> {
  if (uuid.test(what)) {
    const run = await client.getRun({ params: { id: what } }).catch(() => null);
    if (run !== null) return run.id;
  }
  const job = await findJob(client, what);
  const newest = (await client.listRuns({ query: { job_id: job.id, limit: 1 } })).items[0];
  if (newest === undefined)
    throw new CommandError(exitStatus.notFound, `${job.name} has not run yet.`, `Run it with: jtp run ${job.name}`);
  return newest.id;
}

function positive(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw wrongFlag(flag, `'${text}' is not a positive whole number.`);
  return value;
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
        const id = await runId(connection.client, what);
        if (flags.grep !== undefined) {
          const log = await connection.client.runLog({
            params: { id },
            query: { search: flags.grep, ...(attempt === undefined ? {} : { attempt }) },
          });
          for (const hit of log.items) context().terminal.stdout.write(`${hit.line}\t${hit.text}\n`);
          if ((log.hits_total ?? 0) === 0) process.exitCode = exitStatus.failed;
          return;
        }
        const options = {
          ...(attempt === undefined ? {} : { attempt }),
          ...(flags.timestamps === true ? { timestamps: true } : {}),
        };
        const fromLine =
          tail === undefined
            ? 1
            : await writeTail(context(), connection, id, {
                lines: Math.min(tail, 2000),
                follows: flags.follow === true,
                ...options,
              });
        const timeoutMs =
          context().flags.timeout === undefined ? null : parseDuration(context().flags.timeout ?? '', '--timeout');
        if (flags.follow === true) await followLog(context(), connection, id, { timeoutMs, fromLine, ...options });
        else if (tail === undefined) await writeAll(context(), connection, id, options);
      });
    });
}

/** What is there now, from its first line to its last. */
async function writeAll(
  context: Context,
  { client }: Connection,
  id: string,
  { attempt, timestamps = false }: { attempt?: number; timestamps?: boolean },
): Promise<void> {
  for (let from = 1; ;) {
    const { items } = await client.runLog({
      params: { id },
      query: { from_line: from, limit: linesAtOnce, ...(attempt === undefined ? {} : { attempt }) },
    });
    for (const item of items) writeLine(context, item, timestamps);
    if (items.length < linesAtOnce) return;
    from = (items.at(-1)?.line ?? from) + 1;
  }
}
