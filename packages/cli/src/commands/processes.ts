import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { runProcess, type Roles } from '../process.ts';

interface ProcessFlags {
  readonly host?: string;
  readonly port?: string;
  readonly demo?: boolean;
  readonly once?: boolean;
  readonly name?: string;
  readonly slots?: string;
  readonly queue?: readonly string[];
  readonly labels?: string;
}

function number(text: string | undefined, flag: string, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new CommandError(exitStatus.usage, `${flag}: '${text}' is not a whole number from ${least} to ${most}.`);
  }
  return value;
}

function start(context: Context, roles: Roles, flags: ProcessFlags): Promise<void> {
  const port = number(flags.port, '--port', 0, 65_535);
  const slots = number(flags.slots, '--slots', 1, 1000);
  return runProcess(context, {
    roles,
    demo: flags.demo === true,
    once: flags.once === true,
    name: flags.name ?? null,
    queues: flags.queue ?? null,
    labels: flags.labels?.split(',').filter((label) => label !== '') ?? [],
    settings: {
      ...(flags.host === undefined ? {} : { 'server.host': flags.host }),
      ...(port === undefined ? {} : { 'server.port': port }),
      ...(slots === undefined ? {} : { 'worker.max_concurrent': slots }),
    },
  });
}

export function addProcessCommands(program: Command, context: () => Context): void {
  const listening = (command: Command): Command => command.option('--host ADDRESS', '127.0.0.1 when absent').option('--port PORT', '8080 when absent');
  const working = (command: Command): Command =>
    command
      .option('--name NAME', 'of the worker; the host’s when absent')
      .option('--slots N', 'runs at once')
      .option('--queue NAME', 'serve only these; repeat it for more', (value: string, all: readonly string[] = []) => [...all, value])
      .option('--labels LIST', 'for example gpu,eu');
  working(listening(program.command('start', { isDefault: true })))
    .description('Portal, scheduler and worker in one process.')
    .option('--demo', 'fill an empty installation with removable demo jobs and history')
    .action((flags: ProcessFlags) => start(context(), { portal: true, scheduler: true, worker: true }, flags));
  listening(program.command('portal'))
    .description('Only the pages and the API.')
    .action((flags: ProcessFlags) => start(context(), { portal: true, scheduler: false, worker: false }, flags));
  program
    .command('scheduler')
    .description('Only planning: makes a run of every due instant.')
    .option('--once', 'one pass, then end')
    .action((flags: ProcessFlags) => start(context(), { portal: false, scheduler: true, worker: false }, flags));
  working(program.command('worker'))
    .description('Only carrying out: takes runs from the queue.')
    .option('--once', 'one pass, then end')
    .action((flags: ProcessFlags) => start(context(), { portal: false, scheduler: false, worker: true }, flags));
}
