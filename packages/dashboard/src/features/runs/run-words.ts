import type { Run } from 'job-trigger-contract';

/** Triggers as a person says them: one total table. */
export const triggerWords: Readonly<Record<Run['trigger'], string>> = {
  schedule: 'Schedule',
  manual: 'By hand',
  api: 'API',
  dependency: 'Dependency',
  retry: 'Run again',
  catch_up: 'Catch-up',
  backfill: 'Backfill',
  webhook: 'Webhook',
};

export const categoryWords: Readonly<Record<NonNullable<Run['failure']>['category'], string>> = {
  api_limit: 'Limit of an API',
  auth_error: 'Sign-in or permission',
  network_error: 'Network',
  config_error: 'Configuration',
  timeout: 'Time-out',
  script_error: 'The script',
  unknown: 'Unknown',
};

/** The end of an id: what people compare by eye. */
export const shortId = (id: string): string => id.slice(-8);

/** `exit 1`, `signal SIGKILL`; null when it ended without either. */
export function exitWords({ exit_code, signal }: Pick<Run, 'exit_code' | 'signal'>): string | null {
  if (signal !== null) return `signal ${signal}`;
  return exit_code === null ? null : `exit ${exit_code}`;
}

/** `day=2030-01-31, count=3`. */
export const valueWords = (values: Run['parameters']): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ');
