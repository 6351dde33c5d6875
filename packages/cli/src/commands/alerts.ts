import { filledPage, type AlertShape, type Client } from 'job-trigger-contract';
import type { Command } from 'commander';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { writePage } from '../output/table.ts';
import { timesOf } from '../output/when.ts';

interface ListFlags {
  readonly all?: boolean;
  readonly kind?: string;
  readonly job?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/** Alerts are raised by what runs: when nothing does, that none stands says nothing. */
async function someoneLooks(client: Client): Promise<boolean> {
  const schedulers = await client.listSchedulers({ query: {} });
  const workers = await client.listWorkers({ query: {} });
  return [...schedulers.items, ...workers.items].some(({ state }) => state !== 'offline');
}

/** What it says; once it is over, how it ended as well. */
function toldBy({ text, resolution }: AlertShape): string {
  return resolution === null ? text : `${text} ${resolution}`;
}

async function list(context: Context, { all, kind, job, limit, cursor }: ListFlags): Promise<void> {
  const { page, looked } = await withConnection(context, async ({ client }) => {
    const wanted = {
      state: all === true ? ('all' as const) : ('open' as const),
      ...(kind === undefined ? {} : { kind }),
      ...(job === undefined ? {} : { job_id: (await findJob(client, job)).id }),
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = await filledPage((query) => client.listAlerts({ query }), wanted);
    return { page, looked: page.items.length > 0 || (await someoneLooks(client)) };
  });
  await emit(context, page, () => {
    const times = timesOf(context);
    writePage(
      context,
      page,
      [
        { title: 'SEVERITY', isState: true, text: (alert) => alert.severity },
        { title: 'KIND', text: (alert) => alert.kind },
        { title: 'WHAT', cut: 'first', text: (alert) => alert.title },
        { title: times.title('SINCE'), text: (alert) => times.text(alert.raised_at) },
        {
          title: 'STATE',
          text: (alert) => (alert.acknowledged_at !== null && alert.state === 'open' ? 'seen' : alert.state),
        },
        { title: 'TOLD', cut: 'first', text: (alert) => times.sentence(toldBy(alert)) },
        { title: 'ID', cut: 'never', text: (alert) => alert.id },
      ],
      looked
        ? `Nothing needs attention. Checked ${times.text(page.checked_at)}.`
        : 'No alert stands, but neither a scheduler nor a worker runs that would raise one. See: jtp health',
    );
  });
}

async function acknowledge(
  context: Context,
  ids: readonly string[],
  { all }: { readonly all?: boolean },
): Promise<void> {
  if (all === true && ids.length > 0)
    throw new CommandError(exitStatus.usage, '--all: give ids or --all, not both.', null, '--all');
  if (all !== true && ids.length === 0)
    throw new CommandError(
      exitStatus.usage,
      'Which alert? Give its id, or --all.',
      'List them with: jtp alerts ls',
      '--all',
    );
  if (all === true) {
    const answer = await withConnection(context, ({ client }) => client.acknowledgeAllAlerts());
    await emit(context, answer, () => tell(context, `Acknowledged ${answer.acknowledged}.`));
    return;
  }
  const done = await withConnection(context, async ({ client }) => {
    const alerts = [];
    for (const id of ids) alerts.push(await client.acknowledgeAlert({ params: { id } }));
    return alerts;
  });
  await emit(context, { items: done }, () => {
    for (const alert of done)
      tell(
        context,
        `Acknowledged: ${alert.title}. ${alert.state === 'open' ? 'It stands until it is over.' : 'It is closed.'}`,
      );
  });
}

/** What did not run, and who has seen it: `jtp alerts ls|ack`. */
export function addAlertCommands(program: Command, context: () => Context): void {
  const alerts = program.command('alerts').description('What did not run, and what needs somebody.');
  alerts
    .command('ls')
    .description('List open alerts, newest first.')
    .option('--all', 'also those that are over')
    .option('--kind <list>', 'for example late,missed')
    .option('--job <job>', 'of this job only')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action((flags: ListFlags) => list(context(), flags));
  alerts
    .command('ack [ids...]')
    .description('Say that you have seen them; what is over anyway is closed.')
    .option('--all', 'every open one')
    .action((ids: readonly string[], flags: { all?: boolean }) => acknowledge(context(), ids, flags));
}
