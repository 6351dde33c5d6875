import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { SettingShape, SettingsChanged } from 'job-trigger-contract';
import { settingToWire } from 'job-trigger-contract/mapping';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { readConfig } from '../settings-source.ts';
import { findUser } from './users.ts';

const sqlite = /^sqlite:(?:\/\/)?(?!:memory:)(?<path>.+)$/;

/** As they are in force: where there is an installation, with what was changed on its page. */
async function settingsIn(context: Context): Promise<readonly SettingShape[]> {
  const { flags, terminal } = context;
  const isRemote = (flags.server ?? terminal.env['JOB_PORTAL_SERVER']) !== undefined;
  if (!isRemote) {
    const { list, values } = await readConfig(terminal, flags);
    const path = sqlite.exec(values.databaseUrl)?.groups?.['path'];
    // Looking at settings makes no installation where there is none.
    if (path !== undefined && !existsSync(path)) return list.map(settingToWire);
  }
  return (await withConnection(context, ({ client }) => client.settings())).items;
}

const shown = (value: unknown): string => printable(typeof value === 'string' ? value : JSON.stringify(value ?? null));

function goesAway({ deletes }: SettingsChanged): string | null {
  if (deletes === null) return null;
  const { runs, ledger, events } = deletes;
  if (runs + ledger + events === 0) return null;
  return `Would delete within the hour, for good: ${runs} runs with their output, ${ledger} rows of the ledger, ${events} events.`;
}

/** @param value null for what is written elsewhere, or the default */
async function changeCommon(context: Context, key: string, value: string | null, isDry: boolean): Promise<void> {
  const answer = await withConnection(context, async ({ client }) => {
    const body = { values: { [key]: value } };
    const trial = await client.changeSettings({ body: { ...body, dry_run: true } });
    if (isDry) return trial;
    const loss = goesAway(trial);
    if (loss !== null) await confirmed(context, `${loss} Change ${printable(key)}?`);
    return client.changeSettings({ body });
  });
  await emit(context, answer, () => {
    if (answer.dry_run) tell(context, goesAway(answer) ?? 'Deletes nothing. Nothing was changed.');
    for (const { value: now, source } of answer.dry_run ? [] : answer.items)
      tell(context, `${printable(key)} is ${shown(now)} (${source}). It counts everywhere within 5 s.`);
  });
}

async function changeOwn(context: Context, email: string, key: string, value: string | null): Promise<void> {
  const answer = await withConnection(context, async ({ client }) => {
    const { id } = await findUser(client, email);
    return client.changePersonSettings({ params: { id }, body: { values: { [key]: value } } });
  });
  await emit(context, answer, () => {
    const own = answer.items.find((setting) => setting.key === key);
    const from = own?.source === 'person' ? 'their own' : 'that of everybody';
    tell(context, `${printable(key)} is ${shown(own?.value)} for the jobs of ${printable(email)} (${from}).`);
  });
}

/** A setting, or all of a group: `engine` is every one that begins with `engine.`. */
function chosen<Setting extends { readonly key: string }>(
  items: readonly Setting[],
  wanted: string | undefined,
): readonly Setting[] {
  if (wanted === undefined) return items;
  const found = items.filter(({ key }) => key === wanted || key.startsWith(`${wanted}.`));
  if (found.length === 0)
    throw new CommandError(
      exitStatus.notFound,
      `There is no setting ${printable(wanted)}.`,
      'See them all with: jtp config show',
    );
  return found;
}

async function show(
  context: Context,
  wanted: string | undefined,
  flags: { readonly origin?: boolean; readonly for?: string },
): Promise<void> {
  const key: Column<{ readonly key: string }> = { title: 'KEY', text: (setting) => setting.key };
  if (flags.for !== undefined) {
    const email = flags.for;
    const own = await withConnection(context, async ({ client }) =>
      client.personSettings({ params: { id: (await findUser(client, email)).id } }),
    );
    const items = chosen(own.items, wanted);
    await emit(context, { ...own, items }, () =>
      writeTable(
        context,
        items,
        [key, { title: 'VALUE', text: ({ value }) => shown(value) }, { title: 'FROM', text: ({ source }) => source }],
        'No settings.',
      ),
    );
    return;
  }
  const items = chosen(await settingsIn(context), wanted);
  await emit(context, { items }, () =>
    writeTable(
      context,
      items,
      [
        key,
        { title: 'VALUE', text: ({ value }) => shown(value) },
        ...(flags.origin === true
          ? [
              { title: 'FROM', text: ({ source }: SettingShape) => source },
              { title: 'CHANGE', text: ({ changeable }: SettingShape) => (changeable ? 'while it runs' : 'at start') },
            ]
          : []),
      ],
      'No settings.',
    ),
  );
}

/** What is in force, and what of it is changed while everything runs. */
export function addConfigCommands(program: Command, context: () => Context): void {
  const config = program.command('config').description('Settings, and those that change while everything runs.');
  config
    .command('show [key]')
    .description('Settings with their values: all of them, one, or those of a group such as breaker.')
    .option('--origin', 'also where each comes from, and when a change of it counts')
    .option('--for <email>', 'thresholds that hold for the jobs of one person')
    .action((wanted: string | undefined, flags: { origin?: boolean; for?: string }) => show(context(), wanted, flags));
  config
    .command('set <key> <value>')
    .description('Change a threshold, a limit or retention; it counts at once and needs no restart.')
    .option('--for <email>', 'for the jobs of one person')
    .option('--dry-run', 'say what shorter retention would delete; change nothing')
    .action(async (key: string, value: string, { for: email, dryRun = false }: { for?: string; dryRun?: boolean }) => {
      if (email !== undefined && dryRun)
        throw new CommandError(exitStatus.usage, 'Nothing is deleted by thresholds of a person: leave --dry-run out.');
      await (email === undefined
        ? changeCommon(context(), key, value, dryRun)
        : changeOwn(context(), email, key, value));
    });
  config
    .command('unset <key>')
    .description('Have a setting come from the file, its variable or its default again.')
    .option('--for <email>', 'for the jobs of one person')
    .action((key: string, flags: { for?: string }) =>
      flags.for === undefined ? changeCommon(context(), key, null, false) : changeOwn(context(), flags.for, key, null),
    );
}
