import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { runPortal } from '../process.ts';

interface PortalFlags {
  readonly host?: string;
  readonly port?: string;
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || value > 65_535)
    throw new CommandError(exitStatus.usage, `--port: '${text}' is not a whole number from 0 to 65535.`);
  return value;
}

export function addProcessCommands(program: Command, context: () => Context): void {
  program
    .command('portal')
    .description('Serve the API.')
    .option('--host <address>', '127.0.0.1 when absent')
    .option('--port <port>', '8080 when absent')
    .action((flags: PortalFlags) => {
      const port = portNumber(flags.port);
      return runPortal(context(), {
        ...(flags.host === undefined ? {} : { 'server.host': flags.host }),
        ...(port === undefined ? {} : { 'server.port': port }),
      });
    });
}
