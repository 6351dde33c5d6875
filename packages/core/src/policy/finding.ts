/** What an examination says of one thing. */
export type Health = 'healthy' | 'degraded' | 'unhealthy';

/** What is looked at, with what it is for. Total, and in the order in which people read it. */
export const examinations = {
  database: ['Database', 'Holds jobs, ledger and runs. Without it nothing is planned, started or shown.'],
  schema: ['Schema', 'The tables, as this program knows them.'],
  schedulers: ['Schedulers', 'Turn what is due into runs.'],
  watchdog: ['Heartbeat', 'Tells a watcher outside that planning works; it cries out when none comes.'],
  workers: ['Workers', 'Claim runs and carry them out.'],
  storage: ['Data folder', 'Holds output, keys and, with SQLite, the database.'],
  disk: ['Disk', 'Output and database grow until retention takes them away.'],
  ballast: ['Ballast', 'Room that is let go when the disk is full, so that results can still be stored.'],
  write_ahead_log: ['Write-ahead log', 'Grows while another program keeps the SQLite file open to read.'],
  clocks: ['Clocks', 'The database’s clock decides. Others that differ show wrong times.'],
  durability: ['Durability', 'Whether what was committed can be lost, and whether anything was.'],
  leases: ['Leases and slots', 'The right to carry a run out. One that nobody uses keeps a run from ending.'],
  retention: ['Retention', 'Removes what is older than its settings, in small batches.'],
  zone_data: ['Zone data', 'The rules of time zones, with which due instants are computed.'],
  versions: ['Versions', 'Portal, schedulers and workers of one installation.'],
} as const satisfies Record<string, readonly [title: string, meaning: string]>;

export type Examination = keyof typeof examinations;

export interface Finding {
  readonly check: Examination;
  readonly status: Health;
  readonly message: string;
  /** What to do; null when nothing is. */
  readonly fix: string | null;
  readonly latencyMs?: number;
}

export const good = (check: Examination, message: string): Finding => ({
  check,
  status: 'healthy',
  message,
  fix: null,
});
export const poor = (check: Examination, message: string, fix: string): Finding => ({
  check,
  status: 'degraded',
  message,
  fix,
});
export const broken = (check: Examination, message: string, fix: string): Finding => ({
  check,
  status: 'unhealthy',
  message,
  fix,
});
