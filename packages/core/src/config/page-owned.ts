/** Settings that administrators may change while everything runs. All others are read at start, where they are written. */

/** Thresholds, limits and retention: each is looked at whenever it counts. */
export const changeableKeys: readonly string[] = [
  'server.rate_per_minute',
  'security.proof_minutes',
  'scheduler.claim_lock_seconds',
  'scheduler.stuck_threshold_seconds',
  'scheduler.late_tolerance_seconds',
  'scheduler.drain_rate',
  'worker.job_timeout_seconds',
  'worker.output_limit_bytes',
  'retry.max_attempts',
  'retry.delay_seconds',
  'retention.run_days',
  'retention.ledger_days',
  'retention.event_days',
  'retention.alert_days',
  'breaker.consecutive',
  'breaker.recent',
  'breaker.period_days',
  'breaker.cool_off_days',
  'breaker.policy',
  'breaker.plugin_consecutive',
  'breaker.plugin_recent',
  'breaker.plugin_period_days',
  'status.issues_from',
  'status.failed_from',
  'queue.ageing_seconds',
  'artifacts.keep',
  'artifacts.days',
  'artifacts.max_files',
  'artifacts.max_bytes',
  'quota.jobs',
  'quota.schedules',
  'quota.waiting_runs',
  'quota.log_readers',
];

/** When a job is stopped for its failures: a person's own go before the installation's, and a job's before both. */
export const personKeys: readonly string[] = [
  'breaker.consecutive',
  'breaker.recent',
  'breaker.period_days',
  'breaker.plugin_consecutive',
  'breaker.plugin_recent',
  'breaker.plugin_period_days',
];

/** Those whose lowering has something deleted. */
export const retentionKeys: readonly string[] = ['retention.run_days', 'retention.ledger_days', 'retention.event_days'];
