import { Command, CommanderError } from 'commander';
import { addAuditCommands } from './commands/audit.ts';
import { addArtifactCommands } from './commands/artifacts.ts';
import { addReportCommands } from './commands/report.ts';
import { addAlertCommands } from './commands/alerts.ts';
import { addAttentionCommands } from './commands/attention.ts';
import { addApiCommand } from './commands/api.ts';
import { addBackfillCommand } from './commands/backfill.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addCleanupCommands } from './commands/cleanup.ts';
import { addDemoCommands } from './commands/demo.ts';
import { addCalendarCommands } from './commands/calendars.ts';
import { addJobCommands } from './commands/jobs.ts';
import { addLogCommand } from './commands/logs.ts';
import { addMaintenanceCommands } from './commands/maintenance.ts';
import { addLookCommands } from './commands/look.ts';
import { addNextCommand } from './commands/next.ts';
import { addOperateCommands } from './commands/operate.ts';
import { addConfigCommands } from './commands/config.ts';
import { addInstallationCommands } from './commands/installation.ts';
import { addProcessCommands } from './commands/processes.ts';
import { addRunCommands } from './commands/runs.ts';
import { addGraphCommand } from './commands/graph.ts';
import { addHookCommands } from './commands/hooks.ts';
import { addSecretCommands } from './commands/secrets.ts';
import { addMonitorCommands } from './commands/monitors.ts';
import { addPluginCommands } from './commands/plugins.ts';
import { addWebhookCommands } from './commands/webhooks.ts';
import { addScriptCommands } from './commands/scripts.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addUserCommands } from './commands/users.ts';
import { addTeamCommands } from './commands/sharing.ts';
import { addAdminCommands } from './commands/admin.ts';
import { addContextCommands } from './commands/contexts.ts';
import { addLoginCommands } from './commands/login.ts';
import { addViewCommand, type Open } from './commands/view-as.ts';
import { connect } from './connect.ts';
import type { Context, GlobalFlags } from './context.ts';
import { parseDuration } from './duration-flag.ts';
import { CommandError, exitStatus, statusOf } from './exit-status.ts';
import { addHelp } from './help/add-help.ts';
import { reportFailure } from './output/report.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const asksForJson = (args: readonly string[]): boolean => args.includes('--json');

/** A mistake in the command line itself, which commander has found. */
function usageError(error: CommanderError): CommandError {
  const message =
    error.code === 'commander.help'
      ? 'A command is missing. See them with --help.'
      : error.message.replace(/^error: /, '');
  const [flag = null] = /-{1,2}[a-z][\w-]*/i.exec(message) ?? [];
  return new CommandError(exitStatus.usage, message, null, flag);
}

/**
 * The whole tree of commands; nothing is read, opened or carried out before one of them is asked for.
 *
 * @param open the way to the installation, and `flags` that hold where the line gives none: of a command within another
 */
export function buildProgram(
  terminal: Terminal,
  args: readonly string[] = [],
  { open = connect, flags: given = {} }: { readonly open?: Open; readonly flags?: GlobalFlags } = {},
): { program: Command; context: () => Context } {
  const program = new Command('jtp');
  const context = (): Context => {
    const flags = { ...given, ...program.opts<GlobalFlags>() };
    return { terminal, flags, connect: () => open(terminal, flags) };
  };
  program
    .description('Runs scripts and HTTP calls on time, and can say of every due instant what happened and why.')
    .version(version)
    .option('--config <file>', 'config.yaml to use')
    .option('--server <url>', 'talk to this server instead of the database')
    .option('--context <name>', 'talk to the server of this context; see jtp context ls')
    .option('--token-file <file>', 'holds a token or an API key for the server; else JOB_PORTAL_TOKEN for --server')
    .option('--db <url>', 'sqlite:/absolute/path or postgres://…')
    .option('--data-dir <dir>', 'data folder, ./jtp-data when absent')
    .option('--json', 'whole objects for machines; the same as -o json')
    .option('-o, --output <format>', 'table, wide, json, jsonl, yaml, csv or name')
    .option('--fields <list>', 'only these fields of each object, for example id,name')
    .option('--tz <zone>', 'of the times in tables: local, utc or an IANA name')
    .option('--time <form>', 'of the times in tables: relative, absolute or iso')
    .option('--no-color', 'as does NO_COLOR')
    .option('--timeout <time>', 'give up waiting after this, for example 30s or 5m')
    .option('-q, --quiet', 'no narration')
    .option('--yes', 'ask nothing')
    .option('--no-input', 'never ask, refuse instead')
    .showSuggestionAfterError()
    .enablePositionalOptions(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      // With --json a mistake is one document, written once it is known.
      writeErr: (text) => (asksForJson(args) ? undefined : terminal.stderr.write(text)),
    })
    .hook('preAction', () => {
      const { timeout } = program.opts<GlobalFlags>();
      if (timeout !== undefined) parseDuration(timeout, '--timeout');
    });
  addProcessCommands(program, context);
  addInstallationCommands(program, context);
  addConfigCommands(program, context);
  addJobCommands(program, context);
  const runs = addRunCommands(program, context);
  addLogCommand(program, context);
  addScriptCommands(program, context);
  addLookCommands(program, context);
  addOperateCommands(program, runs, context);
  addCalendarCommands(program, context);
  addAlertCommands(program, context);
  addAttentionCommands(program, context);
  addNextCommand(program, context);
  addApiCommand(program, context);
  addDemoCommands(program, context);
  addMaintenanceCommands(program, context);
  addBackfillCommand(program, context);
  addWebhookCommands(program, context);
  addMonitorCommands(program, context);
  addGraphCommand(program, context);
  addCleanupCommands(program, context);
  addBackupCommands(program, context);
  addPluginCommands(program, context);
  addArtifactCommands(program, context);
  addReportCommands(program, context);
  addHookCommands(program, context);
  addAuditCommands(program, context);
  addUserCommands(program, context);
  addKeyCommands(program, context);
  addTeamCommands(program, context);
  addSecretCommands(program, context);
  addAdminCommands(program, context);
  addLoginCommands(program, context);
  addContextCommands(program, context);
  addViewCommand(program, context, async (words, seen) => {
    const inner = buildProgram(terminal, words, { open: seen, flags: context().flags });
    await inner.program.parseAsync(['node', 'jtp', ...words]);
  });
  addHelp(program, terminal);
  return { program, context };
}

/** Carries out one command line and answers its exit status. Never throws. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const { program, context } = buildProgram(terminal, args);
  try {
    // A try-out needs no word: --demo alone starts it.
    const started = args[0] === '--demo' ? ['start', ...args] : args;
    await program.parseAsync(['node', 'jtp', ...started]);
    return Number(process.exitCode ?? exitStatus.done);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitStatus.done;
      if (asksForJson(args)) reportFailure(terminal, usageError(error), true);
      return exitStatus.usage;
    }
    reportFailure(terminal, error, context().flags.json === true);
    return statusOf(error);
  }
}
