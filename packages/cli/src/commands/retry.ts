import type { Command } from 'commander';
import type { Client, RetryRequest, Run } from 'job-trigger-contract';
import { ProblemError } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { findRunId } from '../find-run.ts';
import { parameterOption, parametersOf } from '../parameter-flag.ts';
import { repeatHeaders, repeatOption } from '../repeat-key.ts';
import { writeTable } from '../output/table.ts';

interface RetryFlags {
  readonly reset?: boolean;
  readonly at?: string;
  readonly note?: string;
  readonly param?: readonly string[];
  readonly withDownstream?: boolean;
  readonly failed?: boolean;
  readonly job?: string;
  readonly since?: string;
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
}

/** What became of one run of a bulk retry. */
interface Item {
  readonly id: string;
  readonly job_name: string;
  readonly state: string;
  readonly run_id: string | null;
  readonly error: string | null;
}

/** Bulk acts are bounded: whoever wants more narrows, or asks again. */
const most = 500;

async function unhappyRuns(client: Client, flags: RetryFlags): Promise<readonly Run[]> {
  const from = new Date(Date.now() - parseDuration(flags.since ?? '24h', '--since')).toISOString();
  const job = flags.job === undefined ? {} : { job_id: (await findJob(client, flags.job)).id };
  const query = { ...job, state: 'failed,timed_out,lost', from, limit: most };
  return (await client.listRuns({ query })).items;
}

async function retryOne(client: Client, run: Run, note: string | null): Promise<Item> {
  const known = { id: run.id, job_name: run.job_name, state: run.state };
  try {
    const { run_id } = await client.retryRun({ params: { id: run.id }, body: { note } });
    return { ...known, run_id, error: null };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { ...known, run_id: null, error: error.message };
  }
}

async function retryMany(context: Context, client: Client, flags: RetryFlags): Promise<void> {
  const runs = await unhappyRuns(client, flags);
  const isDry = flags.dryRun === true;
  if (!isDry && runs.length > 0) await confirmed(context, `Run ${runs.length} failed runs again?`);
  const items: Item[] = [];
  // The oldest first, so that they run again in the order in which they failed.
  for (const run of runs.toReversed()) {
    const { id, job_name, state } = run;
    items.push(
      isDry ? { id, job_name, state, run_id: null, error: null } : await retryOne(client, run, flags.note ?? null),
    );
  }
  await emit(context, { items, dry_run: isDry }, () => {
    writeTable(
      context,
      items,
      [
        { title: 'STATE', isState: true, text: (item) => item.state },
        { title: 'JOB', text: (item) => item.job_name },
        { title: 'RUN', text: (item) => item.id },
        { title: 'AGAIN AS', text: (item) => item.run_id ?? item.error ?? '' },
      ],
      'No run failed in that time.',
    );
    if (isDry && items.length > 0) tell(context, `Would run ${items.length} again. Leave out --dry-run to do it.`);
  });
  if (items.some(({ error }) => error !== null)) process.exitCode = exitStatus.failed;
}

function againOf({ note, reset, at, param, withDownstream }: RetryFlags): RetryRequest {
  const given = parametersOf(param);
  return {
    note: note ?? null,
    ...(given === undefined ? {} : { custom_parameters: given }),
    ...(reset === true ? { reset_failure_count: true } : {}),
    ...(at === undefined ? {} : { at }),
    ...(withDownstream === true ? { with_downstream: true } : {}),
  };
}

/** `jtp runs retry RUN`, and `--failed` for all that went wrong lately. */
export function addRetryCommand(runs: Command, context: () => Context): void {
  runs
    .command('retry [run]')
    .description('Run the same again, as a new run; with --failed all that failed lately.')
    .option('--note <text>', 'why, for whoever looks later')
    .option(...parameterOption)
    .option('--reset', 'let failures of its job count from now on; one that was stopped by them goes on')
    .option('--at <instant>', 'not before, RFC 3339')
    .option('--with-downstream', 'also what waits for it; one that failed in a chain goes on with that in any case')
    .option('--failed', 'every failed, timed-out or lost run instead of one')
    .option('--since <time>', 'with --failed: ended within this time, 24h when absent')
    .option('--job <job>', 'with --failed: only of this job')
    .option('--dry-run', 'with --failed: only say which')
    .option(...repeatOption)
    .action(async (id: string | undefined, flags: RetryFlags) => {
      if (flags.failed === true && flags.param !== undefined)
        throw new CommandError(exitStatus.usage, '-p is for one run; --failed runs each with its own values.');
      if (flags.failed === true && flags.withDownstream === true)
        throw new CommandError(
          exitStatus.usage,
          '--with-downstream is for one run; --failed goes on with their chains.',
        );
      if ((id === undefined) === (flags.failed !== true))
        throw new CommandError(exitStatus.usage, 'Name one run, or use --failed.', 'Look with: jtp runs ls');
      await withConnection(context(), async ({ client }) => {
        if (id === undefined) {
          await retryMany(context(), client, flags);
          return;
        }
        const answer = await client.retryRun(
          { params: { id: await findRunId(client, id) }, body: againOf(flags) },
          { headers: repeatHeaders(flags) },
        );
        await emit(context(), answer, () => context().terminal.stdout.write(`${answer.run_id}\n`));
      });
    });
}
