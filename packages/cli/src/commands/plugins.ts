import type { Command } from 'commander';
import type { JobTypeShape, Plugin, ProvisionOutcome } from 'job-trigger-contract';
import { loadPlugins } from 'job-trigger-core';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { writeTable } from '../output/table.ts';
import { readConfig } from '../settings-source.ts';

/** A line of the list: a type that a plugin adds, or a plugin that adds none. */
interface Listed extends Partial<JobTypeShape> {
  readonly id: string;
  readonly source: string | null;
  readonly problem: string | null;
}

function listedOf(types: readonly JobTypeShape[], plugins: readonly Plugin[]): readonly Listed[] {
  const sources = new Map(plugins.flatMap(({ source, types: ids }) => ids.map((id) => [id, source] as const)));
  const added = types
    .filter(({ origin }) => origin !== 'built_in')
    .map((type): Listed => ({ ...type, source: sources.get(type.id) ?? null, problem: type.cannot_run }));
  const missing = plugins.flatMap(({ source, problem }): Listed[] =>
    problem === null ? [] : [{ id: '', source, problem }],
  );
  return [...added, ...missing];
}

const columns = [
  { title: 'TYPE', text: ({ id }: Listed) => id || '-' },
  { title: 'LABEL', text: ({ label }: Listed) => label ?? '' },
  { title: 'USUALLY', text: (type: Listed) => type.frequency_text ?? '' },
  { title: 'FROM', text: ({ source }: Listed) => source ?? 'code' },
  { title: 'STATE', text: ({ problem }: Listed) => problem ?? 'loaded' },
];

/** What each source holds, as this machine finds it; nothing is opened or saved. */
async function check(context: Context, named: readonly string[]): Promise<readonly Plugin[]> {
  const { terminal, flags } = context;
  const sources = named.length > 0 ? named : (await readConfig(terminal, flags)).values.plugins;
  const search = { nodePath: process.execPath, path: terminal.env['PATH'] ?? '' };
  const found = await loadPlugins({ sources, cwd: terminal.cwd, ...search });
  return found.plugins.map((plugin) => {
    const cannot = plugin.types.flatMap((id) => found.get(id)?.cannotRun ?? []);
    return { ...plugin, types: [...plugin.types], problem: plugin.problem ?? cannot[0] ?? null };
  });
}

type OutcomeLine = ProvisionOutcome['jobs'][number] & { readonly type: string };
const becameWords: Readonly<Record<OutcomeLine['became'], string>> = {
  created: 'created',
  changed: 'changed',
  removed: 'removed, to the bin',
  unchanged: 'unchanged',
  left: 'left alone: a person took it over',
  refused: 'refused',
};

const outcomeColumns: readonly { readonly title: string; readonly text: (line: OutcomeLine) => string }[] = [
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'SUBJECT', text: ({ subject }) => subject },
  { title: 'JOB', text: ({ name }) => name },
  { title: 'BECAME', text: ({ became, message }) => message ?? becameWords[became] },
];

/** Tells what became of every job; a plugin or a job that failed makes the command fail. */
async function tellOutcomes(context: Context, items: readonly ProvisionOutcome[]): Promise<void> {
  await emit(context, { items }, () => {
    const lines = items.flatMap(({ type, jobs }) => jobs.map((job) => ({ ...job, type })));
    writeTable(context, lines, outcomeColumns, 'No plugin asks for jobs.');
    for (const { type, problem } of items) if (problem !== null) tell(context, `${type}: ${problem}`);
  });
  const failed = items.some(({ problem, jobs }) => problem !== null || jobs.some(({ became }) => became === 'refused'));
  if (failed) process.exitCode = exitStatus.failed;
}

/** Commands for the plugins that add job types. */
export function addPluginCommands(program: Command, context: () => Context): void {
  const plugins = program.command('plugins').description('What adds types of jobs.');
  plugins
    .command('ls')
    .description('List the job types that plugins add, and the plugins that cannot be used.')
    .action(async () => {
      const items = await withConnection(context(), async ({ client }) => {
        const [types, found] = await Promise.all([client.listJobTypes(), client.listPlugins()]);
        return listedOf(types.items, found.items);
      });
      const none = 'No plugins. Name them in the setting plugins: see docs/how-to/write-a-plugin.md';
      await emit(context(), { items }, () => writeTable(context(), items, columns, none));
    });
  plugins
    .command('check [plugins...]')
    .description(
      'Read plugins as a start would, those of the settings when none is named. Exit status 1 when one fails.',
    )
    .action(async (named: string[]) => {
      const items = await check(context(), named);
      await emit(context(), { items }, () => {
        for (const { source, types, problem } of items)
          context().terminal.stdout.write(
            problem === null ? `ok    ${source}: ${types.join(', ')}\n` : `FAIL  ${source}: ${problem}\n`,
          );
        if (items.length === 0) tell(context(), 'Nothing to check: the setting plugins names none.');
      });
      process.exitCode = items.every(({ problem }) => problem === null) ? exitStatus.done : exitStatus.failed;
    });
  plugins
    .command('provision [types...]')
    .description('Ask plugins for the jobs there are to be, and make it so. Exit status 1 when one is refused.')
    .action(async (types: string[]) => {
      const body = types.length === 0 ? {} : { types };
      const { items } = await withConnection(context(), ({ client }) => client.provision({ body }));
      await tellOutcomes(context(), items);
    });
}
