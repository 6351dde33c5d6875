import { Writable } from 'node:stream';
import type { Context } from './context.ts';
import { CommandError, exitStatus } from './exit-status.ts';

/**
 * A value that shows nowhere: from standard input, else asked for and not echoed. Never an argument, which stands in the
 * list of processes and in the shell's history. One line end at its end is not part of it.
 */
export async function askSecret(context: Context, question: string): Promise<string> {
  const value = process.stdin.isTTY === true ? await asked(context, question) : await context.terminal.readStdin();
  const text = value.replace(/\r?\n$/, '');
  if (text === '')
    throw new CommandError(exitStatus.usage, 'There is no value.', 'Send it to standard input, or type it.');
  return text;
}

async function asked(context: Context, question: string): Promise<string> {
  if (context.flags.input === false)
    throw new CommandError(exitStatus.usage, `${question} Nobody can be asked here.`, 'Send it to standard input.');
  const { createInterface } = await import('node:readline/promises');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  context.terminal.stderr.write(`${question} `);
  try {
    return await lines.question('');
  } finally {
    lines.close();
    context.terminal.stderr.write('\n');
  }
}
