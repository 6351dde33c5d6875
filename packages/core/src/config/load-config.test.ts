import { describe, expect, test } from 'vitest';
import type { ConfigSources } from './config.ts';
import { loadConfig } from './load-config.ts';

const none: ConfigSources = { file: null, env: {}, flags: {}, cwd: '/srv', readFile: () => '' };
const common = (key: string, value: unknown) => ({ ownerId: null, key, value });
const sourceOf = (config: ReturnType<typeof loadConfig>, key: string): string | undefined =>
  config.list.find((setting) => setting.key === key)?.source;

describe('what the settings page says', () => {
  test('is seen by whoever was given the settings, or a part of them, before', () => {
    const config = loadConfig(none);
    const { engine } = config.values;
    const { breaker, retention } = engine;
    expect(config.heed([common('breaker.consecutive', 2), common('retention.run_days', 7)])).toBeNull();
    expect([breaker.consecutive, engine.breaker.consecutive, retention.runDays]).toEqual([2, 2, 7]);
    expect(sourceOf(config, 'breaker.consecutive')).toBe('page');
    config.heed([]);
    expect([breaker.consecutive, retention.runDays, sourceOf(config, 'breaker.consecutive')]).toEqual([
      5,
      30,
      'default',
    ]);
  });

  test('goes after file, environment and flags, and before nothing but the default', () => {
    const file = { path: 'config.yaml', values: { retry: { max_attempts: 4 } } };
    const env = { JOB_PORTAL_RETRY_DELAY: '60' };
    const config = loadConfig({ ...none, file, env, flags: { 'queue.ageing_seconds': 1 } });
    config.heed([common('retry.max_attempts', 9), common('retry.delay_seconds', 9), common('queue.ageing_seconds', 9)]);
    const { retry, ageingMs } = config.values.engine;
    expect({ ...retry, ageingMs }).toEqual({ maxAttempts: 4, delaySeconds: 60, ageingMs: 1000 });
    expect(config.list.find(({ key }) => key === 'retry.max_attempts')).toMatchObject({
      page: 9,
      source: 'config.yaml',
    });
  });

  test('counts for nothing where this version does not take it, or only reads it at start', () => {
    const config = loadConfig(none);
    const changed = [common('breaker.recent', 1000), common('server.port', 1), common('gone.with_the_wind', 1)];
    expect(config.heed(changed)).toBeNull();
    expect(config.values).toMatchObject({ port: 8080, engine: { breaker: { recent: null } } });
  });

  test('counts for nothing at all where it does not go with how the process was started', () => {
    const config = loadConfig({
      ...none,
      env: { JOB_PORTAL_STATUS_ISSUES_FROM: '6', JOB_PORTAL_STATUS_FAILED_FROM: '6' },
    });
    expect(config.heed([common('breaker.consecutive', 2)])).toBeNull();
    const other = loadConfig({ ...none, env: { JOB_PORTAL_STATUS_ISSUES_FROM: '5' } });
    expect(other.heed([common('status.failed_from', 4), common('breaker.consecutive', 2)])).toContain('issues_from');
    expect(other.values.engine.breaker).toMatchObject({ consecutive: 5, shown: { issuesFrom: 5, failedFrom: 5 } });
  });

  test('of a person leaves out what is none of theirs, or out of range', () => {
    const config = loadConfig(none);
    const own = (key: string, value: unknown) => ({ ownerId: 7, key, value });
    config.heed([own('breaker.consecutive', 2), own('breaker.recent', 500), own('retention.run_days', 1)]);
    expect(config.values.engine.breaker.ofOwners?.get(7)).toMatchObject({
      consecutive: 2,
      recent: null,
      coolOffDays: 7,
    });
    expect(config.values.engine.retention.runDays).toBe(30);
  });
});
