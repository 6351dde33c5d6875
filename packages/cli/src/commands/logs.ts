import type { Command } from 'commander';
import { withConnection, type Connection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { followLog, ofAttempt, shownLine, writeTail } from '../follow-log.ts';
import type { Client } from 'job-trigger-contract';

interface LogFlags {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly attempt?: string;
  readonly timestamps?: boolean;
  readonly grep?: string;
}

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
        const asked = { id, ...ofAttempt(attempt) };
        if (flags.grep !== undefined) return writeHits(context(), connection, asked, flags.grep);
        const fromLine =
          tail === undefined ? 1 : await writeTail(context(), connection, id, Math.min(tail, 2000), attempt);
        const show = { fromLine, ...ofAttempt(attempt), timestamps: flags.timestamps === true };
        if (flags.follow === true) return followLog(context(), connection, id, { timeoutMs: null, ...show });
        if (tail === undefined) await writeAll(context(), connection, asked, show.timestamps);
      });
    });
}

interface AskedLog {
  readonly id: string;
  readonly attempt?: number;
}

/** Lines that hold a text; exit status 1 when none does, as grep has it. */
async function writeHits(
  context: Context,
  { client }: Connection,
  { id, ...of }: AskedLog,
  text: string,
): Promise<void> {
  const log = await client.runLog({ params: { id }, query: { search: text, ...of } });
  for (const hit of log.items) context.terminal.stdout.write(`${hit.line}\t${hit.text}\n`);
  if ((log.hits_total ?? 0) === 0) process.exitCode = exitStatus.failed;
}

async function writeAll(
  context: Context,
  { client }: Connection,
  { id, ...of }: AskedLog,
  timestamps: boolean,
): Promise<void> {
  for (let line = 1; ;) {
    const { items } = await client.runLog({ params: { id }, query: { from_line: line, limit: 1000, ...of } });
    for (const item of items) context.terminal.stdout.write(shownLine(item, timestamps));
    if (items.length < 1000) return;
    line += items.length;
  }
}
