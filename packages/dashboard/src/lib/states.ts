import type { AlertShape, Job, Monitor, Run, WebhookDelivery, Worker } from 'job-trigger-contract';
import type { Group } from './palette.ts';

export type StateIcon =
  | 'dots'
  | 'clock'
  | 'play'
  | 'check'
  | 'warning'
  | 'cross'
  | 'clock-cross'
  | 'plug-off'
  | 'bar'
  | 'skip'
  | 'pause';

export interface StateLook {
  readonly label: string;
  readonly group: Group;
  readonly icon: StateIcon;
}

/** States of runs, outcomes of attempts and entries of the ledger: one total table. */
export const runLooks: Readonly<Record<Run['state'] | 'not_started' | 'skipped' | 'dispatched', StateLook>> = {
  queued: { label: 'Queued', group: 'waiting', icon: 'dots' },
  starting: { label: 'Starting', group: 'running', icon: 'play' },
  running: { label: 'Running', group: 'running', icon: 'play' },
  succeeded: { label: 'Succeeded', group: 'success', icon: 'check' },
  failed: { label: 'Failed', group: 'failed', icon: 'cross' },
  timed_out: { label: 'Timed out', group: 'failed', icon: 'clock-cross' },
  lost: { label: 'Lost', group: 'failed', icon: 'plug-off' },
  cancelled: { label: 'Cancelled', group: 'stopped', icon: 'bar' },
  not_started: { label: 'Not started', group: 'stopped', icon: 'bar' },
  skipped: { label: 'Skipped', group: 'stopped', icon: 'skip' },
  dispatched: { label: 'Run made', group: 'waiting', icon: 'play' },
};

export const jobLooks: Readonly<Record<Job['status'], StateLook>> = {
  running: { label: 'Running', group: 'running', icon: 'play' },
  queued: { label: 'Queued', group: 'waiting', icon: 'dots' },
  needs_intervention: { label: 'Needs intervention', group: 'attention', icon: 'warning' },
  failed: { label: 'Failed', group: 'failed', icon: 'cross' },
  having_issues: { label: 'Having issues', group: 'attention', icon: 'warning' },
  last_run_failed: { label: 'Last run failed', group: 'failed', icon: 'cross' },
  paused: { label: 'Paused', group: 'stopped', icon: 'pause' },
  completed: { label: 'Completed', group: 'stopped', icon: 'bar' },
  active: { label: 'Active', group: 'waiting', icon: 'clock' },
};

export const workerLooks: Readonly<Record<Worker['state'], StateLook>> = {
  online: { label: 'Online', group: 'success', icon: 'check' },
  stale: { label: 'Stale', group: 'attention', icon: 'warning' },
  offline: { label: 'Offline', group: 'failed', icon: 'plug-off' },
  draining: { label: 'Draining', group: 'stopped', icon: 'bar' },
  paused: { label: 'Paused', group: 'stopped', icon: 'pause' },
};

export const healthLooks: Readonly<Record<'healthy' | 'degraded' | 'unhealthy', StateLook>> = {
  healthy: { label: 'Healthy', group: 'success', icon: 'check' },
  degraded: { label: 'Degraded', group: 'attention', icon: 'warning' },
  unhealthy: { label: 'Unhealthy', group: 'failed', icon: 'cross' },
};

export const alertLooks: Readonly<Record<AlertShape['severity'] | 'resolved', StateLook>> = {
  info: { label: 'Info', group: 'waiting', icon: 'dots' },
  warning: { label: 'Warning', group: 'attention', icon: 'warning' },
  error: { label: 'Error', group: 'failed', icon: 'cross' },
  resolved: { label: 'Over', group: 'success', icon: 'check' },
};

export const deliveryLooks: Readonly<Record<WebhookDelivery['state'], StateLook>> = {
  waiting: { label: 'Waiting', group: 'waiting', icon: 'clock' },
  delivered: { label: 'Delivered', group: 'success', icon: 'check' },
  failed: { label: 'Failed', group: 'failed', icon: 'cross' },
};

export const monitorLooks: Readonly<Record<Monitor['state'], StateLook>> = {
  new: { label: 'New', group: 'waiting', icon: 'dots' },
  up: { label: 'Up', group: 'success', icon: 'check' },
  late: { label: 'Late', group: 'attention', icon: 'clock' },
  down: { label: 'Down', group: 'failed', icon: 'cross' },
  paused: { label: 'Paused', group: 'stopped', icon: 'pause' },
};

/** States in which a run can still change. */
export const isLive = (state: Run['state']): boolean =>
  state === 'queued' || state === 'starting' || state === 'running';
export const isFailure = (state: Run['state']): boolean =>
  state === 'failed' || state === 'timed_out' || state === 'lost';
