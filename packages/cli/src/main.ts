import { runCommandLine } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (`jtp runs ls | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
