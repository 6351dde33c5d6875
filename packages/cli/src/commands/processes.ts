import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { wrongFlag } from '../exit-status.ts';

interface ProcessFlags {
  readonly host?: string;
  readonly port?: string;
  readonly once?: boolean;
  readonly name?: string;
  readonly slots?: string;
  readonly queue?: readonly string[];
  readonly labels?: string;
  readonly demo?: boolean;
}

type Roles = Readonly<Record<'portal' | 'scheduler' | 'worker', boolean>>;

function whole(text: string, flag: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw wrongFlag(flag, `'${text}' is not a whole number from ${least} to ${most}.`);
  }
  return value;
}

async function start(context: Context, roles: Roles, flags: ProcessFlags): Promise<void> {
  const { runProcess } = await import('../process.ts');
  return runProcess(context, {
    ...roles,
    once: flags.once === true,
    name: flags.name ?? null,
    queues: flags.queue ?? null,
    labels: flags.labels?.split(',').filter((label) => label !== '') ?? null,
    settings: {
      ...(flags.host === undefined ? {} : { 'server.host': flags.host }),
      ...(flags.port === undefined ? {} : { 'server.port': whole(flags.port, '--port', 0, 65_535) }),
      ...(flags.demo === true ? { demo: true } : {}),
      ...(flags.slots === undefined ? {} : { 'worker.max_concurrent': whole(flags.slots, '--slots', 1, 1000) }),
    },
  });
}

function listening(command: Command): Command {
  return command
    .option('--host <address>', '127.0.0.1 when absent')
    .option('--port <port>', '8080 when absent')
    .option('--demo', 'fill it with 20 marked jobs and 30 days of history; jtp demo rm takes them away');
}

function working(command: Command): Command {
  return command
    .option('--name <name>', 'of the worker; the host’s when absent')
    .option('--slots <n>', 'runs at once')
    .option(
      '--queue <name>',
      'serve only these; repeat it for more',
      (value: string, all: readonly string[] | undefined) => [...(all ?? []), value],
    )
    .option('--labels <list>', 'for example gpu,eu');
}

export function addProcessCommands(program: Command, context: () => Context): void {
  working(listening(program.command('start')))
    .description('Portal, scheduler and worker in one process.')
    .action((flags: ProcessFlags) => start(context(), { portal: true, scheduler: true, worker: true }, flags));
  listening(program.command('portal'))
    .description('Only the portal: its pages and its API.')
    .action((flags: ProcessFlags) => start(context(), { portal: true, scheduler: false, worker: false }, flags));
  program
    .command('scheduler')
    .description('Only planning: makes a run of every due instant.')
    .option('--name <name>', 'of the scheduler; the host’s when absent')
    .option('--once', 'one pass, then end')
    .action((flags: ProcessFlags) => start(context(), { portal: false, scheduler: true, worker: false }, flags));
  working(program.command('worker'))
    .description('Only carrying out: takes runs from the queue.')
    .option('--once', 'one pass, then end')
    .action((flags: ProcessFlags) => start(context(), { portal: false, scheduler: false, worker: true }, flags));
}
