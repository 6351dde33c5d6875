import { Command, CommanderError } from 'commander';
import { addCalendarCommands } from './commands/calendars.ts';
import { addJobCommands } from './commands/jobs.ts';
import { addLogCommand } from './commands/logs.ts';
import { addLookCommands } from './commands/look.ts';
import { addNextCommand } from './commands/next.ts';
import { addOperateCommands } from './commands/operate.ts';
import { addInstallationCommands } from './commands/installation.ts';
import { addProcessCommands } from './commands/processes.ts';
import { addRunCommands } from './commands/runs.ts';
import { connect } from './connect.ts';
import type { Context, GlobalFlags } from './context.ts';
import { exitStatus, statusOf } from './exit-status.ts';
import { reportFailure } from './output/report.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

function build(terminal: Terminal): { program: Command; context: () => Context } {
  const program = new Command('jtp');
  const context = (): Context => {
    const flags = program.opts<GlobalFlags>();
    return { terminal, flags, connect: () => connect(terminal, flags) };
  };
  program
    .description('Runs scripts and HTTP calls on time, and can say of every due instant what happened and why.')
    .version(version)
    .option('--config <file>', 'config.yaml to use')
    .option('--server <url>', 'talk to this server instead of the database')
    .option('--token-file <file>', 'credential for --server; else JOB_PORTAL_TOKEN')
    .option('--db <url>', 'sqlite:PATH or postgres://…')
    .option('--data-dir <dir>', 'data folder, ./jtp-data when absent')
    .option('--json', 'whole objects for machines')
    .option('--timeout <time>', 'for example 30s or 5m')
    .option('-q, --quiet', 'no narration')
    .option('--yes', 'ask nothing')
    .option('--no-input', 'never ask, refuse instead')
    .showSuggestionAfterError()
    .enablePositionalOptions(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .addHelpText('after', '\nExamples:\n  jtp start\n  jtp run nightly-backup --follow');
  addProcessCommands(program, context);
  addInstallationCommands(program, context);
  addJobCommands(program, context);
  addRunCommands(program, context);
  addLogCommand(program, context);
  addLookCommands(program, context);
  addOperateCommands(program, context);
  addCalendarCommands(program, context);
  addNextCommand(program, context);
  return { program, context };
}

/** Carries out one command line and answers its exit status. Never throws. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const { program, context } = build(terminal);
  try {
    await program.parseAsync(['node', 'jtp', ...(args.length === 0 ? ['start'] : args)]);
    return Number(process.exitCode ?? exitStatus.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
    reportFailure(terminal, error, context().flags.json === true);
    return statusOf(error);
  }
}
