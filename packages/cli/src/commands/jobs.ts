import { Option, type Command } from 'commander';
import type { Client, Job, JobInput, JobPatch, ScheduleInput } from 'job-trigger-contract';
import { configOf } from '../set-flags.ts';
import { wrongFlag } from '../exit-status.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { copyOf } from '../definition.ts';
import { dependsOnOf, dependsOptions, type DependsFlags } from '../depends-flag.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { writeFacts, type Fact } from '../output/facts.ts';
import { readDefinition } from '../definition-file.ts';
import { writeTable } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';
import { editDocument } from '../edit-document.ts';
import { confirmed } from '../confirm.ts';
import { repeatHeaders, repeatOption } from '../repeat-key.ts';
import { actOnJobs, isOne } from './bulk.ts';
import { addJobList, zoneOfNext } from './job-list.ts';
import { addFailureCommands, stoppedText } from './failures.ts';
import { addLedgerCommands } from './ledger.ts';
import { addSharingCommands } from './sharing.ts';

/** What a job is told to do, in one line. */
function target({ config }: Job): string {
  const { script, args, argv, method, url, name } = config as Readonly<Record<string, unknown>>;
  const words = [script, args, argv, method, url, name].flat().filter((word) => word !== undefined && word !== null);
  return words.map(String).join(' ');
}

function pauseText({ by, at, until, reason }: NonNullable<Job['paused']>, times: Times): string {
  const end = until === null ? null : `until ${times.text(until)}`;
  return [by ?? 'the system', times.text(at), end, reason].filter((part) => part !== null).join(', ');
}

function factsOf(job: Job, times: Times): readonly Fact[] {
  const { paused, last_run: last } = job;
  return [
    ['name', job.name],
    ['status', job.status],
    ['description', job.description],
    [job.type, target(job)],
    ['schedule', job.schedules.map(({ description }) => description).join('; ') || 'Manual'],
    ['next', job.next_due_at === null ? job.next_text : times.next(job.next_due_at, zoneOfNext(job))],
    ['paused', paused === null ? null : pauseText(paused, times)],
    ['last run', last === null ? 'never' : `${last.state} ${times.text(last.ended_at ?? last.created_at)} ${last.id}`],
    ['last error', job.last_error],
    ['stopped', stoppedText(job.intervention, times)],
    ['what to do', job.intervention?.recommended_action.text ?? null],
    ['tags', job.tags.join(', ')],
    ['queue', `${job.queue}, ${job.priority}`],
    ['overlap', job.overlap],
    ['waits for', job.depends_on === null ? null : `${job.depends_on.mode} of ${job.depends_on.jobs.join(', ')}`],
    ['version', String(job.version)],
    ['id', job.id],
  ];
}

interface ResumeFlags {
  readonly onResume?: 'none' | 'last' | 'all';
}

const onResumeOption = (): Option =>
  new Option('--on-resume <policy>', 'run of the pause, once it ends: nothing, its newest instant or all').choices([
    'none',
    'last',
    'all',
  ]);

function refuseOnResume({ onResume }: ResumeFlags): void {
  if (onResume !== undefined) throw new CommandError(exitStatus.usage, '--on-resume is for one job at a time.');
}

const resumption = ({ onResume }: ResumeFlags) => (onResume === undefined ? {} : { on_resume: onResume });

async function told(context: Context, job: Job, what: string): Promise<void> {
  await emit(context, job, () =>
    tell(
      context,
      `${what} ${job.name} (${job.id}). ${job.next_due_at === null ? (job.next_text ?? '') : `Next run ${job.next_due_at}.`}`,
    ),
  );
}

interface CreateFlags extends DependsFlags {
  readonly file?: string;
  readonly name?: string;
  readonly type?: string;
  readonly set: readonly string[];
  readonly schedule?: string;
  readonly idempotencyKey?: string;
}

/** The job that file and flags describe together; the server checks it. */
async function newJobOf(context: Context, client: Client, flags: CreateFlags): Promise<JobInput> {
  const { file, name, type } = flags;
  if (file === undefined && (name === undefined || type === undefined))
    throw wrongFlag('-f', 'Give a document, or --name and --type.');
  const document = file === undefined ? { config: {} } : await readDefinition(context, file);
  const own = await fieldsOf(client, flags, document as Partial<JobInput>);
  // Without any it goes as it stands, whatever it is: the server says what is wrong with it.
  return Object.keys(own).length === 0 ? (document as JobInput) : ({ ...(document as object), ...own } as JobInput);
}

/** What the flags say, over a document. */
async function fieldsOf(client: Client, flags: CreateFlags, document: Partial<JobInput>): Promise<Partial<JobInput>> {
  const { name, type, set, schedule } = flags;
  return {
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(set.length === 0 ? {} : { config: await configWith(client, set, { ...document, ...(type && { type }) }) }),
    ...(schedule === undefined ? {} : { schedules: [await scheduleOf(client, schedule)] }),
    ...(await dependsOnOf(client, flags)),
  };
}

async function configWith(
  client: Client,
  set: readonly string[],
  { type, config = {} }: Partial<JobInput>,
): Promise<Record<string, unknown>> {
  const { items } = await client.listJobTypes();
  return { ...config, ...configOf(set, items.find(({ id }) => id === type)?.schema ?? {}) };
}

async function scheduleOf(client: Client, text: string): Promise<ScheduleInput> {
  const { schedule, question } = await client.parseSchedule({ body: { text } });
  if (schedule === null) throw wrongFlag('--schedule', question ?? `'${text}' is not understood.`);
  return schedule as ScheduleInput;
}

export function addJobCommands(program: Command, context: () => Context): void {
  const jobs = program.command('jobs').description('What to do, and when.');
  const [dependsOn, dependsMode] = dependsOptions();
  addJobList(jobs, context);
  jobs
    .command('get <job>')
    .description('One job by name or id.')
    .action(async (name: string) => {
      const job = await withConnection(context(), ({ client }) => findJob(client, name));
      await emit(context(), job, () => writeFacts(context(), factsOf(job, timesOf(context()))));
    });
  jobs
    .command('create')
    .description('Create a job: from a YAML or JSON document, or of a type by its configuration.')
    .option('-f, --file <file>', 'the document; - reads standard input')
    .option('--name <name>', 'of the job; before the one of the document')
    .option('--type <id>', 'script, http, or another of jtp plugins ls')
    .option(
      '--set <field=value>',
      'a field of its configuration, field:=JSON, or all of it as a JSON object; again for others',
      (one: string, before: readonly string[]) => [...before, one],
      [] as readonly string[],
    )
    .option('--schedule <words>', 'when, as in "every day at 9:00"; what its type usually has when absent')
    .addOption(dependsOn)
    .addOption(dependsMode)
    .option(...repeatOption)
    .action(async (flags: CreateFlags) => {
      const options = { headers: repeatHeaders(flags) };
      const job = await withConnection(context(), async ({ client }) => {
        const body = await newJobOf(context(), client, flags);
        return client.createJob({ body }, options);
      });
      await told(context(), job, 'Created');
    });
  jobs
    .command('edit <job>')
    .description('Change a job: in $EDITOR, or by a document with -f.')
    .option('-f, --file <file>', 'fields to change; absent ones stay, null clears')
    .action(async (name: string, flags: { file?: string }) => {
      await withConnection(context(), async ({ client }) => {
        const job = await findJob(client, name);
        const send = (body: JobPatch, version = job.version) =>
          client.patchJob({ params: { id: job.id }, body }, { headers: { 'if-match': `"${version}"` } });
        if (flags.file !== undefined) {
          await told(context(), await send((await readDefinition(context(), flags.file)) as JobPatch), 'Changed');
          return;
        }
        const changed = await editDocument(context().terminal, job, send);
        if (changed === null) tell(context(), 'Nothing was changed.');
        else await told(context(), changed, 'Changed');
      });
    });
  jobs
    .command('rm [jobs...]')
    .description('Delete jobs. They can be restored for 30 days, unless purged.')
    .option('--tag <tag>', 'all that carry it, instead of names')
    .option('--purge', 'remove its history at once')
    .option('--cancel-running', 'also cancel a run that is live')
    .option('--force', 'also when other jobs wait for it: they do so no longer')
    .action(
      async (names: string[], flags: { purge?: boolean; cancelRunning?: boolean; force?: boolean; tag?: string }) => {
        const [name = ''] = names;
        const one = isOne({ names, tag: flags.tag });
        if (!one && [flags.purge, flags.cancelRunning, flags.force].includes(true))
          throw new CommandError(exitStatus.usage, '--purge, --cancel-running and --force are for one job at a time.');
        await withConnection(context(), async ({ client }) => {
          if (!one) {
            const words = { done: 'deleted', question: 'Delete' };
            await actOnJobs(context(), client, { names, tag: flags.tag }, { act: 'delete' }, words);
            return;
          }
          const job = await findJob(client, name);
          await confirmed(context(), `Delete job ${job.name}${flags.purge === true ? ' with its whole history' : ''}?`);
          const query = {
            ...(flags.purge === true ? { purge: 'true' as const } : {}),
            ...(flags.cancelRunning === true ? { cancel_running: 'true' as const } : {}),
            ...(flags.force === true ? { force: 'true' as const } : {}),
          };
          await client.deleteJob({ params: { id: job.id }, query });
          await emit(context(), { deleted: job.id }, () => tell(context(), `Deleted ${job.name}.`));
        });
      },
    );
  jobs
    .command('pause [jobs...]')
    .description('Stop their schedules until resumed.')
    .option('--tag <tag>', 'all that carry it, instead of names')
    .option('--until <instant>', 'resume by itself then, RFC 3339')
    .option('--reason <text>', 'why, for whoever looks later')
    .addOption(onResumeOption())
    .action(async (names: string[], flags: { until?: string; reason?: string; tag?: string } & ResumeFlags) => {
      const [name = ''] = names;
      if (!isOne({ names, tag: flags.tag })) {
        refuseOnResume(flags);
        const act = { act: 'pause' as const, until: flags.until ?? null, reason: flags.reason ?? null };
        await withConnection(context(), ({ client }) =>
          actOnJobs(context(), client, { names, tag: flags.tag }, act, { done: 'paused' }),
        );
        return;
      }
      const job = await withConnection(context(), async ({ client }) =>
        client.deactivateJob({
          params: { id: (await findJob(client, name)).id },
          body: { until: flags.until ?? null, reason: flags.reason ?? null, ...resumption(flags) },
        }),
      );
      await told(context(), job, 'Paused');
    });
  jobs
    .command('resume [jobs...]')
    .description('Start their schedules again.')
    .option('--tag <tag>', 'all that carry it, instead of names')
    .addOption(onResumeOption())
    .action(async (names: string[], flags: ResumeFlags & { tag?: string }) => {
      const [name = ''] = names;
      if (!isOne({ names, tag: flags.tag })) {
        refuseOnResume(flags);
        await withConnection(context(), ({ client }) =>
          actOnJobs(context(), client, { names, tag: flags.tag }, { act: 'resume' }, { done: 'resumed' }),
        );
        return;
      }
      const job = await withConnection(context(), async ({ client }) =>
        client.activateJob({ params: { id: (await findJob(client, name)).id }, body: resumption(flags) }),
      );
      await told(context(), job, 'Resumed');
    });
  jobs
    .command('parameters <job>')
    .description('Values that it was run with lately, the last used first.')
    .action(async (name: string) => {
      const answer = await withConnection(context(), async ({ client }) =>
        client.jobParameters({ params: { id: (await findJob(client, name)).id } }),
      );
      await emit(context(), answer, () => {
        const times = timesOf(context());
        writeTable(
          context(),
          answer.items,
          [
            {
              title: 'VALUES',
              cut: 'first',
              text: ({ values }) =>
                Object.entries(values)
                  .map(([key, value]) => `${key}=${String(value)}`)
                  .join(' '),
            },
            { title: 'RUNS', text: ({ runs }) => String(runs) },
            { title: times.title('LAST'), text: ({ last_run: last }) => times.text(last.created_at) },
            { title: 'STATE', isState: true, text: ({ last_run: last }) => last.state },
            { title: 'RUN', cut: 'never', text: ({ last_run: last }) => last.id },
          ],
          'No run of it was given values.',
        );
      });
    });
  jobs
    .command('restore <job>')
    .description('Bring a deleted job back, by name or id.')
    .action(async (name: string) => {
      const job = await withConnection(context(), async ({ client }) =>
        client.restoreJob({ params: { id: (await findJob(client, name, { deleted: true })).id } }),
      );
      await told(context(), job, 'Restored');
    });
  jobs
    .command('clone <job>')
    .description('A new job with the same definition. It arrives paused.')
    .option('--name <name>', 'of the new job; “<job> copy” when absent')
    .option('--active', 'let its schedules begin at once')
    .action(async (name: string, flags: { name?: string; active?: boolean }) => {
      const made = await withConnection(context(), async ({ client }) => {
        const job = await findJob(client, name);
        const body = copyOf(job, { name: flags.name ?? `${job.name} copy`, active: flags.active === true });
        return client.createJob({ body });
      });
      await told(context(), made, 'Created');
    });
  addLedgerCommands(jobs, context);
  addSharingCommands(jobs, context);
  addFailureCommands(jobs, context);
}
