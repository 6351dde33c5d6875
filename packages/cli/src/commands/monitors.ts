import type { Command } from 'commander';
import type { Client, Monitor, MonitorDetail, MonitorInput, ScheduleInput } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { addressOf } from '../contexts/way.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

/** A monitor by its id or its name, whatever the case. */
async function findMonitor(client: Client, nameOrId: string): Promise<Monitor> {
  const { items } = await client.listMonitors();
  const wanted = nameOrId.toLowerCase();
  const found = items.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (found === undefined)
    throw new CommandError(
      exitStatus.notFound,
      `No monitor is called '${nameOrId}'.`,
      'List them with: jtp monitors ls',
    );
  return found;
}

interface AddFlags {
  readonly schedule?: string;
  readonly every?: string;
  readonly grace?: string;
  readonly timezone?: string;
}

/** What is expected, as far as the flags say it. */
async function expectedOf(
  client: Client,
  { schedule, every, grace, timezone }: AddFlags,
): Promise<Omit<MonitorInput, 'name'>> {
  if (schedule !== undefined && every !== undefined)
    throw new CommandError(exitStatus.usage, 'Give --schedule or --every, and not both.');
  const common = grace === undefined ? {} : { grace_seconds: parseDuration(grace, '--grace') / 1000 };
  if (every !== undefined) return { ...common, period_seconds: parseDuration(every, '--every') / 1000 };
  if (schedule === undefined) return common;
  const parsed = await client.parseSchedule({
    body: { text: schedule, ...(timezone === undefined ? {} : { timezone }) },
  });
  if (parsed.schedule === null)
    throw new CommandError(exitStatus.usage, `--schedule: ${parsed.question ?? `'${schedule}' is not understood.`}`);
  return { ...common, schedule: parsed.schedule as ScheduleInput };
}

async function bodyOf(client: Client, name: string, flags: AddFlags): Promise<MonitorInput> {
  if ((flags.schedule === undefined) === (flags.every === undefined))
    throw new CommandError(
      exitStatus.usage,
      'Give --schedule or --every, and not both.',
      "For example: jtp monitors add backup --schedule '0 2 * * *'",
    );
  return { name, ...(await expectedOf(client, flags)) };
}

function tellPingLine(context: Context, { ping_path: path }: Monitor): void {
  if (path === null) return;
  const server = addressOf(context.terminal, context.flags);
  tell(context, 'At the end of the job, or behind its command in the crontab:');
  tell(context, `  && curl -fsS -m 10 --retry 3 -o /dev/null ${server}${path}`);
}

const pingColumns = (times: Times): readonly Column<MonitorDetail['pings'][number]>[] => [
  { title: times.title('AT'), text: ({ at }) => times.text(at) },
  { title: 'PING', text: ({ kind }) => kind },
  { title: 'EXIT', text: ({ exit_code: code }) => (code === null ? '' : String(code)) },
  { title: 'FROM', text: ({ address }) => address ?? '' },
  { title: 'WITH', text: ({ user_agent: agent }) => agent ?? '', cut: 'first' },
];

/** Jobs that run elsewhere, watched by the pings that they send. */
export function addMonitorCommands(program: Command, context: () => Context): void {
  const monitors = program
    .command('monitors')
    .description('Jobs that run elsewhere, watched by the pings that they send.');
  monitors
    .command('ls')
    .description('List monitors with their state.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listMonitors());
      const times = timesOf(context());
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          [
            { title: 'NAME', text: (monitor: Monitor) => monitor.name },
            { title: 'STATE', text: (monitor) => monitor.state },
            { title: 'EXPECTS', text: (monitor) => monitor.expects, cut: 'first' },
            { title: 'LAST PING', text: (monitor) => times.text(monitor.last_ping_at) },
            { title: 'NEXT DUE', text: (monitor) => times.text(monitor.expected_at) },
            { title: 'ID', text: (monitor) => monitor.id, wide: true },
          ],
          "There is no monitor. Add one with: jtp monitors add NAME --schedule '0 2 * * *'",
        ),
      );
    });
  monitors
    .command('get <monitor>')
    .description('One monitor by name or id, with its last pings and the line that reports to it.')
    .action(async (name: string) => {
      const monitor = await withConnection(context(), async ({ client }) =>
        client.getMonitor({ params: { id: (await findMonitor(client, name)).id } }),
      );
      await emit(context(), monitor, () => {
        const times = timesOf(context());
        tell(context(), `${printable(monitor.name)} is ${monitor.state}: ${monitor.expects}.`);
        tellPingLine(context(), monitor);
        writeTable(context(), monitor.pings, pingColumns(times), 'No ping has come yet.');
        if (monitor.last_output !== null) tell(context(), `Last output: ${printable(monitor.last_output)}`);
      });
    });
  monitors
    .command('add <name>')
    .description('Add a monitor, and tell the line that reports to it.')
    .option('--schedule <text>', 'a crontab expression, or words: every day at 2:00')
    .option('--every <time>', 'the longest time between two pings, for example 1h')
    .option('--grace <time>', 'how long a ping may be late; 5m when absent')
    .option('--timezone <zone>', 'of the schedule; the installation’s when absent')
    .action(async (name: string, flags: AddFlags) => {
      const made = await withConnection(context(), async ({ client }) =>
        client.createMonitor({ body: await bodyOf(client, name, flags) }),
      );
      await emit(context(), made, () => {
        tell(context(), `Added ${printable(made.name)} (${made.id}): ${made.expects}.`);
        tellPingLine(context(), made);
      });
    });
  monitors
    .command('set <monitor>')
    .description('Change what is given; the rest stays, and so does its address.')
    .option('--name <name>', 'another name')
    .option('--schedule <text>', 'a crontab expression, or words: every day at 2:00')
    .option('--every <time>', 'the longest time between two pings, for example 1h')
    .option('--grace <time>', 'how long a ping may be late')
    .option('--timezone <zone>', 'of the schedule; the installation’s when absent')
    .action(async (name: string, { name: next, ...flags }: AddFlags & { readonly name?: string }) => {
      const changed = await withConnection(context(), async ({ client }) => {
        const body = { ...(next === undefined ? {} : { name: next }), ...(await expectedOf(client, flags)) };
        if (Object.keys(body).length === 0)
          throw new CommandError(exitStatus.usage, 'Nothing to change. Give --name, --schedule, --every or --grace.');
        return client.patchMonitor({ params: { id: (await findMonitor(client, name)).id }, body });
      });
      await emit(context(), changed, () =>
        tell(context(), `Changed ${printable(changed.name)} (${changed.id}): ${changed.expects}.`),
      );
    });
  monitors
    .command('renew <monitor>')
    .description('Give it another address; the one before takes no more pings.')
    .action(async (name: string) => {
      const renewed = await withConnection(context(), async ({ client }) => {
        const { id, name: found } = await findMonitor(client, name);
        await confirmed(context(), `Renew the address of ${printable(found)}? Its line in the crontab has to change.`);
        return client.renewMonitor({ params: { id } });
      });
      await emit(context(), renewed, () => {
        tell(context(), `${printable(renewed.name)} has another address.`);
        tellPingLine(context(), renewed);
      });
    });
  monitors
    .command('rm <monitor>')
    .description('Delete a monitor; its address takes no more pings.')
    .action(async (name: string) => {
      await withConnection(context(), async ({ client }) => {
        const { id, name: found } = await findMonitor(client, name);
        await confirmed(context(), `Delete the monitor ${printable(found)}?`);
        await client.deleteMonitor({ params: { id } });
      });
      tell(context(), `Deleted ${printable(name)}.`);
    });
  monitors
    .command('pause <monitor>')
    .description('Expect no pings until it is resumed.')
    .action(async (name: string) => {
      const monitor = await withConnection(context(), async ({ client }) =>
        client.pauseMonitor({ params: { id: (await findMonitor(client, name)).id } }),
      );
      await emit(context(), monitor, () => tell(context(), `${printable(monitor.name)} is paused.`));
    });
  monitors
    .command('resume <monitor>')
    .description('Expect pings again, from now on.')
    .action(async (name: string) => {
      const monitor = await withConnection(context(), async ({ client }) =>
        client.resumeMonitor({ params: { id: (await findMonitor(client, name)).id } }),
      );
      await emit(context(), monitor, () => tell(context(), `${printable(monitor.name)} is ${monitor.state}.`));
    });
}
