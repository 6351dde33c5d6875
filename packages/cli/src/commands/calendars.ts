import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type {
  Calendar,
  CalendarChanged,
  CalendarEffect,
  CalendarInput,
  CalendarSummary,
  Client,
} from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { printable, writeTable } from '../output/table.ts';
import { resolveFrom } from '../paths.ts';
import { readDefinition } from '../definition-file.ts';

/** A calendar by its id or its name, whatever the case. */
async function findCalendar(client: Client, nameOrId: string): Promise<CalendarSummary> {
  const { items } = await client.listCalendars({ query: { limit: 500 } });
  const wanted = nameOrId.toLowerCase();
  const found = items.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (found === undefined)
    throw new CommandError(
      exitStatus.notFound,
      `No calendar is called '${nameOrId}'.`,
      'List them with: jtp calendars ls',
    );
  return found;
}

function scopeText({ scope, used_by: jobs }: CalendarSummary): string {
  if (scope === 'all') return 'all jobs';
  const attached = jobs === 1 ? '1 job' : `${jobs} jobs`;
  return scope === 'attached' ? attached : `${attached} and ${scope === 'tags' ? 'by tag' : 'by job'}`;
}

function sourceText({ source }: Pick<CalendarSummary, 'source'>): string {
  if (source === null) return '';
  if (source.kind !== 'country') return source.kind;
  const place = [source.country, source.region].filter((part) => part !== null && part !== undefined).join('-');
  return `${place} ${source.from_year}-${source.to_year}`;
}

/** What a change moved, in one line on stderr. */
function tellEffect(context: Context, { affected, affected_count: count }: CalendarEffect): void {
  const moved = affected.filter(({ before, next_due_at: next }) => before !== next);
  tell(context, count === 1 ? '1 schedule was planned anew.' : `${count} schedules were planned anew.`);
  for (const { job_name, next_due_at } of moved.slice(0, 10))
    tell(context, `  ${printable(job_name)}: next ${next_due_at ?? 'none'}`);
}

function tellChanged(context: Context, calendar: CalendarChanged, what: string): void {
  tell(context, `${what} ${printable(calendar.name)} (${calendar.id}) with ${calendar.entries} entries.`);
  if (calendar.affected_count > 0) tellEffect(context, calendar);
}

function told(context: Context, calendar: CalendarChanged, what: string): Promise<void> {
  return emit(context, calendar, () => tellChanged(context, calendar, what));
}

/** Entries one a line: when, and what. */
function linesOf(
  calendar: Pick<Calendar, 'holidays' | 'ranges' | 'weekly' | 'yearly'>,
): readonly { readonly when: string; readonly name: string }[] {
  const half = (from: string | null | undefined): string =>
    from === null || from === undefined ? '' : ` from ${from}`;
  return [
    ...(calendar.holidays ?? []).map(({ date, name, closed_from }) => ({ when: `${date}${half(closed_from)}`, name })),
    ...(calendar.ranges ?? []).map(({ from, to, name }) => ({ when: `${from} to ${to}`, name })),
    ...(calendar.weekly ?? []).map(({ weekdays, from, to, name }) => ({
      when: `weekdays ${weekdays.join(',')} ${from}-${to}`,
      name,
    })),
    ...(calendar.yearly ?? []).map(({ from, to, name }) => ({ when: `each year ${from} to ${to}`, name })),
  ];
}

const entryColumns = [
  { title: 'WHEN', text: ({ when }: { readonly when: string }) => when },
  { title: 'WHAT', text: ({ name }: { readonly name: string }) => name },
];

interface AddFlags {
  readonly file?: string;
  readonly country?: string;
  readonly region?: string;
  readonly fromYear?: string;
  readonly toYear?: string;
}

function yearFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{4}$/.test(text)) throw new CommandError(exitStatus.usage, `${flag}: '${text}' is no year.`);
  return Number(text);
}

async function inputOf(context: Context, name: string | undefined, flags: AddFlags): Promise<CalendarInput> {
  if (flags.file !== undefined) {
    const given = (await readDefinition(context, flags.file)) as CalendarInput;
    return name === undefined ? given : { ...given, name };
  }
  if (flags.country === undefined || name === undefined)
    throw new CommandError(
      exitStatus.usage,
      'Give a name with --country, or a document with -f.',
      'For example: jtp calendars add Germany --country DE',
    );
  const [from, to] = [yearFlag('--from-year', flags.fromYear), yearFlag('--to-year', flags.toYear)];
  return {
    kind: 'holiday',
    name,
    source: {
      kind: 'country',
      country: flags.country,
      region: flags.region ?? null,
      ...(from === undefined ? {} : { from_year: from }),
      ...(to === undefined ? {} : { to_year: to }),
    },
  };
}

interface ImportFlags {
  readonly name?: string;
  readonly into?: string;
  readonly kind?: string;
  readonly timezone?: string;
  readonly dryRun?: boolean;
}

async function importFile(context: Context, file: string, flags: ImportFlags): Promise<void> {
  const { name, into, kind = 'holiday', timezone, dryRun } = flags;
  if (kind !== 'holiday' && kind !== 'blackout')
    throw new CommandError(exitStatus.usage, `--kind: '${kind}' is neither holiday nor blackout.`);
  const text =
    file === '-'
      ? await context.terminal.readStdin()
      : await readFile(resolveFrom(context.terminal, file), 'utf8').catch(() => null);
  if (text === null) throw new CommandError(exitStatus.usage, `${file} cannot be read.`);
  const answer = await withConnection(context, async ({ client }) => {
    const target = into === undefined ? null : await findCalendar(client, into);
    return client.importCalendar({
      body: {
        format: /^\s*[[{]/.test(text) ? 'json' : 'ics',
        text,
        kind: target?.kind ?? kind,
        ...(name === undefined ? {} : { name }),
        ...(target === null ? {} : { calendar_id: target.id }),
        ...(timezone === undefined ? {} : { timezone }),
        ...(dryRun === true ? { dry_run: true } : {}),
      },
    });
  });
  await emit(context, answer, () => {
    for (const note of answer.notes) tell(context, `note: ${printable(note)}`);
    if (answer.calendar !== null) return tellChanged(context, answer.calendar, 'Imported');
    const { holidays, ranges } = answer;
    writeTable(context, linesOf({ holidays, ranges }), entryColumns, 'No entry.');
  });
}

/** Holidays and blackouts that many jobs share. */
export function addCalendarCommands(program: Command, context: () => Context): void {
  const calendars = program.command('calendars').description('Holidays and blackouts that many jobs share.');
  calendars
    .command('ls')
    .description('List calendars.')
    .action(async () => {
      const page = await withConnection(context(), ({ client }) => client.listCalendars({ query: { limit: 500 } }));
      await emit(context(), page, () =>
        writeTable(
          context(),
          page.items,
          [
            { title: 'NAME', text: (calendar) => calendar.name },
            { title: 'KIND', text: (calendar) => calendar.kind },
            { title: 'ENTRIES', text: (calendar) => String(calendar.entries) },
            { title: 'USED BY', text: scopeText },
            { title: 'FROM', text: sourceText },
            { title: 'ID', text: (calendar) => calendar.id },
          ],
          'There is no calendar. Make one with: jtp calendars add Germany --country DE',
        ),
      );
    });
  calendars
    .command('get <calendar>')
    .description('One calendar by name or id, with its entries.')
    .action(async (name: string) => {
      const calendar = await withConnection(context(), async ({ client }) =>
        client.getCalendar({ params: { id: (await findCalendar(client, name)).id } }),
      );
      await emit(context(), calendar, () => {
        tell(context(), `${printable(calendar.name)}, ${calendar.kind}. ${sourceText(calendar)}`);
        for (const { job_name } of calendar.users) tell(context(), `used by ${printable(job_name)}`);
        writeTable(context(), linesOf(calendar), entryColumns, 'It has no entry.');
      });
    });
  calendars
    .command('add [name]')
    .description('Make a calendar: the holidays of a country, or a YAML or JSON document.')
    .option('-f, --file <file>', 'the document; - reads standard input')
    .option('--country <code>', 'for example DE')
    .option('--region <code>', 'for example BY; see: jtp calendars holidays DE')
    .option('--from-year <year>', 'this year when absent')
    .option('--to-year <year>', 'ten years later when absent')
    .action(async (name: string | undefined, flags: AddFlags) => {
      const body = await inputOf(context(), name, flags);
      await told(
        context(),
        await withConnection(context(), ({ client }) => client.createCalendar({ body })),
        'Created',
      );
    });
  calendars
    .command('rm <calendar>')
    .description('Delete a calendar. One in use stays, unless --force takes it from its jobs.')
    .option('--force', 'also when jobs use it')
    .action(async (name: string, flags: { force?: boolean }) => {
      const effect = await withConnection(context(), async ({ client }) => {
        const calendar = await findCalendar(client, name);
        await confirmed(context(), `Delete the calendar ${calendar.name}, used by ${scopeText(calendar)}?`);
        return client.deleteCalendar({
          params: { id: calendar.id },
          query: flags.force === true ? { force: 'true' } : {},
        });
      });
      await emit(context(), effect, () => {
        tell(context(), `Deleted ${printable(name)}.`);
        if (effect.affected_count > 0) tellEffect(context(), effect);
      });
    });
  calendars
    .command('import-ics <file>')
    .description('Take entries over from an iCalendar or JSON file; - reads standard input.')
    .option('--name <name>', 'of the new calendar; the file’s own name when absent')
    .option('--into <calendar>', 'replace the entries of this one')
    .option('--kind <kind>', 'holiday when absent, or blackout')
    .option('--timezone <zone>', 'where whole days begin; the installation’s zone when absent')
    .option('--dry-run', 'only show what would be taken over')
    .action((file: string, flags: ImportFlags) => importFile(context(), file, flags));
  calendars
    .command('holidays [country]')
    .description('Public holidays of a country or region; without a country, the countries.')
    .option('--region <code>', 'for example BY')
    .option('--year <year>', 'this year when absent')
    .action(async (country: string | undefined, flags: { region?: string; year?: string }) => {
      const year = yearFlag('--year', flags.year);
      const answer = await withConnection(context(), ({ client }) =>
        client.nationalHolidays({
          query: {
            ...(country === undefined ? {} : { country }),
            ...(flags.region === undefined ? {} : { region: flags.region }),
            ...(year === undefined ? {} : { year }),
          },
        }),
      );
      await emit(context(), answer, () => {
        if (country === undefined) {
          const places = answer.countries.map(({ code, name }) => ({ when: code, name }));
          return writeTable(context(), places, entryColumns, 'No country.');
        }
        writeTable(context(), linesOf({ holidays: answer.items }), entryColumns, 'None.');
        if (answer.regions.length > 0)
          tell(context(), `Regions: ${answer.regions.map(({ code, name }) => `${code} ${name}`).join(', ')}`);
        tell(context(), answer.attribution);
      });
    });
}
