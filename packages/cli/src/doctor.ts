import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { JobTriggerError, migrationStatus, realSystem, tzVersion, type Config } from 'job-trigger-core';
import type { Context } from './context.ts';
import { readConfig } from './settings-source.ts';

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do when it is not ok. */
  readonly fix: string | null;
}

const good = (check: string, found: string): Finding => ({ check, ok: true, found, fix: null });
const bad = (check: string, found: string, fix: string): Finding => ({ check, ok: false, found, fix });

function runtime(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24
    ? good('node', process.versions.node)
    : bad('node', process.versions.node, 'Node 24 or later is needed; from a clone, npm start brings its own.');
}

function folder(check: string, path: string): Finding {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return good(check, path);
  } catch (error) {
    return bad(
      check,
      `${path}: ${(error as Error).message}`,
      `Make it writable for this user, or choose another folder.`,
    );
  }
}

function space(path: string): Finding {
  const { bavail, bsize } = statfsSync(existsSync(path) ? path : '.');
  const megabytes = Math.floor((bavail * bsize) / 1_048_576);
  return megabytes > 256
    ? good('disk', `${megabytes} MB free`)
    : bad('disk', `${megabytes} MB free`, 'Free some space: logs and the database need room to grow.');
}

async function database(config: Config): Promise<Finding> {
  try {
    const { current, latest } = await migrationStatus({ url: config.values.databaseUrl, system: realSystem() });
    if (current === latest || current === 0)
      return good('database', current === 0 ? 'empty; the first start fills it' : `schema ${current}`);
    return bad(
      'database',
      `schema ${current}, this program has ${latest}`,
      current < latest ? 'Run: jtp migrate up' : 'Use the newer program.',
    );
  } catch (error) {
    return bad('database', (error as Error).message, 'Check database.url, and that the server is up.');
  }
}

function port({ values }: Config): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () =>
      resolve(
        bad(
          'port',
          `${values.host}:${values.port} is taken`,
          'If that is this portal, all is well; else choose another with --port.',
        ),
      ),
    );
    server.listen(values.port, values.host, () =>
      server.close(() => resolve(good('port', `${values.host}:${values.port} is free`))),
    );
  });
}

/** Looks at everything a start needs, in the order in which it would fail. */
export async function diagnose(context: Context): Promise<readonly Finding[]> {
  const findings = [runtime(), good('zone data', tzVersion)];
  let config: Config;
  try {
    config = await readConfig(context.terminal, context.flags);
  } catch (error) {
    if (!(error instanceof JobTriggerError)) throw error;
    return [...findings, bad('settings', error.message, 'Correct the setting that is named.')];
  }
  const { dataDir, scriptsDir } = config.values;
  findings.push(good('settings', `${config.list.filter((setting) => setting.source !== 'default').length} set`));
  findings.push(
    folder('data folder', dataDir),
    folder('scripts folder', scriptsDir),
    space(dataDir),
    await database(config),
  );
  findings.push(await port(config));
  return findings;
}
