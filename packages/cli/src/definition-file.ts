/** Documents that people write: YAML or JSON, as they are given to `jtp` in a file, on standard input, in an editor. */
import { readFile } from 'node:fs/promises';
import { invalidField } from 'job-trigger-core';
import type { Context } from './context.ts';
import { wrongFlag } from './exit-status.ts';
import { resolveFrom } from './paths.ts';
import { readYaml } from './yaml.ts';

/** YAML knows numbers that JSON does not: on the wire they would be null, which clears a field. */
function refuseEndless(value: unknown, path: readonly string[] = []): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw invalidField(path.join('.'), `expected number, received ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) refuseEndless(item, [...path, key]);
}

/** @throws `malformed` naming `where` it stands, `invalid` for a number without an end */
export async function parseDefinition(text: string, where: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await readYaml(text);
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw invalidField(where, `is neither YAML nor JSON: ${first}`, 'malformed');
  }
  refuseEndless(value);
  return value;
}

/** What `-f` names: a file, or standard input for `-`. */
export async function readDefinition({ terminal }: Context, file: string): Promise<unknown> {
  const text =
    file === '-' ? await terminal.readStdin() : await readFile(resolveFrom(terminal, file), 'utf8').catch(() => null);
  if (text === null) throw wrongFlag('-f', `${file} cannot be read.`);
  return parseDefinition(text, '-f');
}
