import type { Context } from './context.ts';
import { CommandError, exitStatus } from './exit-status.ts';

/** Asks once before something is destroyed; `--yes` skips. Without a terminal there is no question, only a refusal. */
export async function confirmed(context: Context, question: string): Promise<void> {
  if (context.flags.yes === true) return;
  if (process.stdin.isTTY !== true || context.flags.input === false) {
    throw new CommandError(exitStatus.usage, `${question} Nobody can be asked here.`, 'Add --yes.');
  }
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(exitStatus.failed, 'Nothing was changed.');
}
