/** Reads what `loadConfig` decides over: the file, the environment, the flags. The only reader of the environment. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobTriggerError, loadConfig, type Config } from 'job-trigger-core';
import type { GlobalFlags } from './context.ts';
import { resolveFrom } from './paths.ts';
import type { Terminal } from './terminal.ts';
import { readYaml } from './yaml.ts';

/** The `config.yaml` in force; null without one. */
export function configFileOf(terminal: Terminal, flags: GlobalFlags): string | null {
  const named = flags.config ?? terminal.env['JOB_PORTAL_CONFIG'];
  if (named !== undefined) return resolveFrom(terminal, named);
  const dataDir = flags.dataDir ?? terminal.env['JOB_PORTAL_DATA_DIR'] ?? 'jtp-data';
  const candidates = [resolveFrom(terminal, 'config.yaml'), join(resolveFrom(terminal, dataDir), 'config.yaml')];
  return candidates.find((path) => existsSync(path)) ?? null;
}

async function parsedFile(path: string | null): Promise<{ path: string; values: unknown } | null> {
  if (path === null) return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new JobTriggerError('configuration_invalid', `${path} cannot be read.`, {}, { cause });
  }
  try {
    return { path, values: (await readYaml(text)) ?? {} };
  } catch (cause) {
    throw new JobTriggerError(
      'configuration_invalid',
      `${path}: ${(cause as Error).message.split('\n')[0]}`,
      {},
      { cause },
    );
  }
}

/** `./.env` fills what is unset. Lines of `NAME=value`; quotes around a value are taken off. */
function dotEnv(terminal: Terminal): Record<string, string> {
  const path = resolveFrom(terminal, '.env');
  if (!existsSync(path)) return {};
  const values: Record<string, string> = {};
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const match = /^\s*(JOB_PORTAL_\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) values[match[1]] = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
  }
  return values;
}

/** The variables of the process, and of `./.env` where they are not set. */
export function environmentOf(terminal: Terminal): Readonly<Record<string, string | undefined>> {
  return { ...dotEnv(terminal), ...terminal.env };
}

/** The settings in force, each with its source. @throws `configuration_invalid` naming key and source */
export async function readConfig(
  terminal: Terminal,
  flags: GlobalFlags,
  processFlags: Readonly<Record<string, unknown>> = {},
): Promise<Config> {
  return loadConfig({
    file: await parsedFile(configFileOf(terminal, flags)),
    env: environmentOf(terminal),
    cwd: terminal.cwd,
    readFile: (path) => readFileSync(resolveFrom(terminal, path), 'utf8'),
    flags: {
      ...(flags.dataDir === undefined ? {} : { data_dir: flags.dataDir }),
      ...(flags.db === undefined ? {} : { 'database.url': flags.db }),
      ...processFlags,
    },
  });
}
