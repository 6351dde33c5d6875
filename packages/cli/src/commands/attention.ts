import type { Command } from 'commander';
import {
  filledPage,
  type AttentionDetail,
  type AttentionRetried,
  type AttentionShape,
  type Client,
} from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { instantFlag } from '../instant-flag.ts';
import { writeFacts, type Fact } from '../output/facts.ts';
import { writePage } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

interface ListFlags {
  readonly state?: string;
  readonly mine?: boolean;
  readonly kind?: string;
  readonly class?: string;
  readonly job?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

async function list(context: Context, flags: ListFlags): Promise<void> {
  const { state, mine, kind, job, limit, cursor } = flags;
  const page = await withConnection(context, async ({ client }) => {
    const wanted = {
      ...(state === undefined ? {} : { state: state as 'open' }),
      ...(mine === true ? { owner: 'me' } : {}),
      ...(kind === undefined ? {} : { kind }),
      ...(flags.class === undefined ? {} : { class: flags.class }),
      ...(job === undefined ? {} : { job_id: (await findJob(client, job)).id }),
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    return filledPage((query) => client.listAttention({ query }), wanted);
  });
  await emit(context, page, () => {
    const times = timesOf(context);
    writePage(
      context,
      page,
      [
        { title: 'SEVERITY', isState: true, text: (item) => item.severity },
        { title: 'WHAT', cut: 'first', text: (item) => item.title },
        { title: times.title('SINCE'), text: (item) => times.text(item.since) },
        { title: 'TIMES', text: (item) => String(item.times) },
        { title: 'CLASS', text: (item) => item.class_text ?? item.kind },
        { title: 'STATE', text: (item) => shownState(item) },
        { title: 'OWNER', text: (item) => item.owner?.name ?? '' },
        { title: 'EVIDENCE', cut: 'first', text: (item) => item.evidence },
        { title: 'ID', cut: 'never', text: (item) => item.id },
      ],
      `Nothing needs attention. Checked ${times.text(page.checked_at)}.`,
    );
  });
}

const shownState = ({ state, acknowledged_at }: AttentionShape): string =>
  state === 'open' && acknowledged_at !== null ? 'seen' : state;

function changeFacts({ since_success }: AttentionDetail, at: (instant: string) => string): readonly Fact[] {
  if (since_success === null) return [];
  const { ended_at, version, worker, script, parameters } = since_success;
  const changed = [
    version === null
      ? null
      : `version ${version.from} to ${version.to}${version.by === null ? '' : ` by ${version.by}`}`,
    worker === null ? null : `worker ${worker.from} to ${worker.to}`,
    script === null ? null : `script ${script.from.slice(0, 12)} to ${script.to.slice(0, 12)}`,
    parameters.length === 0 ? null : `parameters ${parameters.join(', ')}`,
  ].filter((part) => part !== null);
  return [
    ['last success', ended_at === null ? 'none' : at(ended_at)],
    ['changed since', ended_at === null ? null : changed.length === 0 ? 'nothing that is known' : changed.join('; ')],
  ];
}

async function get(context: Context, id: string): Promise<void> {
  const item = await withConnection(context, ({ client }) => client.getAttention({ params: { id } }));
  await emit(context, item, () => {
    const times = timesOf(context);
    const at = (instant: string): string => times.text(instant);
    writeFacts(context, [
      ['id', item.id],
      ['what', item.title],
      ['state', shownState(item)],
      ['severity', item.severity],
      ['class', item.class],
      ['evidence', item.evidence],
      ['do', item.recommended_action.text],
      ['since', at(item.since)],
      ['last seen', at(item.last_seen_at)],
      ['times', `${item.times}${item.in_a_row > 1 ? `, ${item.in_a_row} in a row` : ''}`],
      ['jobs', item.touched.map(({ job_name }) => job_name).join(', ')],
      ...changeFacts(item, at),
      ['owner', item.owner?.name ?? null],
      ['note', item.note],
      ['seen by', item.acknowledged_by],
      ['put off until', item.snoozed_until === null ? null : at(item.snoozed_until)],
      [item.state === 'resolved' ? 'ended' : 'last time', endingOf(item, times)],
    ]);
  });
}

function endingOf({ ending }: AttentionShape, times: Times): string | null {
  return ending === null
    ? null
    : `${times.sentence(ending.text)} (${times.text(ending.at)}, ${ending.by ?? 'by itself'})`;
}

/** Does the same with each of them, and says what it was. */
async function each(
  context: Context,
  ids: readonly string[],
  act: (client: Client, id: string) => Promise<AttentionShape>,
  words: (item: AttentionShape) => string,
): Promise<void> {
  const items = await withConnection(context, async ({ client }) => {
    const done: AttentionShape[] = [];
    for (const id of ids) done.push(await act(client, id));
    return done;
  });
  await emit(context, { items }, () => {
    for (const item of items) tell(context, words(item));
  });
}

interface SnoozeFlags {
  readonly for?: string;
  readonly until?: string;
  readonly end?: boolean;
}

/** Null: back now. */
function untilOf(flags: SnoozeFlags): string | null {
  const given = [flags.for, flags.until, flags.end].filter((flag) => flag !== undefined);
  if (given.length !== 1)
    throw new CommandError(exitStatus.usage, 'Until when? Give one of --for, --until and --end.', null, '--for');
  if (flags.end === true) return null;
  if (flags.until !== undefined) return new Date(instantFlag(flags.until, '--until')).toISOString();
  return new Date(Date.now() + parseDuration(flags.for ?? '', '--for')).toISOString();
}

interface RetryFlags {
  readonly all?: boolean;
  readonly at?: string;
  readonly reset?: boolean;
}

async function retry(context: Context, id: string, flags: RetryFlags): Promise<void> {
  const answer = await withConnection(context, async ({ client }) => {
    const params = { id };
    const { title, times } = await client.getAttention({ params });
    if (flags.all === true && times > 1) await confirmed(context, `Run again what failed ${times} times: ${title}?`);
    return client.retryAttention({
      params,
      body: {
        which: flags.all === true ? 'all' : 'newest',
        ...(flags.at === undefined ? {} : { at: new Date(instantFlag(flags.at, '--at')).toISOString() }),
        ...(flags.reset === true ? { reset_failure_count: true } : {}),
      },
    });
  });
  await emit(context, answer, () => tellRetried(context, answer));
}

function tellRetried(context: Context, { retried, before, refused, items }: AttentionRetried): void {
  tell(context, `${retried === 1 ? '1 run starts' : `${retried} runs start`} again.`);
  if (before > 0) tell(context, `${before} had been run again before.`);
  if (refused === 0) return;
  const why = [...new Set(items.flatMap(({ message }) => message ?? []))];
  tell(context, `${refused} refused: ${why.slice(0, 3).join(' ')}`);
}

/** What a person must decide: `jtp attention ls|get|ack|assign|note|snooze|retry|resolve|reopen`. */
export function addAttentionCommands(program: Command, context: () => Context): void {
  const attention = program.command('attention').description('What a person must decide, one item a cause.');
  attention
    .command('ls')
    .description('List what needs attention, newest first.')
    .option('--state <state>', 'open, snoozed, resolved or all', 'open')
    .option('--mine', 'only what I own')
    .option('--class <list>', 'for example auth_error,timeout')
    .option('--kind <list>', 'for example failing,missed')
    .option('--job <job>', 'that touches this job')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action((flags: ListFlags) => list(context(), flags));
  attention
    .command('get <id>')
    .description('One item: what failed, since when, what has changed, and what helped the last time.')
    .action((id: string) => get(context(), id));
  attention
    .command('ack <ids...>')
    .description('Say that you have seen them. They stay until they are over.')
    .action((ids: readonly string[]) =>
      each(
        context(),
        ids,
        (client, id) => client.acknowledgeAttention({ params: { id } }),
        ({ title, state }) => `Acknowledged: ${title}.${state === 'resolved' ? ' It is closed.' : ''}`,
      ),
    );
  attention
    .command('assign <id>')
    .description('Give it to somebody.')
    .option('--to <person>', 'me, none, or the id of a person', 'me')
    .action((id: string, { to }: { to: string }) =>
      each(
        context(),
        [id],
        (client) => client.assignAttention({ params: { id }, body: { owner: to === 'none' ? null : to } }),
        ({ title, owner }) => `${owner?.name ?? 'Nobody'} owns: ${title}.`,
      ),
    );
  attention
    .command('note <id> [text]')
    .description('Write a note on it; without a text the note goes.')
    .action((id: string, text: string | undefined) =>
      each(
        context(),
        [id],
        (client) => client.noteAttention({ params: { id }, body: { note: text ?? null } }),
        ({ title, note }) => `${note === null ? 'No note' : 'Noted'}: ${title}.`,
      ),
    );
  attention
    .command('snooze <ids...>')
    .description('Put them off; they come back by themselves.')
    .option('--for <time>', 'for example 1h')
    .option('--until <instant>', 'RFC 3339')
    .option('--end', 'bring them back now')
    .action((ids: readonly string[], flags: SnoozeFlags) => {
      const until = untilOf(flags);
      const times = timesOf(context());
      return each(
        context(),
        ids,
        (client, id) => client.snoozeAttention({ params: { id }, body: { until } }),
        ({ title, snoozed_until: to }) =>
          to === null ? `Back: ${title}.` : `Put off until ${times.text(to)}: ${title}.`,
      );
    });
  attention
    .command('retry <id>')
    .description('Run again the newest failed run of each job, or all of them; each run once.')
    .option('--all', 'every run of the item, at most 200')
    .option('--at <instant>', 'not before, RFC 3339')
    .option('--reset', 'count failures anew, and close breakers')
    .action((id: string, flags: RetryFlags) => retry(context(), id, flags));
  attention
    .command('resolve <ids...>')
    .description('End them. They open again when the same happens once more.')
    .option('--text <text>', 'what helped, for the next time')
    .action((ids: readonly string[], { text }: { text?: string }) =>
      each(
        context(),
        ids,
        (client, id) => client.resolveAttention({ params: { id }, body: text === undefined ? {} : { text } }),
        ({ title }) => `Resolved: ${title}.`,
      ),
    );
  attention
    .command('reopen <ids...>')
    .description('Undo a resolution.')
    .action((ids: readonly string[]) =>
      each(
        context(),
        ids,
        (client, id) => client.reopenAttention({ params: { id } }),
        ({ title }) => `Open again: ${title}.`,
      ),
    );
}
