/** What of other people's an endpoint could reach, and what a caller needs for it. A new endpoint has no place without. */
import type { EndpointName } from './endpoints.ts';
import { endpoints } from './endpoints.ts';
import type { Endpoint } from './endpoint.ts';

/** Of a job; each holds the one before. */
export type Level = 'view' | 'run' | 'edit' | 'own';

/** What `{id}` in the path names. Whoever does not see its job gets 404; who sees it and may not do this, 403. */
export interface Subject {
  readonly of: 'job' | 'run' | 'alert' | 'attention' | 'monitor';
  readonly needs: Level;
}

/**
 * `seen`: answers with what the caller sees, and does nothing to the rest. `own`: things of the caller. `common`: what
 * belongs to the installation, with nothing of a job in it. `everything`: for administrators, who see all.
 */
export type Reach = Subject | 'seen' | 'own' | 'common' | 'everything';

const job = (needs: Level): Subject => ({ of: 'job', needs });
const run = (needs: Level): Subject => ({ of: 'run', needs });
const alert: Subject = { of: 'alert', needs: 'run' };
const item = (needs: Level): Subject => ({ of: 'attention', needs });
const monitor: Subject = { of: 'monitor', needs: 'view' };

export const reaches: Readonly<Record<EndpointName, Reach>> = {
  setup: 'common',
  login: 'common',
  logout: 'own',
  session: 'own',
  listJobs: 'seen',
  createJob: 'seen',
  getJob: job('view'),
  putJob: job('edit'),
  patchJob: job('edit'),
  deleteJob: job('edit'),
  restoreJob: job('edit'),
  runJob: job('run'),
  runDraft: 'seen',
  activateJob: job('edit'),
  deactivateJob: job('edit'),
  jobOccurrences: job('view'),
  jobWhy: job('view'),
  jobLogs: job('view'),
  jobVersions: job('view'),
  jobFailures: job('view'),
  resetJob: job('run'),
  intervention: 'seen',
  jobParameters: job('view'),
  listRuns: 'seen',
  getRun: run('view'),
  cancelRun: run('run'),
  retryRun: run('run'),
  runLog: run('view'),
  getLog: run('view'),
  compareRuns: run('view'),
  moveToFront: run('run'),
  preview: 'seen',
  parseSchedule: 'common',
  timezones: 'common',
  coming: 'seen',
  timeline: 'seen',
  heatMap: 'seen',
  forecast: 'seen',
  whatIf: 'seen',
  listFeeds: 'own',
  createFeed: 'seen',
  deleteFeed: 'own',
  listCalendars: 'common',
  createCalendar: 'seen',
  importCalendar: 'seen',
  nationalHolidays: 'common',
  getCalendar: 'seen',
  putCalendar: 'seen',
  deleteCalendar: 'seen',
  overview: 'seen',
  listEvents: 'seen',
  listWorkers: 'seen',
  listSchedulers: 'common',
  queue: 'seen',
  listScripts: 'common',
  readScript: 'common',
  settings: 'everything',
  demo: 'everything',
  removeDemo: 'everything',
  health: 'seen',
  healthChecks: 'everything',
  runRetention: 'everything',
  backUp: 'everything',
  live: 'common',
  ready: 'common',
  drainWorker: 'seen',
  pauseWorker: 'seen',
  resumeWorker: 'seen',
  removeWorker: 'common',
  confirmClock: 'common',
  listMaintenance: 'seen',
  setMaintenance: 'seen',
  changeMaintenance: 'seen',
  endMaintenance: 'seen',
  backfill: job('run'),
  backfillProgress: job('view'),
  cancelBackfill: job('run'),
  listAlerts: 'seen',
  countAlerts: 'seen',
  acknowledgeAlert: alert,
  acknowledgeAllAlerts: 'seen',
  listWebhooks: 'everything',
  createWebhook: 'everything',
  webhookKinds: 'everything',
  getWebhook: 'everything',
  patchWebhook: 'everything',
  deleteWebhook: 'everything',
  testWebhook: 'everything',
  rotateWebhook: 'everything',
  listDeliveries: 'everything',
  redeliver: 'everything',
  listMonitors: 'own',
  createMonitor: 'own',
  getMonitor: monitor,
  patchMonitor: monitor,
  deleteMonitor: monitor,
  pauseMonitor: monitor,
  resumeMonitor: monitor,
  renewMonitor: monitor,
  graph: 'seen',
  listQueues: 'seen',
  changeQueue: 'seen',
  listLocks: 'seen',
  setLock: 'seen',
  resetLock: 'seen',
  limits: 'seen',
  changeLimits: 'everything',
  setPersonLimit: 'everything',
  resetPersonLimit: 'everything',
  listJobTypes: 'common',
  listPlugins: 'everything',
  listArtifacts: run('view'),
  getArtifact: run('view'),
  artifactVersions: run('view'),
  bulkJobs: 'seen',
  bulkRuns: 'seen',
  listAttention: 'seen',
  countAttention: 'seen',
  getAttention: item('view'),
  acknowledgeAttention: item('run'),
  assignAttention: item('run'),
  noteAttention: item('run'),
  snoozeAttention: item('run'),
  resolveAttention: item('run'),
  reopenAttention: item('run'),
  retryAttention: item('run'),
  listHooks: job('view'),
  createHook: job('edit'),
  patchHook: job('edit'),
  deleteHook: job('edit'),
  rotateHook: job('edit'),
  jobShares: job('edit'),
  shareJob: job('own'),
  jobAccess: job('view'),
  listTeams: 'own',
  setTeam: 'everything',
  deleteTeam: 'everything',
};

const byEndpoint: ReadonlyMap<Endpoint, Reach> = new Map(
  (Object.keys(endpoints) as EndpointName[]).map((name) => [endpoints[name], reaches[name]]),
);

/** @throws Error for an endpoint that is not in the table, or has no rule */
export function reachOf(endpoint: Endpoint): Reach {
  const reach = byEndpoint.get(endpoint);
  if (reach === undefined) throw new Error(`${endpoint.method} ${endpoint.path} says nowhere what it reaches.`);
  return reach;
}
