import { setFlagsFromString } from 'node:v8';
import { processTerminal } from './terminal.ts';

// What start-up throws away would let the young generation grow to 32 MB before there is any work; see `collectOnce`.
setFlagsFromString('--semi-space-growth-factor=1');

// Names are looked up by half of these threads at most. With the usual four, two names that a server does not answer for
// would hold every other name up, for ten seconds and more.
process.env['UV_THREADPOOL_SIZE'] ??= '24';

// A reader that has seen enough (`jtp runs ls | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
