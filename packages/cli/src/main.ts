import { setFlagsFromString } from 'node:v8';
import { processTerminal } from './terminal.ts';

// What start-up throws away would let the young generation grow to 32 MB, which it keeps for ever.
setFlagsFromString('--semi-space-growth-factor=1');

// A reader that has seen enough (`jtp runs ls | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
