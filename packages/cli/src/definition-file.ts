import { readFile } from 'node:fs/promises';
import type { Context } from './context.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import { resolveFrom } from './paths.ts';
import { readYaml } from './yaml.ts';

/** Reads a definition: a file, or standard input for `-`; YAML or JSON. */
export async function readDefinition(context: Context, file: string): Promise<unknown> {
  const text =
    file === '-'
      ? await context.terminal.readStdin()
      : await readFile(resolveFrom(context.terminal, file), 'utf8').catch(() => null);
  if (text === null) throw new CommandError(exitStatus.usage, `-f: ${file} cannot be read.`);
  try {
    return await readYaml(text);
  } catch (error) {
    throw new CommandError(
      exitStatus.usage,
      `-f: ${file} is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}
