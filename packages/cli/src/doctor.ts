import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  databaseDamage,
  examinations,
  examineInstallation,
  JobTriggerError,
  loadPlugins,
  migrationStatus,
  openStore,
  realSystem,
  tzVersion,
  type Config,
  type Finding as Examined,
} from 'job-trigger-core';
import type { Context } from './context.ts';
import { wayOf } from './contexts/way.ts';
import { portalAt } from './portal-at.ts';
import { readConfig } from './settings-source.ts';
import { baseAddress } from './setup-token.ts';
import { version } from './version.ts';

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

async function port({ values }: Config): Promise<Finding> {
  const place = `${values.host}:${values.port}`;
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(values.port, values.host, () => server.close(() => resolve(true)));
  });
  if (free) return good('port', `${place} is free`);
  if (await portalAt(baseAddress({ ...values, publicUrl: null }))) return good('port', `${place} answers as a portal`);
  return bad(
    'port',
    `${place} is taken by another program`,
    'Choose another with --port or server.port, or stop that program.',
  );
}

const named = ({ check, status, message, fix }: Examined): Finding => ({
  check: examinations[check][0].toLowerCase(),
  ok: status === 'healthy',
  found: message,
  fix,
});

/** What a running installation is examined for, once its database has tables; before that there is nothing to examine. */
async function installation(config: Config): Promise<readonly Finding[]> {
  const system = realSystem();
  const { values } = config;
  try {
    const { current, latest } = await migrationStatus({ url: values.databaseUrl, system });
    if (current === 0) {
      const found = await examineInstallation({ store: null, system, values, version });
      return [
        good('database', 'empty; the first start fills it'),
        ...found.filter(({ check }) => check === 'disk').map(named),
      ];
    }
    const damage = await databaseDamage(values.databaseUrl);
    const whole =
      damage === null
        ? []
        : [damage === '' ? good('pages', 'SQLite finds no damage') : bad('pages', damage, restoreFix)];
    if (current !== latest) {
      const found = `schema ${current}, this program has ${latest}`;
      return [...whole, bad('schema', found, current < latest ? 'Run: jtp migrate up' : 'Start the newer program.')];
    }
    const store = await openStore({ url: values.databaseUrl, system });
    try {
      return [...whole, ...(await examineInstallation({ store, system, values, version })).map(named)];
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof JobTriggerError)) throw error;
    return (await examineInstallation({ store: null, trouble: error, system, values, version })).map(named);
  }
}

/** One finding for all plugins; none where the settings name none. */
async function pluginFindings({ terminal }: Context, config: Config): Promise<readonly Finding[]> {
  const sources = config.values.plugins;
  if (sources.length === 0) return [];
  const search = { nodePath: process.execPath, path: terminal.env['PATH'] ?? '' };
  const types = await loadPlugins({ sources, cwd: terminal.cwd, ...search });
  const wrong = types.plugins.flatMap(({ source, problem }) => (problem === null ? [] : [`${source}: ${problem}`]));
  const cannot = types.all().flatMap(({ id, cannotRun }) => (cannotRun === null ? [] : [`${id}: ${cannotRun}`]));
  const [first] = [...wrong, ...cannot];
  if (first === undefined) return [good('plugins', types.plugins.flatMap((plugin) => plugin.types).join(', '))];
  return [
    bad('plugins', first, 'Correct the plugin, or take it out of the setting plugins. All of them: jtp plugins check'),
  ];
}

const restoreFix =
  'Stop the portal, then restore the newest backup into another folder: jtp --data-dir FOLDER restore FILE';

async function everythingOf(context: Context): Promise<readonly Finding[]> {
  const findings = [runtime()];
  let config: Config;
  try {
    config = await readConfig(context.terminal, context.flags);
  } catch (error) {
    if (!(error instanceof JobTriggerError)) throw error;
    return [...findings, bad('settings', error.message, 'Correct the setting that is named.')];
  }
  const { scriptsDir, dataDir } = config.values;
  findings.push(...(await pluginFindings(context, config)));
  const isFirst = !existsSync(dataDir);
  findings.push(good('settings', `${config.list.filter((setting) => setting.source !== 'default').length} set`));
  findings.push(folder('data folder', dataDir), folder('scripts folder', scriptsDir));
  const examined = await installation(config);
  // The examination says the same of the folder and the zones, and more.
  const told = new Set(examined.map(({ check }) => check));
  const own = findings.filter(({ check }) => !told.has(check));
  if (isFirst || !told.has('zone data')) own.splice(1, 0, good('zone data', tzVersion));
  return [...own, ...examined, await port(config)];
}

/**
 * Looks at everything a start needs and a running installation can be examined for, in the order in which it would fail.
 * With a server it is the server's own examination.
 */
export async function diagnose(context: Context): Promise<readonly Finding[]> {
  if (wayOf(context.terminal, context.flags).kind === 'database') return everythingOf(context);
  const connection = await context.connect();
  try {
    const { items } = await connection.client.healthChecks();
    return items.map(({ title, status, message, fix }) => ({
      check: title.toLowerCase(),
      ok: status === 'healthy',
      found: message,
      fix,
    }));
  } finally {
    await connection.close();
  }
}
