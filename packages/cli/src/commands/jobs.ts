import { Option, type Command } from 'commander';
import type { Client, Job, JobInput, JobPatch, JobQuery, ScheduleInput } from 'job-trigger-contract';
import { configOf } from '../set-flags.ts';
import { wrongFlag } from '../exit-status.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { copyOf } from '../definition.ts';
import { dependsOnOf, dependsOptions, type DependsFlags } from '../depends-flag.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { firstFound } from '../first-found.ts';
import { findJob } from '../find-job.ts';
import { writeFacts, type Fact } from '../output/facts.ts';
import { readDefinition } from '../definition-file.ts';
import { writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';
import { editDocument } from '../edit-document.ts';
import { confirmed } from '../confirm.ts';
import { repeatHeaders, repeatOption } from '../repeat-key.ts';
import { actOnJobs, isOne } from './bulk.ts';
import { addFailureCommands, stoppedText } from './failures.ts';
import { addLedgerCommands } from './ledger.ts';
import { addSharingCommands } from './sharing.ts';

/** The zone of the schedule that is due next: what `--tz job` shows it in. */
function zoneOfNext(job: Job): string | undefined {
  return job.schedules.find(({ next_due_at }) => next_due_at === job.next_due_at)?.timezone;
}

function columns(context: Context): readonly Column<Job>[] {
  const times = timesOf(context);
  return [
    { title: 'NAME', text: (job) => job.name },
    { title: 'STATUS', isState: true, text: (job) => job.status },
    {
      title: 'SCHEDULE',
      cut: 'first',
      text: (job) => job.schedules.map((schedule) => schedule.description).join('; ') || 'Manual',
    },
    { title: times.title('NEXT'), text: (job) => times.next(job.next_due_at, zoneOfNext(job)) },
    { title: 'LAST', text: (job) => job.last_run?.state ?? '' },
    { title: 'ID', wide: true, cut: 'never', text: (job) => job.id },
  ];
}

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

interface ListFlags {
  readonly search?: string;
  readonly status?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly deleted?: boolean;
  readonly next?: string;
}

function listQuery(flags: ListFlags): Partial<JobQuery> {
  const { deleted, next, sort = next === undefined ? undefined : 'next', ...rest } = flags;
  const sorts: Readonly<Record<string, string>> = {
    next: 'next_due_at',
    created: '-created_at',
    updated: '-updated_at',
  };
  return {
    ...rest,
    ...(sort === undefined ? {} : { sort: sorts[sort] ?? sort }),
    ...(deleted === true ? { deleted: 'true' } : {}),
  } as Partial<JobQuery>;
}

/** What an empty list says: a filter may hide jobs, or there are none. */
function whyNone({ deleted, sort: _sort, limit: _limit, ...filters }: ListFlags): string {
  if (Object.keys(filters).length > 0) return 'No jobs match. Clear a filter or run: jtp jobs create';
  return deleted === true ? 'No job is deleted.' : 'No jobs yet. Create one with: jtp jobs create -f job.yaml';
}

type JobPage = Awaited<ReturnType<Client['listJobs']>>;

/** Sorted by next due, a page ends where the span does. */
function dueWithin(page: JobPage, until: number): JobPage {
  const items = page.items.filter(({ next_due_at: next }) => next !== null && Date.parse(next) <= until);
  return { ...page, items, next_cursor: items.length < page.items.length ? null : page.next_cursor };
}

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
  jobs
    .command('ls')
    .description('List jobs.')
    .option('--search <text>', 'part of the name')
    .option('--status <status>', 'for example failed, paused, active')
    .option('--type <type>', 'script, command, http, function, or that of a plugin')
    .option('--tag <tag>', 'jobs that carry this tag')
    .option('--sort <field>', 'name, next, created, updated')
    .option('--next <time>', 'only jobs due within this time, for example 1h; soonest first')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .option('--deleted', 'deleted jobs instead')
    .action(async (flags: ListFlags) => {
      const within = flags.next === undefined ? null : parseDuration(flags.next, '--next');
      const listed = await withConnection(context(), ({ client }) => firstFound(client, listQuery(flags)));
      const page = within === null ? listed : dueWithin(listed, Date.now() + within);
      await emit(context(), page, () => writeTable(context(), page.items, columns(context()), whyNone(flags)));
    });
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
