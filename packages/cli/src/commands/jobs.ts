import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Job, JobInput, JobPatch, JobQuery } from 'job-trigger-contract';
import { parse } from 'yaml';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { resolveFrom } from '../paths.ts';
import { writeTable, type Column } from '../output/table.ts';
import { whenText } from '../output/when.ts';
import { editDocument } from '../edit-document.ts';
import { confirmed } from '../confirm.ts';
import { addLedgerCommands } from './ledger.ts';

/** Reads a definition: a file, or standard input for `-`; YAML or JSON. */
export async function readDefinition(context: Context, file: string): Promise<unknown> {
  const text =
    file === '-'
      ? await context.terminal.readStdin()
      : await readFile(resolveFrom(context.terminal, file), 'utf8').catch(() => null);
  if (text === null) throw new CommandError(exitStatus.usage, `-f: ${file} cannot be read.`);
  try {
    return parse(text, { maxAliasCount: 20, schema: 'core' }) as unknown;
  } catch (error) {
    throw new CommandError(
      exitStatus.usage,
      `-f: ${file} is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}

function columns(context: Context): readonly Column<Job>[] {
  const now = Date.now();
  return [
    { title: 'NAME', text: (job) => job.name },
    { title: 'STATUS', text: (job) => job.status },
    { title: 'SCHEDULE', text: (job) => job.schedules.map((schedule) => schedule.description).join('; ') || 'Manual' },
    { title: 'NEXT (UTC)', text: (job) => whenText(context.terminal, job.next_due_at, now) },
    { title: 'LAST', text: (job) => job.last_run?.state ?? '' },
    { title: 'ID', text: (job) => job.id },
  ];
}

interface ListFlags {
  readonly search?: string;
  readonly status?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly deleted?: boolean;
}

function listQuery(flags: ListFlags): Partial<JobQuery> {
  const { deleted, sort, ...rest } = flags;
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

function told(context: Context, job: Job, what: string): void {
  emit(context, job, () =>
    tell(
      context,
      `${what} ${job.name} (${job.id}). ${job.next_due_at === null ? (job.next_text ?? '') : `Next run ${job.next_due_at}.`}`,
    ),
  );
}

export function addJobCommands(program: Command, context: () => Context): void {
  const jobs = program.command('jobs').description('What to do, and when.');
  jobs
    .command('ls')
    .description('List jobs.')
    .option('--search <text>', 'part of the name')
    .option('--status <status>', 'for example failed, paused, active')
    .option('--type <type>', 'script, command, http or function')
    .option('--tag <tag>')
    .option('--sort <field>', 'name, next, created, updated')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .option('--deleted', 'deleted jobs instead')
    .action(async (flags: ListFlags) => {
      const page = await withConnection(context(), ({ client }) => client.listJobs({ query: listQuery(flags) }));
      emit(context(), page, () =>
        writeTable(
          context().terminal,
          page.items,
          columns(context()),
          'No jobs match. Clear a filter or run: jtp jobs create',
        ),
      );
    });
  jobs
    .command('get <job>')
    .description('One job by name or id.')
    .action(async (name: string) => {
      const job = await withConnection(context(), ({ client }) => findJob(client, name));
      emit(context(), job, () => context().terminal.stdout.write(`${JSON.stringify(job, null, 2)}\n`));
    });
  jobs
    .command('create')
    .description('Create a job from a YAML or JSON document.')
    .requiredOption('-f, --file <file>', 'the document; - reads standard input')
    .action(async (flags: { file: string }) => {
      const body = (await readDefinition(context(), flags.file)) as JobInput;
      told(context(), await withConnection(context(), ({ client }) => client.createJob({ body })), 'Created');
    });
  jobs
    .command('edit <job>')
    .description('Change a job: in $EDITOR, or by a document with -f.')
    .option('-f, --file <file>', 'fields to change; absent ones stay, null clears')
    .action(async (name: string, flags: { file?: string }) => {
      await withConnection(context(), async ({ client }) => {
        const job = await findJob(client, name);
        const send = (body: JobPatch) =>
          client.patchJob({ params: { id: job.id }, body }, { headers: { 'if-match': `"${job.version}"` } });
        if (flags.file !== undefined) {
          told(context(), await send((await readDefinition(context(), flags.file)) as JobPatch), 'Changed');
          return;
        }
        const changed = await editDocument(context().terminal, job, send);
        if (changed === null) tell(context(), 'Nothing was changed.');
        else told(context(), changed, 'Changed');
      });
    });
  jobs
    .command('rm <job>')
    .description('Delete a job. It can be restored for 30 days, unless purged.')
    .option('--purge', 'remove its history at once')
    .option('--cancel-running', 'also cancel a run that is live')
    .action(async (name: string, flags: { purge?: boolean; cancelRunning?: boolean }) => {
      await withConnection(context(), async ({ client }) => {
        const job = await findJob(client, name);
        await confirmed(context(), `Delete job ${job.name}${flags.purge === true ? ' with its whole history' : ''}?`);
        const query = {
          ...(flags.purge === true ? { purge: 'true' as const } : {}),
          ...(flags.cancelRunning === true ? { cancel_running: 'true' as const } : {}),
        };
        await client.deleteJob({ params: { id: job.id }, query });
        emit(context(), { deleted: job.id }, () => tell(context(), `Deleted ${job.name}.`));
      });
    });
  jobs
    .command('pause <job>')
    .description('Stop its schedules until resumed.')
    .option('--until <instant>', 'resume by itself then, RFC 3339')
    .option('--reason <text>')
    .action(async (name: string, flags: { until?: string; reason?: string }) => {
      const job = await withConnection(context(), async ({ client }) =>
        client.deactivateJob({
          params: { id: (await findJob(client, name)).id },
          body: { until: flags.until ?? null, reason: flags.reason ?? null },
        }),
      );
      told(context(), job, 'Paused');
    });
  jobs
    .command('resume <job>')
    .description('Start its schedules again.')
    .action(async (name: string) => {
      const job = await withConnection(context(), async ({ client }) =>
        client.activateJob({ params: { id: (await findJob(client, name)).id } }),
      );
      told(context(), job, 'Resumed');
    });
  addLedgerCommands(jobs, context);
}
