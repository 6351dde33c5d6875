import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as rest } from 'node:timers/promises';
import type { Command } from 'commander';
import { AuditHead, endpoints, pathOf, type AuditRow, type Client } from 'job-trigger-contract';
import { formatInstant } from 'job-trigger-core';
import { emit, outputFormat, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { instantFlag } from '../instant-flag.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

interface FilterFlags {
  readonly who?: string;
  readonly via?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly kind?: string;
  readonly since?: string;
  readonly until?: string;
}

interface ListFlags extends FilterFlags {
  readonly follow?: boolean;
  readonly limit: string;
}

type Query = NonNullable<NonNullable<Parameters<Client['listAudit']>[0]>['query']>;

const lookEveryMs = 2000;

function queryOf({ who, via, action, subject, kind, since, until }: FilterFlags): Query {
  return {
    ...(who === undefined ? {} : { who }),
    // What is none of them the server refuses, with those that there are.
    ...(via === undefined ? {} : { via: via as NonNullable<Query['via']> }),
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
    ...(kind === undefined ? {} : { subject_kind: kind as NonNullable<Query['subject_kind']> }),
    ...(since === undefined ? {} : { since: formatInstant(instantFlag(since, '--since')) }),
    ...(until === undefined ? {} : { until: formatInstant(instantFlag(until, '--until')) }),
  };
}

const valueText = (value: unknown): string => (value === null ? '–' : JSON.stringify(value));

function changesText({ changes }: AuditRow): string {
  return changes.map(({ field, before, after }) => `${field}: ${valueText(before)} → ${valueText(after)}`).join('; ');
}

const fromText = ({ who }: AuditRow): string => [who.via, ...(who.address === null ? [] : [who.address])].join(' ');
const subjectText = ({ subject: { kind, name, id } }: AuditRow): string => `${kind} ${name ?? id ?? ''}`.trim();

const columns = (times: Times): readonly Column<AuditRow>[] => [
  { title: 'ROW', text: ({ sequence }) => String(sequence), cut: 'never' },
  { title: times.title('AT'), text: ({ at }) => times.text(at), cut: 'never' },
  { title: 'WHO', text: ({ who }) => who.name },
  { title: 'FROM', text: fromText },
  { title: 'ACTION', text: ({ action }) => action, cut: 'never' },
  { title: 'SUBJECT', text: subjectText },
  { title: 'CHANGES', text: changesText, cut: 'first' },
];

function addFilters(command: Command): Command {
  return command
    .option('--who <name>', 'by this person or program: the name as it stands there, or an id')
    .option('--via <way>', 'by this way: page, api, cli, library or hook')
    .option('--action <list>', 'these actions or groups, for example job.*,sign_in.failed')
    .option('--subject <name>', 'on this: the name as it stands there, or an id')
    .option('--kind <kind>', 'on this kind of thing, for example job')
    .option('--since <instant>', 'from this RFC 3339 instant on')
    .option('--until <instant>', 'before this RFC 3339 instant');
}

function limitOf({ limit }: ListFlags): number {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 500) throw wrongFlag('--limit', 'takes 1 to 500.');
  return count;
}

/** The oldest of them first, and then each as it comes, until the person ends it. */
async function follow(context: Context, client: Client, query: Query, limit: number): Promise<never> {
  const write = (rows: readonly AuditRow[]): void => {
    const isTable = ['table', 'wide'].includes(outputFormat(context.flags));
    const cells = columns(timesOf(context));
    for (const row of rows)
      context.terminal.stdout.write(
        isTable ? `${cells.map(({ text }) => printable(text(row))).join('  ')}\n` : `${JSON.stringify(row)}\n`,
      );
  };
  let last = 0;
  let wanted = limit;
  for (;;) {
    const { items } = await client.listAudit({ query: { ...query, limit: wanted } });
    const fresh = items.filter(({ sequence }) => sequence > last).toReversed();
    write(fresh);
    last = fresh.at(-1)?.sequence ?? last;
    wanted = 500;
    await rest(lookEveryMs);
  }
}

/** @throws CommandError status 2 for a file that holds no signed head */
function headIn(file: string): AuditHead {
  try {
    // A file of several lines, as the data folder has one: the newest counts.
    const line = readFileSync(file, 'utf8').trim();
    const text = line.startsWith('{\n') || line.startsWith('{\r') ? line : (line.split('\n').at(-1) ?? '');
    const { sequence, hash, at, key_id, keyId, signature } = JSON.parse(text) as Record<string, unknown>;
    const instant = typeof at === 'number' ? formatInstant(at) : at;
    return AuditHead.parse({ sequence, hash, at: instant, key_id: key_id ?? keyId, signature });
  } catch {
    throw wrongFlag('--head', `${file} holds no head as 'jtp audit head' writes it.`);
  }
}

/** Who did what: read, followed, exported, verified. */
export function addAuditCommands(program: Command, context: () => Context): void {
  const audit = addFilters(
    program.command('audit').description('Who did what, when and from where: every change and every sensitive act.'),
  )
    .option('-f, --follow', 'write new rows as they come')
    .option('-n, --limit <count>', 'at most so many rows, newest first', '50')
    .action(async (flags: ListFlags) => {
      const query = { ...queryOf(flags), limit: limitOf(flags) };
      await withConnection(context(), async ({ client }) => {
        if (flags.follow === true) await follow(context(), client, query, query.limit);
        const answer = await client.listAudit({ query });
        await emit(context(), answer, () =>
          writeTable(context(), answer.items, columns(timesOf(context())), 'Nothing of that kind stands in the audit.'),
        );
      });
    });
  audit
    .command('verify')
    .description('Follow the whole chain of rows and name the first bad one; status 1 when there is one.')
    .option('--head <file>', 'hold it also against a head that was exported before')
    .action(async ({ head }: { readonly head?: string }) => {
      const body = head === undefined ? {} : { head: headIn(head) };
      const verdict = await withConnection(context(), ({ client }) => client.verifyAudit({ body }));
      await emit(context(), verdict, () => {
        context().terminal.stdout.write(`${printable(verdict.text)}\n`);
        if (verdict.foreign_heads > 0)
          tell(
            context(),
            `${verdict.foreign_heads} exported heads were not signed by this installation; they were left out.`,
          );
      });
      process.exitCode = verdict.ok ? exitStatus.done : exitStatus.failed;
    });
  audit
    .command('head')
    .description('Write the signed end of the chain, to be kept on another machine.')
    .action(async () => {
      const head = await withConnection(context(), ({ client }) => client.auditHead());
      await emit(context(), head, () => context().terminal.stdout.write(`${JSON.stringify(head)}\n`));
    });
  addFilters(audit.command('export').description('Write every row that fits to stdout, newest first.'))
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .action(async (_flags: unknown, command: Command) => {
      // The filters are those of `audit` itself, which takes them wherever they stand.
      const { format, ...flags } = command.optsWithGlobals<FilterFlags & { readonly format: string }>();
      if (format !== 'jsonl' && format !== 'csv') throw wrongFlag('--format', `'${format}' is none of jsonl, csv.`);
      await withConnection(context(), async ({ send }) => {
        const answer = await send({
          method: 'GET',
          path: pathOf(endpoints.listAudit.path, { query: { ...queryOf(flags), format } }),
          headers: { accept: '*/*' },
          body: undefined,
          stream: new AbortController().signal,
        });
        if (answer.status !== 200 || answer.rawPieces === undefined)
          throw new CommandError(exitStatus.failed, `The audit was not sent (status ${answer.status}).`);
        await pipeline(answer.rawPieces(), async (pieces: AsyncIterable<Uint8Array>) => {
          for await (const piece of pieces) context().terminal.stdout.write(Buffer.from(piece).toString('utf8'));
        });
      });
    });
}
