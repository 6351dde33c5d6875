import { describe, expect, test } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import { defaultBreaker } from '../model/trouble.ts';
import type { ConfigSources } from './config.ts';
import { loadConfig } from './load-config.ts';
import { settingTable } from './setting-table.ts';

const none: ConfigSources = { file: null, env: {}, flags: {}, cwd: '/srv', readFile: () => 'from a file\n' };
const source = (sources: Partial<ConfigSources>, key: string): string | undefined =>
  loadConfig({ ...none, ...sources }).list.find((setting) => setting.key === key)?.source;

function refusal(sources: Partial<ConfigSources>): JobTriggerError {
  try {
    loadConfig({ ...none, ...sources });
  } catch (error) {
    if (error instanceof JobTriggerError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('settings', () => {
  test('each has a key, a variable and a meaning of its own', () => {
    expect(new Set(settingTable.map((setting) => setting.key)).size).toBe(settingTable.length);
    expect(new Set(settingTable.map((setting) => setting.variable)).size).toBe(settingTable.length);
    expect(settingTable.every((setting) => setting.description.endsWith('.'))).toBe(true);
  });
  test('have the defaults that are promised (R-286)', () => {
    const { values } = loadConfig(none);
    expect(values).toMatchObject({
      dataDir: '/srv/jtp-data',
      scriptsDir: '/srv/jtp-data/scripts',
      databaseUrl: 'sqlite:/srv/jtp-data/portal.db',
      host: '127.0.0.1',
      port: 8080,
      allowCommand: false,
      requireScriptApproval: false,
      scriptApprovals: 1,
      allowScriptEditing: false,
      scriptsShared: false,
    });
    expect(values.engine).toMatchObject({
      pollIntervalMs: 10_000,
      claimLockMs: 300_000,
      stuckThresholdMs: 600_000,
      leaseMs: 15_000,
      lostAfterMs: 60_000,
    });
  });
  test('a flag wins over the environment, that over the file, that over the default (R-284)', () => {
    const file = { path: 'config.yaml', values: { server: { port: 1111 } } };
    const env = { JOB_PORTAL_PORT: '2222' };
    expect(source({}, 'server.port')).toBe('default');
    expect(source({ file }, 'server.port')).toBe('config.yaml');
    expect(source({ file, env }, 'server.port')).toBe('JOB_PORTAL_PORT');
    expect(loadConfig({ ...none, file, env, flags: { 'server.port': 3333 } }).values.port).toBe(3333);
  });
  test('a secret can stand in a file, and is never shown', () => {
    const config = loadConfig({ ...none, env: { JOB_PORTAL_ADMIN_PASSWORD_FILE: '/run/secret' } });
    expect(config.values.adminPassword).toBe('from a file');
    expect(config.list.find((setting) => setting.key === 'admin.password')).toMatchObject({
      value: '(set)',
      source: 'JOB_PORTAL_ADMIN_PASSWORD_FILE',
    });
  });
  test('thresholds of failures, and what a worker serves, are those of the installation (R-104, R-290)', () => {
    const env = {
      JOB_PORTAL_BREAKER_PLUGIN_CONSECUTIVE: '2',
      JOB_PORTAL_BREAKER_PLUGIN_RECENT: '0',
      JOB_PORTAL_STATUS_ISSUES_FROM: '1',
      JOB_PORTAL_WORKER_QUEUES: 'etl,default',
      JOB_PORTAL_WORKER_LABELS: 'gpu',
    };
    const { values } = loadConfig({ ...none, env });
    expect(values.engine.breaker).toMatchObject({
      consecutive: 5,
      ofPlugins: { consecutive: 2, recent: null, periodDays: 7 },
      shown: { issuesFrom: 1, failedFrom: 5 },
    });
    expect(values).toMatchObject({ workerQueues: ['etl', 'default'], workerLabels: ['gpu'] });
    expect(loadConfig(none).values).toMatchObject({ workerQueues: ['default'], workerLabels: [] });
    expect(loadConfig(none).values.engine.breaker).toMatchObject(defaultBreaker);
  });
  test.each([
    [{ env: { JOB_PORTAL_PORT: 'eighty' } }, 'server.port', 'JOB_PORTAL_PORT'],
    [{ env: { JOB_PORTAL_PORT: '70000' } }, 'server.port', 'outside 0-65535'],
    [{ env: { JOB_PORTAL_WORKER_MAX_CONCURRENT: '1.5' } }, 'worker.max_concurrent', 'no whole number'],
    [{ env: { JOB_PORTAL_ALLOW_COMMAND: 'perhaps' } }, 'security.allow_command', 'neither true nor false'],
    [{ file: { path: 'c.yaml', values: { server: { prot: 1 } } } }, 'server.prot', 'is no setting'],
    [{ file: { path: 'c.yaml', values: { server: 5 } } }, 'server', 'must hold keys'],
    [
      { env: { JOB_PORTAL_WORKER_HEARTBEAT_INTERVAL: '10' } },
      'worker.heartbeat_seconds',
      'a third of worker.lease_seconds',
    ],
    [
      { env: { JOB_PORTAL_WORKER_LOST_AFTER: '20', JOB_PORTAL_WORKER_LEASE: '18' } },
      'worker.lost_after_seconds',
      '5 s longer',
    ],
    [{ env: { JOB_PORTAL_STATUS_FAILED_FROM: '2' } }, 'status.failed_from', 'at least status.issues_from'],
    [{ env: { JOB_PORTAL_ADMIN_EMAIL: 'mei' } }, 'admin.email', 'JOB_PORTAL_ADMIN_EMAIL'],
    [{ env: { JOB_PORTAL_TIMEZONE: 'Asia/HongKong' } }, 'timezone', 'Asia/Hong_Kong'],
    [{ env: { JOB_PORTAL_VAULT_URL: 'https://vault.example.org' } }, 'secrets.vault_token', 'is needed'],
    [{ env: { JOB_PORTAL_AWS_REGION: 'Frankfurt!' } }, 'secrets.aws_region', 'eu-central-1'],
    [
      { env: { JOB_PORTAL_AWS_REGION: 'eu-central-1', JOB_PORTAL_AWS_ACCESS_KEY_ID: 'AKID' } },
      'secrets.aws_secret_access_key',
      'or neither does',
    ],
    [{ env: { JOB_PORTAL_PUBLIC_URL: 'jobs.example.org' } }, 'server.public_url', 'https://'],
    [{ env: { JOB_PORTAL_OIDC_PROVIDERS: 'acme' } }, 'oidc.providers', 'as JSON'],
  ] as const)('%j is refused, naming %s', (sources, key, words) => {
    const error = refusal(sources);
    expect(error.message).toContain(key);
    expect(error.message).toContain(words);
  });
});
