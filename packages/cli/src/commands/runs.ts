import type { Command } from 'commander';
import {
  filledPage,
  ProblemError,
  type Client,
  type JobInput,
  type Run,
  type RunDetail,
  type RunQuery,
} from 'job-trigger-contract';
import { chainFacts } from '../chain-facts.ts';
import { emit, tell, timeoutOf, withConnection, type Connection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { readDefinition } from '../definition-file.ts';
import { explanationLines } from '../explanation-lines.ts';
import { findJob } from '../find-job.ts';
import { findRunId } from '../find-run.ts';
import { followLog } from '../follow-log.ts';
import { writeFacts, type Fact } from '../output/facts.ts';
import { parameterOption, parametersOf } from '../parameter-flag.ts';
import { printable, writePage, type Column } from '../output/table.ts';
import { durationText, timesOf, type Times } from '../output/when.ts';
import { repeatHeaders, repeatOption } from '../repeat-key.ts';
import { createNarrator, waitingWords } from '../tell-waiting.ts';
import { statusOfRun, waitForRun } from '../wait-for-run.ts';
import { cancelRuns } from './bulk.ts';
import { addCompareCommand } from './compare.ts';
import { addRetryCommand } from './retry.ts';

interface RunFlags {
  readonly file?: string;
  readonly param?: readonly string[];
  readonly wait?: boolean;
  readonly follow?: boolean;
  readonly allowInactive?: boolean;
  readonly bypass?: boolean;
  readonly withDownstream?: boolean;
  readonly priority?: 'critical' | 'high' | 'medium' | 'low';
  readonly note?: string;
  readonly idempotencyKey?: string;
}

const commonOf = ({ priority, note }: RunFlags) => ({
  ...(priority === undefined ? {} : { priority }),
  ...(note === undefined ? {} : { note }),
});

function refuseForDraft({ allowInactive, withDownstream }: RunFlags): void {
  if (allowInactive === true)
    throw new CommandError(exitStatus.usage, '--allow-inactive: a job that is not saved is never paused.');
  if (withDownstream === true)
    throw new CommandError(exitStatus.usage, '--with-downstream: nothing waits for a job that is not saved.');
}

/** Asks for the run: of a job, or of a definition that is not saved. @returns what to call it */
async function accept(context: Context, client: Client, what: string | undefined, flags: RunFlags) {
  const given = parametersOf(flags.param);
  const common = commonOf(flags);
  const options = { headers: repeatHeaders(flags) };
  if (flags.file !== undefined) {
    if (what !== undefined)
      throw new CommandError(exitStatus.usage, `-f: give a file or the name of a job, not both ('${what}').`);
    refuseForDraft(flags);
    const job = (await readDefinition(context, flags.file)) as JobInput;
    const body = { ...job, ...common, ...(given === undefined ? {} : { values: given }) };
    return { name: `${flags.file} (not saved)`, ...(await client.runDraft({ body }, options)) };
  }
  if (what === undefined) throw new CommandError(exitStatus.usage, 'Name the job to run, or a file with -f.');
  const job = await findJob(client, what);
  const body = {
    ...common,
    ...(given === undefined ? {} : { parameters: given }),
    ...wishes(flags),
  };
  const accepted = await client
    .runJob({ params: { id: job.id }, body }, options)
    .catch((error: unknown) => tellBlocker(context, client, job.id, error));
  return { name: job.name, ...accepted };
}

function wishes({ allowInactive, bypass, withDownstream }: RunFlags) {
  return {
    ...(withDownstream === true ? { with_downstream: true } : {}),
    ...(allowInactive === true ? { allow_inactive: true } : {}),
    ...(bypass === true ? { bypass: true } : {}),
  };
}

/** Where another run stands in the way and waits, tells why it does. @throws the refusal itself, always */
async function tellBlocker(context: Context, client: Client, jobId: string, refusal: unknown): Promise<never> {
  if (refusal instanceof ProblemError && refusal.problem.code === 'already_running') {
    const words = await waitingWords(client, (run) => run.job_id === jobId);
    if (words !== null) tell(context, words);
  }
  throw refusal;
}

async function runJob(
  context: Context,
  connection: Connection,
  what: string | undefined,
  flags: RunFlags,
): Promise<void> {
  const { client } = connection;
  const { name, ...accepted } = await accept(context, client, what, flags);
  if (flags.wait === true || flags.follow === true) return watch(context, connection, accepted.run_id, flags);
  const waits = context.flags.json === true ? [] : await whyItWaits(client, accepted.run_id);
  await emit(context, accepted, () => {
    context.terminal.stdout.write(`${accepted.run_id}\n`);
    tell(context, `Queued a run of ${name}. Watch it with: jtp logs -f ${accepted.run_id}`);
    for (const line of waits) tell(context, timesOf(context).sentence(line));
  });
}

/** What keeps a new run from being taken, as its page says it; nothing where it has only to wait for its turn. */
async function whyItWaits(client: Client, id: string): Promise<readonly string[]> {
  const { state, why_state: why } = await client.getRun({ params: { id } });
  return state !== 'queued' || why === null || why.code === 'next_in_line' ? [] : explanationLines(why);
}

/** Until the run has ended, whose state is then the exit status. */
async function watch(context: Context, connection: Connection, id: string, flags: RunFlags): Promise<void> {
  const timeoutMs = timeoutOf(context);
  if (flags.follow === true) await followLog(context, connection, id, { timeoutMs });
  const narrator = createNarrator(context, connection.client);
  const run = await waitForRun(connection.client, id, { timeoutMs, each: (now) => narrator.hear(now) });
  if (flags.follow !== true || context.flags.json === true)
    await emit(context, run, () => context.terminal.stdout.write(`${run.id}\n`));
  const why = run.failure === null ? '' : `: ${run.failure.message}`;
  tell(context, `${run.state} after ${durationText(run.duration_seconds) || 'no time'}${why}`);
  process.exitCode = statusOfRun(run);
}

function columns(context: Context): readonly Column<Run>[] {
  const times = timesOf(context);
  return [
    { title: 'STATE', isState: true, text: (run) => run.state },
    { title: 'JOB', text: (run) => run.job_name },
    { title: 'TRIGGER', text: (run) => run.trigger },
    { title: times.title('CREATED'), text: (run) => times.text(run.created_at) },
    { title: 'RAN', text: (run) => durationText(run.duration_seconds) },
    { title: 'REASON', cut: 'first', text: (run) => times.sentence(run.reason_text ?? '') },
    { title: 'ID', cut: 'never', text: (run) => run.id },
  ];
}

const whyOf = (run: RunDetail, times: Times): readonly Fact[] => [
  ['why', times.sentence(run.why)],
  ['reason', run.reason_text === null ? null : times.sentence(run.reason_text)],
];

function itemsText(items: Readonly<Record<string, number>> | null): string | null {
  return items === null
    ? null
    : Object.entries(items)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
}

/** The last that it told of how far it is. */
function progressText({ progress }: RunDetail): string | null {
  if (progress === null) return null;
  const percent = progress.percent === null ? null : `${progress.percent} %`;
  return [percent, progress.phase, progress.message, itemsText(progress.items)]
    .filter((part) => part !== null)
    .join(', ');
}

function usedText({ memory_peak_mb: memory, cpu_seconds: cpu }: RunDetail['attempts'][number]): string | null {
  const parts = [
    memory === null ? null : `${memory} MB memory at most`,
    cpu === null ? null : `${cpu} s of processor time`,
  ];
  return parts.filter((part) => part !== null).join(', ') || null;
}

function cancelText({ cancel_request: asked }: RunDetail, times: Times): string | null {
  if (asked === null) return null;
  const by = asked.by === null ? '' : ` by ${asked.by}`;
  return `asked for${by} at ${times.text(asked.at)}${asked.note === null ? '' : `: ${asked.note}`}`;
}

function stoppingText({ cancel_request: asked }: RunDetail, times: Times): string | null {
  if (asked === null || asked.term_at === null) return null;
  return `SIGTERM at ${times.text(asked.term_at)}, SIGKILL at ${times.text(asked.kill_at)} for what had not ended`;
}

function factsOf(run: RunDetail, times: Times): readonly Fact[] {
  return [
    ['state', run.state],
    ['job', `${run.job_name}, version ${run.job_version}`],
    ...whyOf(run, times),
    ['note', run.note],
    ['cancel', cancelText(run, times)],
    ['stopping', stoppingText(run, times)],
    ['due', run.due_at === null ? null : times.text(run.due_at)],
    ['created', times.text(run.created_at)],
    ['started', run.started_at === null ? null : times.text(run.started_at)],
    ['ended', run.ended_at === null ? null : times.text(run.ended_at)],
    ['ran', durationText(run.duration_seconds)],
    ['exit', run.exit_code === null ? run.signal : String(run.exit_code)],
    ['failure', run.failure?.message ?? null],
    ['free again', run.failure === null || run.failure.resets_at === null ? null : times.text(run.failure.resets_at)],
    ['worker', run.worker_name],
    ...chainFacts(run),
    ['progress', progressText(run)],
    ['items', itemsText(run.items)],
    ['artifacts', run.artifact_count === 0 ? null : `${run.artifact_count}: jtp artifacts ls ${run.id}`],
    ...run.attempts.map((attempt): Fact => [
      `attempt ${attempt.attempt}`,
      [attempt.outcome, durationText(attempt.duration_seconds), attempt.reason_text].filter(Boolean).join(', '),
    ]),
    ...run.late_results.map((late): Fact => [
      'late result',
      `${late.outcome}${late.exit_code === null ? '' : `, exit ${late.exit_code}`} at ${times.text(late.at)}: not applied`,
    ]),
    ...run.attempts.map((attempt): Fact => [
      run.attempts.length < 2 ? 'used' : `used by ${attempt.attempt}`,
      usedText(attempt),
    ]),
    ...run.attempts.map((attempt): Fact => [
      run.attempts.length < 2 ? 'processes' : `processes of ${attempt.attempt}`,
      attempt.processes?.text ?? null,
    ]),
    ['id', run.id],
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
    .command('run [job]')
    .description('Run a job now, or try a definition once without saving it (-f).')
    .option('-f, --file <file>', 'a YAML or JSON document as for jobs create; nothing is saved; - reads standard input')
    .option(...parameterOption)
    .option('--wait', 'until it has ended; the exit status tells how')
    .option('--follow', 'show its output while it runs')
    .option('--allow-inactive', 'also when the job is paused')
    .option('--bypass', 'leave a job that failures have stopped as it is, unless this run succeeds')
    .option('--with-downstream', 'also what waits for it, as each set of prerequisites is met')
    .option('--priority <priority>', 'critical, high, medium or low')
    .option('--note <text>', 'why, for whoever looks later')
    .option(...repeatOption)
    .action((name: string | undefined, flags: RunFlags) =>
      withConnection(context(), (connection) => runJob(context(), connection, name, flags)),
    );
}

/** @returns the noun, for who adds verbs to it */
export function addRunCommands(program: Command, context: () => Context): Command {
  addRunCommand(program, context);
  const runs = program.command('runs').description('What was carried out, and how it ended.');
  runs
    .command('ls')
    .description('List runs, newest first.')
    .option('--job <job>', 'name or id')
    .option('--state <states>', 'for example failed,timed_out')
    .option('--trigger <triggers>', 'for example schedule,manual')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (flags: ListFlags) => {
      const page = await withConnection(context(), async ({ client }) => {
        const { job, ...rest } = flags;
        const wanted = {
          ...rest,
          ...(job === undefined ? {} : { job_id: (await findJob(client, job)).id }),
        } as Partial<RunQuery>;
        return filledPage((query) => client.listRuns({ query }), wanted);
      });
      await emit(context(), page, () => writePage(context(), page, columns(context()), 'No runs match.'));
    });
  runs
    .command('get <run>')
    .description('One run with its attempts, and why it ran.')
    .option('--why', 'only why it ran, and what it waits for')
    .action(async (given: string, flags: { why?: boolean }) => {
      const run = await withConnection(context(), async ({ client }) =>
        client.getRun({ params: { id: await findRunId(client, given) } }),
      );
      if (flags.why !== true) {
        await emit(context(), run, () => writeFacts(context(), factsOf(run, timesOf(context()))));
        return;
      }
      const { why, reason, reason_text, why_ran, why_state } = run;
      await emit(context(), { why, reason, reason_text, why_ran, why_state }, () => {
        const told = [why_ran, ...(why_state === null ? [] : [why_state])].flatMap(explanationLines);
        const times = timesOf(context());
        for (const line of told) context().terminal.stdout.write(`${printable(times.sentence(line))}\n`);
      });
    });
  runs
    .command('cancel <runs...>')
    .description('Cancel waiting or live runs.')
    .option('--note <text>', 'why, for whoever looks later')
    .action(async (all: string[], flags: { note?: string }) => {
      const [given = ''] = all;
      if (all.length > 1) {
        if (flags.note !== undefined) throw new CommandError(exitStatus.usage, '--note is for one run at a time.');
        await withConnection(context(), ({ client }) => cancelRuns(context(), client, all));
        return;
      }
      const answer = await withConnection(context(), async ({ client }) =>
        client.cancelRun({
          params: { id: await findRunId(client, given) },
          body: { note: flags.note ?? null },
        }),
      );
      await emit(context(), answer, () => tell(context(), `Cancelling ${answer.run_id}.`));
    });
  addRetryCommand(runs, context);
  addCompareCommand(runs, context);
  return runs;
}
