import type { Command } from 'commander';
import type { Run, RunQuery, RunRequest } from 'job-trigger-contract';
import { emit, tell, withConnection, type Connection, type Context } from '../context.ts';
import { parseDuration } from '../duration-flag.ts';
import { wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { followLog } from '../follow-log.ts';
import { writeTable, type Column } from '../output/table.ts';
import { durationText, whenText } from '../output/when.ts';
import { statusOfRun, waitForRun } from '../wait-for-run.ts';

/** `key=value` pairs; a value is text, the server turns it into the parameter's type. */
function parameters(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw wrongFlag('-p', `'${pair}' is not key=value.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

interface RunFlags {
  readonly param?: readonly string[];
  readonly wait?: boolean;
  readonly follow?: boolean;
  readonly allowInactive?: boolean;
  readonly priority?: 'critical' | 'high' | 'medium' | 'low';
  readonly note?: string;
  readonly idempotencyKey?: string;
}

/** What was said of the run; what was not is left out, and is the job's own. */
function requestOf(flags: RunFlags): RunRequest {
  const given = parameters(flags.param);
  return {
    ...(given === undefined ? {} : { parameters: given }),
    ...(flags.allowInactive === true ? { allow_inactive: true } : {}),
    ...(flags.priority === undefined ? {} : { priority: flags.priority }),
    ...(flags.note === undefined ? {} : { note: flags.note }),
  };
}

async function runJob(context: Context, connection: Connection, name: string, flags: RunFlags): Promise<void> {
  const { client } = connection;
  const job = await findJob(client, name);
  const headers = flags.idempotencyKey === undefined ? {} : { 'idempotency-key': flags.idempotencyKey };
  const accepted = await client.runJob({ params: { id: job.id }, body: requestOf(flags) }, { headers });
  if (flags.wait === true || flags.follow === true) return watch(context, connection, accepted.run_id, flags);
  emit(context, accepted, () => {
    context.terminal.stdout.write(`${accepted.run_id}\n`);
    tell(context, `Queued a run of ${job.name}. Watch it with: jtp logs -f ${accepted.run_id}`);
  });
}

/** Until the run has ended, whose state is then the exit status. */
async function watch(context: Context, connection: Connection, id: string, flags: RunFlags): Promise<void> {
  const timeoutMs = context.flags.timeout === undefined ? null : parseDuration(context.flags.timeout, '--timeout');
  if (flags.follow === true) await followLog(context, connection, id, { timeoutMs });
  const run = await waitForRun(connection.client, id, { timeoutMs });
  if (flags.follow !== true || context.flags.json === true)
    emit(context, run, () => context.terminal.stdout.write(`${run.id}\n`));
  const why = run.failure === null ? '' : `: ${run.failure.message}`;
  tell(context, `${run.state} after ${durationText(run.duration_seconds) || 'no time'}${why}`);
  process.exitCode = statusOfRun(run);
}

function columns(context: Context): readonly Column<Run>[] {
  const now = Date.now();
  return [
    { title: 'STATE', text: (run) => run.state },
    { title: 'JOB', text: (run) => run.job_name },
    { title: 'TRIGGER', text: (run) => run.trigger },
    { title: 'CREATED (UTC)', text: (run) => whenText(context.terminal, run.created_at, now) },
    { title: 'RAN', text: (run) => durationText(run.duration_seconds) },
    { title: 'REASON', text: (run) => run.reason_text ?? '' },
    { title: 'ID', text: (run) => run.id },
  ];
}

interface ListFlags {
  readonly job?: string;
  readonly state?: string;
  readonly trigger?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

function addRunCommand(program: Command, context: () => Context): void {
  program
    .command('run <job>')
    .description('Run a job now.')
    .option(
      '-p, --param <key=value>',
      'a parameter; repeat it for more',
      (value: string, all: readonly string[] | undefined) => [...(all ?? []), value],
    )
    .option('--wait', 'until it has ended; the exit status tells how')
    .option('--follow', 'show its output while it runs')
    .option('--allow-inactive', 'also when the job is paused')
    .option('--priority <priority>', 'critical, high, medium or low')
    .option('--note <text>', 'why, for whoever looks later')
    .option('--idempotency-key <key>', 'a second call with the same key makes no second run')
    .action((name: string, flags: RunFlags) =>
      withConnection(context(), (connection) => runJob(context(), connection, name, flags)),
    );
}

export function addRunCommands(program: Command, context: () => Context): void {
  addRunCommand(program, context);
  const runs = program.command('runs').description('What was carried out, and how it ended.');
  runs
    .command('ls')
    .description('List runs, newest first.')
    .option('--job <job>', 'name or id')
    .option('--state <states>', 'for example failed,timed_out')
    .option('--trigger <triggers>')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (flags: ListFlags) => {
      const page = await withConnection(context(), async ({ client }) => {
        const { job, ...rest } = flags;
        const query = {
          ...rest,
          ...(job === undefined ? {} : { job_id: (await findJob(client, job)).id }),
        } as Partial<RunQuery>;
        return client.listRuns({ query });
      });
      emit(context(), page, () => writeTable(context().terminal, page.items, columns(context()), 'No runs match.'));
    });
  runs
    .command('get <run>')
    .description('One run with its attempts, and why it ran.')
    .action(async (id: string) => {
      const run = await withConnection(context(), ({ client }) => client.getRun({ params: { id } }));
      emit(context(), run, () => context().terminal.stdout.write(`${JSON.stringify(run, null, 2)}\n`));
    });
  runs
    .command('cancel <run>')
    .description('Cancel a waiting or live run.')
    .option('--note <text>')
    .action(async (id: string, flags: { note?: string }) => {
      const answer = await withConnection(context(), ({ client }) =>
        client.cancelRun({ params: { id }, body: { note: flags.note ?? null } }),
      );
      emit(context(), answer, () => tell(context(), `Cancelling ${id}.`));
    });
  runs
    .command('retry <run>')
    .description('Run the same again, as a new run.')
    .option('--note <text>')
    .action(async (id: string, flags: { note?: string }) => {
      const answer = await withConnection(context(), ({ client }) =>
        client.retryRun({ params: { id }, body: { note: flags.note ?? null } }),
      );
      emit(context(), answer, () => context().terminal.stdout.write(`${answer.run_id}\n`));
    });
}
