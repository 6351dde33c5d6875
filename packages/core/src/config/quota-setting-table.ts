/** Settings that bound what one person may hold, and what jobs may touch. */
import { defaultQuotas, type Quotas } from '../model/quota.ts';
import { text, whole, type SettingDefinition } from './setting.ts';

const most = 10_000_000;

export const quotaSettingTable: readonly SettingDefinition[] = [
  whole('quota.jobs', 'QUOTA_JOBS', defaultQuotas.jobs, 0, most, 'Jobs that one person may own; 0 is no limit.'),
  whole(
    'quota.schedules',
    'QUOTA_SCHEDULES',
    defaultQuotas.schedules,
    0,
    most,
    'Schedules that the jobs of one person may have, all together; 0 is no limit.',
  ),
  whole(
    'quota.waiting_runs',
    'QUOTA_WAITING_RUNS',
    defaultQuotas.waiting_runs,
    0,
    most,
    'Waiting runs of one person’s jobs from which no more are made on request; schedules go on. 0 is no limit.',
  ),
  whole(
    'quota.log_readers',
    'QUOTA_LOG_READERS',
    50,
    0,
    10_000,
    'Logs and streams that one person may read at once, in each portal; 0 is no limit.',
  ),
  text(
    'worker.run_as',
    'WORKER_RUN_AS',
    null,
    'User that jobs run as, where the worker is root: a name, a number, `number:group`, or a range such as `61000-61099` of which each run has one for itself; the worker’s own when absent.',
  ),
];

export function quotasOf(get: <T>(key: string) => T): Quotas {
  return {
    jobs: get('quota.jobs'),
    schedules: get('quota.schedules'),
    waiting_runs: get('quota.waiting_runs'),
  };
}
