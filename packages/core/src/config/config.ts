/**
 * Settings, each with where it came from: default < page < file < environment < flag. Reads nothing itself: the program hands
 * in the parsed file, its environment and its flags.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import { isEmail } from '../model/email.ts';
import { containments, type Containment } from '../model/worker.ts';
import type { Quotas } from '../model/quota.ts';
import { defaultSettings, type EngineSettings } from '../model/settings.ts';
import { isKnownZone, suggestZone } from '../schedule/zone.ts';
import type { OidcProvider } from '../model/identity.ts';
import { artifactSettings } from './artifact-settings.ts';
import type { PageSetting } from '../model/page-setting.ts';
import { breakersOf } from './breaker-settings.ts';
import { changeableKeys } from './page-owned.ts';
import { convert, refuse } from './read-value.ts';
import type { SecretProviderSettings } from '../model/secret.ts';
import { secretProviderSettings } from './secret-settings.ts';
import { oidcProviders } from './oidc-settings.ts';
import { checkAuthentication } from './authentication.ts';
import { quotasOf } from './quota-setting-table.ts';
import { runAsOf } from './run-as-settings.ts';
import type { SettingDefinition } from './setting.ts';
import { settingTable } from './setting-table.ts';
import { checkWebAddress } from './web-address.ts';

const variablePrefix = 'JOB_PORTAL_';

export interface ConfigSources {
  /** The parsed `config.yaml`, and its path for error texts. */
  readonly file: { readonly path: string; readonly values: unknown } | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By key, as `server.port`. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What relative folders count from. */
  readonly cwd: string;
  /** Reads a file that a `…_FILE` variable names. */
  readonly readFile: (path: string) => string;
}

/** One setting in force. A secret's value is never told, only whether there is one. */
export interface SettingInForce {
  readonly key: string;
  readonly variable: string;
  readonly value: unknown;
  /** `default`, `page`, the file's path, the variable, or `flag`. */
  readonly source: string;
  readonly description: string;
  readonly default: unknown;
  readonly kind: SettingDefinition['kind'];
  readonly least: number | null;
  readonly most: number | null;
  /** Whether administrators may change it while everything runs; where it comes from elsewhere, that goes before. */
  readonly changeable: boolean;
  /** What the settings page says of it, in force or not; absent where it says nothing. */
  readonly page?: unknown;
}

export interface ConfigValues {
  readonly dataDir: string;
  readonly scriptsDir: string;
  readonly databaseUrl: string;
  readonly timezone: string | null;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly ratePerMinute: number;
  readonly requestSeconds: number;
  readonly secretKey: string | null;
  readonly formerSecretKey: string | null;
  readonly secretProviders: Omit<SecretProviderSettings, 'env'>;
  readonly proofMinutes: number;
  readonly requireSecondFactor: boolean;
  readonly allowedExtensions: readonly string[];
  readonly allowCommand: boolean;
  readonly requireScriptApproval: boolean;
  /** People, each another one, who approve a content before it runs. */
  readonly scriptApprovals: number;
  readonly outgoingAllow: readonly string[];
  readonly adminEmail: string | null;
  readonly adminPassword: string | null;
  readonly scriptMaxBytes: number;
  readonly allowScriptEditing: boolean;
  readonly scriptsShared: boolean;
  readonly demo: boolean;
  /** Of a worker that is told nothing else. */
  readonly workerQueues: readonly string[];
  readonly workerLabels: readonly string[];
  readonly refreshSeconds: number;
  readonly ballastBytes: number;
  readonly engine: EngineSettings;
  /** Null for no watcher outside. */
  readonly watchdogUrl: string | null;
  readonly watchdogMs: number;
  /** As they are written; `loadPlugins` reads them. */
  readonly plugins: readonly string[];
  readonly oidcProviders: readonly OidcProvider[];
  /** False: all acts are the first administrator's, and only this machine is answered. */
  readonly authentication: boolean;
  readonly quotas: Quotas;
  /** 0 is no limit. */
  readonly logReaders: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSection = (key: string): boolean => settingTable.some((setting) => setting.key.startsWith(`${key}.`));
const isSetting = (key: string): boolean => settingTable.some((setting) => setting.key === key);

/** `{server: {port: 1}}` as `server.port`. @throws `configuration_invalid` for a key that is none */
function flatten(path: string, value: unknown, prefix = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (!isRecord(value)) {
    throw new JobTriggerError('configuration_invalid', `${path}: ${prefix || 'the file'} must hold keys with values.`);
  }
  for (const [name, part] of Object.entries(value)) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (isSection(key)) for (const [inner, innerValue] of flatten(path, part, key)) found.set(inner, innerValue);
    else if (isSetting(key)) found.set(key, part);
    else
      throw new JobTriggerError(
        'configuration_invalid',
        `${key} (from ${path}): is no setting. See them all with: jtp config show`,
        { fields: [{ path: key, message: 'is no setting' }] },
      );
  }
  return found;
}

/** A variable, or the content of the file that the variable with `_FILE` names. Empty counts as absent. */
function fromEnvironment(
  definition: SettingDefinition,
  { env, readFile }: ConfigSources,
): { value: string; source: string } | null {
  const variable = `${variablePrefix}${definition.variable}`;
  const value = env[variable];
  if (value !== undefined && value !== '') return { value, source: variable };
  const path = definition.secret === true ? env[`${variable}_FILE`] : undefined;
  if (path === undefined || path === '') {
    const former = definition.key === 'database.url' ? env['REFLEX_DB_URL'] : undefined;
    return former === undefined || former === '' ? null : { value: former, source: 'REFLEX_DB_URL' };
  }
  try {
    return { value: readFile(path).replace(/\r?\n$/, ''), source: `${variable}_FILE` };
  } catch {
    throw refuse(definition, `${variable}_FILE`, `${path} cannot be read`);
  }
}

/** Null for what this version does not take from a page: it may have been written by another. */
function fromPage(definition: SettingDefinition, page: ReadonlyMap<string, unknown>): unknown {
  const value = page.get(definition.key);
  if (value === undefined || value === null || !changeableKeys.includes(definition.key)) return null;
  try {
    return convert(definition, value, 'page');
  } catch {
    return null;
  }
}

interface Written {
  readonly file: ReadonlyMap<string, unknown>;
  readonly page: ReadonlyMap<string, unknown>;
}

function decide(
  definition: SettingDefinition,
  sources: ConfigSources,
  { file, page }: Written,
): { value: unknown; source: string } {
  const flag = sources.flags[definition.key];
  if (flag !== undefined) return { value: convert(definition, flag, 'flag'), source: 'flag' };
  const named = fromEnvironment(definition, sources);
  if (named !== null) return { value: convert(definition, named.value, named.source), source: named.source };
  const written = file.get(definition.key);
  if (written !== undefined && written !== null) {
    const source = sources.file?.path ?? 'file';
    return { value: convert(definition, written, source), source };
  }
  const changed = fromPage(definition, page);
  return changed === null ? { value: definition.default, source: 'default' } : { value: changed, source: 'page' };
}

function checkEmail(decided: { readonly value: unknown; readonly source: string } | undefined): void {
  if (typeof decided?.value !== 'string' || isEmail(decided.value)) return;
  const message = `'${decided.value}' is no e-mail address`;
  throw new JobTriggerError('configuration_invalid', `admin.email (from ${decided.source}): ${message}`, {
    fields: [{ path: 'admin.email', message }],
  });
}

function containmentOf(decided: { readonly value: unknown; readonly source: string } | undefined): Containment | null {
  const level = containments.find((known) => known === decided?.value);
  if (level !== undefined || decided === undefined || decided.value === 'auto') return level ?? null;
  const message = `must be auto, ${containments.join(', ')}, found '${String(decided.value)}'`;
  throw new JobTriggerError('configuration_invalid', `worker.containment (from ${decided.source}): ${message}`, {
    fields: [{ path: 'worker.containment', message }],
  });
}

/** Rules between settings. */
function checkTogether(engine: EngineSettings): void {
  const wrong = (key: string, message: string): never => {
    throw new JobTriggerError('configuration_invalid', `${key}: ${message}`, { fields: [{ path: key, message }] });
  };
  if (engine.heartbeatMs > engine.leaseMs / 3)
    wrong('worker.heartbeat_seconds', 'must be at most a third of worker.lease_seconds');
  if (engine.lostAfterMs < engine.leaseMs + 5000)
    wrong('worker.lost_after_seconds', 'must be at least 5 s longer than worker.lease_seconds');
  if (engine.heartbeatMs > (engine.lostAfterMs - 15_000) / 3)
    wrong('worker.heartbeat_seconds', 'must be at most a third of worker.lost_after_seconds - 15');
  if (engine.offlineMs < engine.lostAfterMs)
    wrong('worker.offline_seconds', 'must be at least worker.lost_after_seconds');
  const { issuesFrom, failedFrom } = engine.breaker.shown;
  if (failedFrom < issuesFrom) wrong('status.failed_from', 'must be at least status.issues_from');
}

/**
 * What is in force. @param changed on the settings page
 * @throws `configuration_invalid` naming key and source, `timezone_unknown`
 */
export function decideConfig(
  sources: ConfigSources,
  changed: readonly PageSetting[],
): { readonly values: ConfigValues; readonly list: readonly SettingInForce[] } {
  const file = sources.file === null ? new Map<string, unknown>() : flatten(sources.file.path, sources.file.values);
  const page = new Map(changed.flatMap(({ ownerId, key, value }) => (ownerId === null ? [[key, value]] : [])));
  const written = { file, page };
  const decided = new Map(settingTable.map((definition) => [definition.key, decide(definition, sources, written)]));
  const get = <T>(key: string): T => decided.get(key)?.value as T;
  const ms = (key: string): number => Math.round(get<number>(key) * 1000);
  const folder = (path: string): string => (isAbsolute(path) ? path : resolve(sources.cwd, path));

  const dataDir = folder(get<string>('data_dir'));
  const scripts = get<string | null>('scripts_dir');
  const timezone = get<string | null>('timezone');
  if (timezone !== null && !isKnownZone(timezone)) {
    const near = suggestZone(timezone);
    throw new JobTriggerError(
      'timezone_unknown',
      `timezone (from ${decided.get('timezone')?.source}): '${timezone}' is no known zone.${near === null ? '' : ` Did you mean ${near}?`}`,
    );
  }
  checkEmail(decided.get('admin.email'));
  checkWebAddress('watchdog.url', decided.get('watchdog.url'));
  checkAuthentication(decided);
  const engine: EngineSettings = {
    ...defaultSettings,
    pollIntervalMs: ms('scheduler.poll_interval_seconds'),
    claimLockMs: ms('scheduler.claim_lock_seconds'),
    stuckThresholdMs: ms('scheduler.stuck_threshold_seconds'),
    lateToleranceMs: ms('scheduler.late_tolerance_seconds'),
    drainRate: get('scheduler.drain_rate'),
    workerPollMs: ms('worker.poll_interval_seconds'),
    workerMaxPollMs: ms('worker.max_poll_interval_seconds'),
    heartbeatMs: ms('worker.heartbeat_seconds'),
    leaseMs: ms('worker.lease_seconds'),
    lostAfterMs: ms('worker.lost_after_seconds'),
    offlineMs: ms('worker.offline_seconds'),
    maxConcurrent: get('worker.max_concurrent'),
    jobTimeoutMs: ms('worker.job_timeout_seconds'),
    drainMs: ms('worker.drain_seconds'),
    maxLost: get('retry.max_attempts'),
    retry: { maxAttempts: get('retry.max_attempts'), delaySeconds: get('retry.delay_seconds') },
    breaker: breakersOf(get, decided.get('breaker.policy'), changed),
    outputLimitBytes: get('worker.output_limit_bytes'),
    ageingMs: ms('queue.ageing_seconds'),
    processes: {
      containment: containmentOf(decided.get('worker.containment')),
      openFiles: get('worker.max_open_files'),
      fileBytes: get<number>('worker.max_file_bytes') === 0 ? null : get('worker.max_file_bytes'),
      runAs: runAsOf(decided.get('worker.run_as')),
    },
    retention: {
      ...defaultSettings.retention,
      runDays: get('retention.run_days'),
      ledgerDays: get('retention.ledger_days'),
      eventDays: get('retention.event_days'),
      alertDays: get('retention.alert_days'),
    },
    artifacts: artifactSettings(get),
  };
  checkTogether(engine);
  checkWebAddress('server.public_url', decided.get('server.public_url'));
  const { env, readFile } = sources;
  const publicUrl = get<string | null>('server.public_url');
  return {
    values: {
      dataDir,
      scriptsDir: scripts === null ? join(dataDir, 'scripts') : folder(scripts),
      databaseUrl: get<string | null>('database.url') ?? `sqlite:${join(dataDir, 'portal.db')}`,
      timezone,
      host: get('server.host'),
      port: get('server.port'),
      publicUrl,
      trustedProxies: get('server.trusted_proxies'),
      ratePerMinute: get('server.rate_per_minute'),
      requestSeconds: get('server.request_seconds'),
      secretKey: get('security.secret_key'),
      formerSecretKey: get('security.former_secret_key'),
      secretProviders: secretProviderSettings(get),
      proofMinutes: get('security.proof_minutes'),
      requireSecondFactor: get('security.require_second_factor'),
      allowedExtensions: get('security.allowed_extensions'),
      allowCommand: get('security.allow_command'),
      requireScriptApproval: get('security.require_script_approval'),
      scriptApprovals: get('security.script_approvals'),
      outgoingAllow: get('security.outgoing_allow'),
      adminEmail: get('admin.email'),
      adminPassword: get('admin.password'),
      scriptMaxBytes: get('scripts.max_bytes'),
      allowScriptEditing: get('scripts.allow_editing'),
      scriptsShared: get('scripts.shared_folder'),
      demo: get('demo'),
      refreshSeconds: get('ui.refresh_seconds'),
      ballastBytes: get<number>('storage.ballast_mb') * 1_048_576,
      engine,
      watchdogUrl: get('watchdog.url'),
      watchdogMs: ms('watchdog.interval_seconds'),
      plugins: get('plugins'),
      workerQueues: get('worker.queues'),
      workerLabels: get('worker.labels'),
      oidcProviders: oidcProviders(get('oidc.providers'), { env, readFile, publicUrl }),
      authentication: get('security.authentication'),
      quotas: quotasOf(get),
      logReaders: get('quota.log_readers'),
    },
    list: settingTable.map((definition) => {
      const { value, source } = decided.get(definition.key) ?? { value: null, source: 'default' };
      const shown = definition.secret === true && value !== null ? '(set)' : value;
      return {
        key: definition.key,
        variable: `${variablePrefix}${definition.variable}`,
        value: shown,
        source,
        description: definition.description,
        default: definition.default,
        kind: definition.kind,
        least: definition.least ?? null,
        most: definition.most ?? null,
        changeable: changeableKeys.includes(definition.key),
        ...(page.has(definition.key) ? { page: page.get(definition.key) } : {}),
      };
    }),
  };
}
