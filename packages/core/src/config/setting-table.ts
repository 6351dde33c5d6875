/** Every setting: its key in `config.yaml`, its variable, default, range and meaning. Docs and pages are made from it. */

type SettingKind = 'whole' | 'number' | 'flag' | 'text' | 'list';

export interface SettingDefinition {
  readonly key: string;
  /** Without the prefix `JOB_PORTAL_`. */
  readonly variable: string;
  readonly kind: SettingKind;
  /** Null: decided at start (a folder below another, the host's zone), as the description says. */
  readonly default: number | boolean | string | readonly string[] | null;
  readonly least?: number;
  readonly most?: number;
  readonly description: string;
  /** Never shown, and may be read from a file named by the variable with `_FILE` behind it. */
  readonly secret?: true;
}

const whole = (
  key: string,
  variable: string,
  value: number,
  least: number,
  most: number,
  description: string,
): SettingDefinition => ({
  key,
  variable,
  kind: 'whole',
  default: value,
  least,
  most,
  description,
});
const number = (
  key: string,
  variable: string,
  value: number,
  least: number,
  most: number,
  description: string,
): SettingDefinition => ({
  key,
  variable,
  kind: 'number',
  default: value,
  least,
  most,
  description,
});
const flag = (key: string, variable: string, value: boolean, description: string): SettingDefinition => ({
  key,
  variable,
  kind: 'flag',
  default: value,
  description,
});
const text = (key: string, variable: string, value: string | null, description: string): SettingDefinition => ({
  key,
  variable,
  kind: 'text',
  default: value,
  description,
});
const list = (key: string, variable: string, value: readonly string[], description: string): SettingDefinition => ({
  key,
  variable,
  kind: 'list',
  default: value,
  description,
});

export const settingTable: readonly SettingDefinition[] = [
  text('data_dir', 'DATA_DIR', './jtp-data', 'Folder of the database, logs and keys.'),
  text(
    'scripts_dir',
    'SCRIPTS_DIR',
    null,
    'Folder of the scripts that jobs may name; `scripts` in the data folder when absent.',
  ),
  text('timezone', 'TIMEZONE', null, 'Zone of schedules that name none; the host’s, written down at the first start.'),
  {
    ...text('database.url', 'DB_URL', null, '`sqlite:PATH` or `postgres://…`; SQLite in the data folder when absent.'),
    secret: true,
  },
  text('server.host', 'HOST', '127.0.0.1', 'Address the portal listens on.'),
  whole('server.port', 'PORT', 8080, 0, 65_535, 'Port the portal listens on; 0 takes a free one.'),
  text(
    'server.public_url',
    'PUBLIC_URL',
    null,
    'Address at which people reach the portal, when a proxy stands before it.',
  ),
  list('server.trusted_proxies', 'TRUSTED_PROXIES', [], 'Addresses of proxies whose forwarding headers count.'),
  whole(
    'server.rate_per_minute',
    'RATE_PER_MINUTE',
    100,
    0,
    100_000,
    'Requests a minute of one key or address; ten times that for a signed-in person; 0 is off.',
  ),
  whole('server.request_seconds', 'SERVER_REQUEST_SECONDS', 120, 1, 3600, 'Time limit of one request.'),
  {
    ...text('security.secret_key', 'SECRET_KEY', null, 'Seals secrets; `secret.key` in the data folder when absent.'),
    secret: true,
  },
  list(
    'security.allowed_extensions',
    'ALLOWED_EXTENSIONS',
    ['.py', '.sh', '.js', '.mjs', '.ts', '.bat', '.cmd', '.ps1'],
    'Endings of script names that may run.',
  ),
  flag(
    'security.allow_command',
    'ALLOW_COMMAND',
    false,
    'Jobs may name any program (type `command`), not only scripts of the folder.',
  ),
  list('security.outgoing_allow', 'OUTGOING_ALLOW', [], 'Private addresses, ranges and hosts that HTTP jobs may call.'),
  text('admin.email', 'ADMIN_EMAIL', null, 'First administrator of an unattended set-up.'),
  { ...text('admin.password', 'ADMIN_PASSWORD', null, 'Password of that administrator.'), secret: true },
  number('scheduler.poll_interval_seconds', 'SCHEDULER_POLL_INTERVAL', 10, 0.1, 60, 'The longest a scheduler sleeps.'),
  number(
    'scheduler.claim_lock_seconds',
    'DISPATCH_LOCK_DURATION',
    300,
    5,
    3600,
    'A live worker that claimed a run and has not started it by then gives it back.',
  ),
  number(
    'scheduler.stuck_threshold_seconds',
    'JOB_TIMEOUT_THRESHOLD',
    600,
    60,
    86_400,
    'A run still open this long after its time-out and kill grace ends `lost`, reason `stuck`.',
  ),
  number(
    'scheduler.late_tolerance_seconds',
    'LATE_TOLERANCE',
    30,
    1,
    3600,
    'Later than this an instant was missed, and `catch_up` decides.',
  ),
  whole('scheduler.drain_rate', 'DRAIN_RATE', 10, 1, 1000, 'Catch-up runs created a second, over all schedules.'),
  number('worker.poll_interval_seconds', 'WORKER_POLL_INTERVAL', 5, 0.1, 60, 'How often an idle worker looks first.'),
  number(
    'worker.max_poll_interval_seconds',
    'WORKER_MAX_POLL_INTERVAL',
    60,
    1,
    600,
    'How rarely an idle worker looks at last.',
  ),
  number(
    'worker.heartbeat_seconds',
    'WORKER_HEARTBEAT_INTERVAL',
    5,
    0.5,
    100,
    'Time between heartbeats; at most a third of the lease.',
  ),
  number(
    'worker.lease_seconds',
    'WORKER_LEASE',
    15,
    5,
    300,
    'Silence after which a worker is stale and its runs are suspect.',
  ),
  number(
    'worker.lost_after_seconds',
    'WORKER_LOST_AFTER',
    60,
    20,
    3600,
    'Silence after which its runs are settled by `on_lost`.',
  ),
  number(
    'worker.offline_seconds',
    'WORKER_OFFLINE_THRESHOLD',
    180,
    20,
    86_400,
    'Silence after which a worker leaves the default list.',
  ),
  whole('worker.max_concurrent', 'WORKER_MAX_CONCURRENT', 10, 1, 1000, 'Runs that one worker carries out at once.'),
  number('worker.job_timeout_seconds', 'WORKER_JOB_TIMEOUT', 300, 1, 604_800, 'Time limit of a job that sets none.'),
  number('worker.drain_seconds', 'WORKER_DRAIN', 30, 0, 3600, 'How long a stopping worker waits for its runs.'),
  whole(
    'worker.output_limit_bytes',
    'OUTPUT_LIMIT_BYTES',
    10_485_760,
    65_536,
    1_073_741_824,
    'Output of one attempt kept on disk.',
  ),
  whole(
    'retry.max_attempts',
    'MAX_RETRY_ATTEMPTS',
    3,
    1,
    100,
    'Attempts of a `retry` that names no number, and losses that end `on_lost: rerun`.',
  ),
  number('retry.delay_seconds', 'RETRY_DELAY', 300, 1, 604_800, 'Delay of a `retry` that names none.'),
  whole('retention.run_days', 'CLEANUP_RETENTION_DAYS', 30, 1, 3650, 'Days that runs, attempts and output are kept.'),
  whole('retention.ledger_days', 'RETENTION_LEDGER_DAYS', 35, 35, 3650, 'Days that the ledger is kept.'),
  whole('retention.event_days', 'RETENTION_EVENT_DAYS', 90, 30, 3650, 'Days that events are kept.'),
  whole('retention.alert_days', 'RETENTION_ALERT_DAYS', 90, 1, 3650, 'Days that alerts are kept after their end.'),
  whole('scripts.max_bytes', 'SCRIPTS_MAX_BYTES', 1_048_576, 1, 1_073_741_824, 'Largest script that may run.'),
  flag(
    'demo',
    'DEMO',
    false,
    'Fill the installation at start with 20 marked jobs and 30 days of history, unless they are there.',
  ),
  number(
    'ui.refresh_seconds',
    'UI_REFRESH_SECONDS',
    5,
    0,
    3600,
    'How often pages ask when the stream is away; 0 is off.',
  ),
  {
    ...text(
      'watchdog.url',
      'WATCHDOG_URL',
      null,
      'Address of a watcher outside, such as Healthchecks: asked as long as planning works, silent otherwise.',
    ),
    secret: true,
  },
  number('watchdog.interval_seconds', 'WATCHDOG_INTERVAL', 60, 5, 86_400, 'Time between two beats to that watcher.'),
  whole(
    'storage.ballast_mb',
    'BALLAST_MB',
    64,
    0,
    4096,
    'Megabytes kept in the data folder for the day the disk is full; 0 keeps none.',
  ),
  text(
    'worker.containment',
    'WORKER_CONTAINMENT',
    'auto',
    'How surely process trees are ended: `pidns`, `cgroup` or `pgid` and no other, or `auto` for the best there is.',
  ),
  whole(
    'worker.max_open_files',
    'WORKER_MAX_OPEN_FILES',
    4096,
    256,
    1_048_576,
    'Files that one process of a job may have open.',
  ),
  whole(
    'worker.max_file_bytes',
    'WORKER_MAX_FILE_BYTES',
    0,
    0,
    Number.MAX_SAFE_INTEGER,
    'Largest file that a job may write; 0 is no limit.',
  ),
  whole('breaker.consecutive', 'BREAKER_CONSECUTIVE', 5, 0, 100, 'Failures in a row that stop a job; 0 counts none.'),
  whole(
    'breaker.recent',
    'BREAKER_RECENT',
    0,
    0,
    100,
    'Failures within `breaker.period_days` that stop a job, whatever succeeded in between; 0 counts none.',
  ),
  whole('breaker.period_days', 'BREAKER_PERIOD_DAYS', 7, 1, 90, 'Days in which `breaker.recent` counts.'),
  number(
    'breaker.cool_off_days',
    'BREAKER_COOL_OFF_DAYS',
    7,
    0,
    365,
    'Days after which a stopped job may be tried again.',
  ),
  text(
    'breaker.policy',
    'BREAKER_POLICY',
    'manual',
    'What happens then: `manual` waits for a person, `probe` makes one trial run.',
  ),
];
