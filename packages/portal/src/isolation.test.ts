/** Every endpoint, asked by one person for what is another's: no trace of it in any answer (R-176, SECURITY.md B3, B5). */
import { endpoints, pathOf, reaches, type EndpointName } from 'job-trigger-contract';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';
import { somebody, thingsOf, type Somebody, type Things } from './test-things.ts';

interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** How each endpoint is asked for the things of somebody else. An endpoint without a line does not compile. */
type Asks = Readonly<Record<EndpointName, (of: Things) => readonly Ask[]>>;

const day = { from: '2026-01-01T00:00:00Z', to: '2026-01-20T00:00:00Z' };
const once = (): readonly Ask[] => [{}];
/** Refused to whoever is no administrator, whatever is asked. */
const admins = (params?: Readonly<Record<string, string>>, body?: unknown) => (): readonly Ask[] => [
  { ...(params === undefined ? {} : { params }), ...(body === undefined ? {} : { body }) },
];
const someId = { id: '00000000-0000-7000-8000-000000000001', delivery_id: '00000000-0000-7000-8000-000000000001' };
const job =
  (body?: unknown, query?: Readonly<Record<string, string>>) =>
  (of: Things): readonly Ask[] =>
    [of.job, of.failing, of.waiting, of.deleted].map((id) => ({
      params: { id },
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
    }));
const run =
  (body?: unknown, query?: Readonly<Record<string, string>>) =>
  (of: Things): readonly Ask[] =>
    [of.run, of.failedRun, of.queuedRun].map((id) => ({
      params: { id, artifact_id: of.run },
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
    }));
const one =
  (
    noun: 'alert' | 'item' | 'monitor' | 'feed' | 'maintenance' | 'key' | 'secret' | 'passkey' | 'link' | 'script',
    body?: unknown,
  ) =>
  (of: Things): readonly Ask[] => [{ params: { id: of[noun] }, ...(body === undefined ? {} : { body }) }];
const hook =
  (body?: unknown) =>
  (of: Things): readonly Ask[] => [
    { params: { id: of.job, hook_id: of.hook }, ...(body === undefined ? {} : { body }) },
  ];
const asked =
  (...queries: readonly Readonly<Record<string, string>>[]) =>
  (): readonly Ask[] => [{}, ...queries.map((query) => ({ query }))];
const draft = (of: Things) => ({
  name: 'mine',
  type: 'function',
  config: { name: 'none' },
  depends_on: { mode: 'all_success', jobs: [of.job] },
});
const blackout = (of: Things) => ({
  kind: 'blackout',
  name: 'Quiet',
  scope: { kind: 'jobs', job_ids: [of.job] },
  ranges: [{ from: '2030-01-01T00:00', to: '2030-01-02T00:00' }],
});

const asks: Asks = {
  setup: () => [],
  login: () => [],
  logout: () => [],
  session: once,
  listJobs: (of) => [
    {},
    { query: { total: 'true', limit: '500' } },
    { query: { search: of.word, total: 'true' } },
    { query: { tag: of.tag, total: 'true' } },
    { query: { deleted: 'true' } },
    { query: { sort: 'next_due_at' } },
    { query: { status: 'paused' } },
  ],
  createJob: (of) => [{ body: draft(of) }],
  getJob: job(),
  putJob: job({ description: 'taken' }),
  patchJob: job({ description: 'taken' }),
  deleteJob: job(undefined, { force: 'true', purge: 'true' }),
  restoreJob: job(),
  runJob: job({}),
  runDraft: (of) => [{ body: draft(of) }],
  activateJob: job({}),
  deactivateJob: job({}),
  jobOccurrences: job(),
  jobWhy: job(),
  jobLogs: job(),
  jobVersions: job(),
  jobFailures: job(),
  resetJob: job(),
  intervention: once,
  jobParameters: job(),
  listRuns: (of) => [
    {},
    { query: { job_id: of.job } },
    { query: { state: 'failed' } },
    { query: { state: 'queued' } },
    { query: { trigger: 'manual' } },
  ],
  getRun: run(),
  cancelRun: run({ note: 'no' }),
  retryRun: run({}),
  runLog: run(undefined, { search: 'zz' }),
  getLog: run(),
  compareRuns: run(undefined, { with: 'last_success' }),
  moveToFront: run(),
  preview: (of) => [
    { body: { schedule: { kind: 'daily', times: ['01:00'], timezone: 'UTC' }, job_id: of.job } },
    { body: { schedule: { kind: 'daily', times: ['01:00'], timezone: 'UTC' }, tags: [of.tag] } },
  ],
  parseSchedule: () => [{ body: { text: 'every day at 9' } }],
  timezones: () => [],
  coming: once,
  timeline: (of) => [{ query: day }, { query: { ...day, job: of.job } }, { query: { ...day, tag: of.tag } }],
  heatMap: (of) => [{ query: { ...day, timezone: 'UTC' } }, { query: { ...day, timezone: 'UTC', job: of.job } }],
  forecast: (of) => [{ query: { hours: '48' } }, { query: { hours: '48', job: of.job } }],
  whatIf: (of) => [{ body: day }, { body: { ...day, job: of.job } }, { body: { ...day, tag: of.tag } }],
  listFeeds: once,
  createFeed: (of) => [{ body: { name: 'look', job_id: of.job } }],
  deleteFeed: one('feed'),
  listCalendars: once,
  createCalendar: (of) => [
    { body: blackout(of) },
    { body: { ...blackout(of), scope: { kind: 'all' } } },
    { body: { ...blackout(of), scope: { kind: 'tags', tags: [of.tag] } } },
  ],
  importCalendar: () => [
    { body: { format: 'csv', kind: 'holiday', text: 'date,name\n2030-01-01,New', dry_run: true } },
  ],
  nationalHolidays: once,
  getCalendar: (of) => [{ params: { id: of.job } }],
  putCalendar: (of) => [{ params: { id: of.job }, body: { name: 'taken' } }],
  deleteCalendar: (of) => [{ params: { id: of.job } }],
  overview: asked({ window_seconds: '86400' }),
  listEvents: (of) => [
    { query: { limit: '500' } },
    { query: { job_id: of.job } },
    { query: { kind: 'run.failed,job.created' } },
  ],
  listWorkers: asked({ all: 'true' }),
  listSchedulers: asked({ all: 'true' }),
  queue: once,
  listScripts: once,
  readScript: () => [{ query: { path: 'none.sh' } }],
  settings: admins(),
  demo: admins(),
  removeDemo: admins(),
  health: once,
  healthChecks: admins(),
  runRetention: admins(undefined, {}),
  backUp: admins(undefined, {}),
  live: once,
  ready: once,
  drainWorker: () => [{ params: someId }],
  pauseWorker: () => [{ params: someId }],
  resumeWorker: () => [{ params: someId }],
  removeWorker: () => [{ params: someId }],
  confirmClock: once,
  listMaintenance: once,
  setMaintenance: (of) => [
    { body: { scope: { kind: 'jobs', job_ids: [of.job] } } },
    { body: { scope: { kind: 'tags', tags: [of.tag] } } },
    { body: { scope: { kind: 'all' } }, query: { dry_run: 'true' } },
  ],
  changeMaintenance: one('maintenance', { reason: 'taken' }),
  endMaintenance: one('maintenance'),
  backfill: job({ ...day, to: '2026-01-02T00:00:00Z' }),
  backfillProgress: job(),
  cancelBackfill: job(),
  listAlerts: (of) => [{ query: { state: 'all' } }, { query: { state: 'all', job_id: of.failing } }],
  countAlerts: once,
  acknowledgeAlert: one('alert'),
  acknowledgeAllAlerts: once,
  listWebhooks: admins(),
  createWebhook: admins(undefined, { name: 'x', url: 'https://example.org/' }),
  webhookKinds: admins(),
  getWebhook: admins(someId),
  patchWebhook: admins(someId, {}),
  deleteWebhook: admins(someId),
  testWebhook: admins(someId),
  rotateWebhook: admins(someId),
  listDeliveries: admins(someId),
  redeliver: admins(someId),
  listMonitors: once,
  createMonitor: (of) => [{ body: { name: `${of.word}-monitor`.slice(2), period_seconds: 60 } }],
  getMonitor: one('monitor'),
  patchMonitor: one('monitor', { name: 'taken' }),
  deleteMonitor: one('monitor'),
  pauseMonitor: one('monitor'),
  resumeMonitor: one('monitor'),
  renewMonitor: one('monitor'),
  graph: (of) => [{}, { query: { job_id: of.job } }],
  listQueues: once,
  changeQueue: () => [{ params: { name: 'default' }, body: {} }],
  listLocks: once,
  setLock: () => [{ params: { name: 'mine' }, body: { count: 2 } }],
  resetLock: () => [{ params: { name: 'mine' } }],
  limits: once,
  changeLimits: admins(undefined, {}),
  setPersonLimit: admins({ email: 'a@example.org' }, { limit: 1 }),
  resetPersonLimit: admins({ email: 'a@example.org' }),
  listJobTypes: once,
  listPlugins: admins(),
  listArtifacts: run(),
  getArtifact: run(),
  artifactVersions: run(),
  bulkJobs: (of) => [
    { body: { act: 'run', ids: [of.job, of.failing] } },
    { body: { act: 'delete', ids: [of.job, of.failing] } },
    { body: { act: 'pause', filter: { search: of.word } } },
    { body: { act: 'restore', filter: { deleted: true, search: of.word } } },
  ],
  bulkRuns: (of) => [
    { body: { act: 'cancel', ids: [of.queuedRun] } },
    { body: { act: 'retry', ids: [of.run, of.failedRun] } },
    { body: { act: 'cancel', filter: { job_id: of.waiting } } },
  ],
  listAttention: (of) => [{ query: { state: 'all' } }, { query: { state: 'all', job_id: of.failing } }],
  countAttention: once,
  getAttention: one('item'),
  acknowledgeAttention: one('item'),
  assignAttention: one('item', { owner: 'me' }),
  noteAttention: one('item', { note: 'x' }),
  snoozeAttention: one('item', { until: '2026-01-02T00:00:00Z' }),
  resolveAttention: one('item', {}),
  reopenAttention: one('item'),
  retryAttention: one('item', {}),
  listHooks: job(),
  createHook: job({ name: 'way in', kind: 'keyed' }),
  patchHook: hook({ name: 'taken' }),
  deleteHook: hook(),
  rotateHook: hook(),
  jobShares: job(),
  shareJob: job({ items: [{ with: 'everyone', level: 'edit' }] }),
  jobAccess: job(),
  listTeams: once,
  setTeam: admins({ name: 'x' }, {}),
  deleteTeam: admins({ name: 'x' }),
  provision: admins(undefined, {}),
  detachJob: job(),
  listAudit: admins(),
  auditActions: admins(),
  auditHead: admins(),
  verifyAudit: admins(undefined, {}),
  listRoles: once,
  listUsers: admins(),
  patchUser: admins(someId, {}),
  endSignIns: admins(someId),
  deleteUser: admins(someId),
  listInvitations: admins(),
  invite: admins(undefined, { email: 'a@example.org', role: 'viewer' }),
  withdrawInvitation: admins(someId),
  readInvitation: () => [{ body: { token: 'x'.repeat(43) } }],
  acceptInvitation: () => [
    { body: { token: 'x'.repeat(43), name: 'X', password: 'correct horse battery', timezone: 'UTC' } },
  ],
  patchProfile: () => [{ body: { timezone: 'UTC' } }],
  changePassword: () => [{ body: { current_password: 'not the one', new_password: 'correct horse battery' } }],
  listSessions: once,
  endSession: (of) => [{ params: { id: of.signIn } }],
  listKeys: asked({ all: 'true' }),
  createKey: (of) => [{ body: { name: `${of.word}-key`.slice(2), scopes: ['read'] } }],
  rotateKey: one('key'),
  revokeKey: one('key'),
  secondStep: () => [{ body: { token: 'x'.repeat(43), code: '000000' } }],
  passkeyChallenge: once,
  passkeySignIn: () => [{ body: {} }],
  proofChallenge: once,
  prove: () => [{ body: {} }],
  signInMethods: once,
  beginCodes: once,
  confirmCodes: () => [{ body: { code: '000000' } }],
  removeCodes: once,
  renewRecoveryCodes: once,
  passkeyOptions: once,
  addPasskey: () => [{ body: {} }],
  removePasskey: one('passkey'),
  clearSecondFactors: admins(someId),
  exportUser: admins(someId),
  eraseUser: admins(someId, { confirm: 'umeko@example.org' }),
  listProviders: once,
  beginOidc: () => [{ params: { name: 'none' }, body: {} }],
  finishOidc: () => [{ params: { name: 'none' }, body: { query: 'state=none' } }],
  beginLink: () => [{ params: { name: 'none' } }],
  listLinks: once,
  removeLink: one('link'),
  listScriptApprovals: once,
  reviewScript: one('script'),
  decideScript: (of) => [
    { params: { id: of.script }, body: { decision: 'rejected', sha256: '0'.repeat(64), note: 'No' } },
  ],
  commentScript: (of) => [{ params: { id: of.script }, body: { sha256: '0'.repeat(64), text: 'Why?' } }],
  refresh: () => [{ body: { refresh_token: 'x'.repeat(43) } }],
  listSecrets: once,
  createSecret: (of) => [
    { body: { name: 'mine', scope: 'job', job_id: of.job, value: 'something else' } },
    { body: { name: `${of.word}-secret`, value: 'something else' } },
  ],
  rotateSecret: one('secret', { value: 'something else' }),
  deleteSecret: one('secret'),
  testSecret: one('secret'),
  maskLine: (of) => [{ body: { line: `a line with ${of.word}-hidden` } }],
  rotateInstallationKey: admins(),
};

const names = Object.keys(endpoints) as EndpointName[];

describe.each(['SQLite', 'PostgreSQL'] as const)('two people on %s', (database) => {
  let portal: TestPortal;
  let umeko: Somebody;
  let ulla: Somebody;
  let things: Things;
  let own: Things;
  beforeAll(async () => {
    const clock = manualClock();
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, clock);
    umeko = await somebody(portal, 'umeko');
    ulla = await somebody(portal, 'ulla');
    things = await thingsOf(portal, umeko);
    own = await thingsOf(portal, ulla);
    clock.advance(60_000);
  });
  afterAll(() => portal.close());

  /** All of Umeko's that an administrator sees of it. */
  async function standing(): Promise<string> {
    const { client } = portal;
    const jobs = await client.listJobs({ query: { search: things.word, limit: 500 } });
    const bin = await client.listJobs({ query: { search: things.word, deleted: 'true' } });
    const runs = await client.listRuns({ query: { limit: 500 } });
    const monitor = await client.getMonitor({ params: { id: things.monitor } });
    const { items: hooks } = await client.listHooks({ params: { id: things.job } });
    const item = await client.getAttention({ params: { id: things.item } });
    const alerts = await client.listAlerts({ query: { job_id: things.failing, state: 'all' } });
    const { items: windows } = await client.listMaintenance();
    const mine = runs.items.filter(({ job_name }) => job_name.includes(things.word));
    const kept = windows.filter(({ id }) => id === things.maintenance);
    const { items: keys } = await umeko.client.listKeys({});
    const { items: secrets } = await umeko.client.listSecrets();
    return JSON.stringify([jobs.items, bin.items, mine, monitor, hooks, item.state, alerts.items, kept, keys, secrets]);
  }

  test('an endpoint says what it reaches, and the table has no other (SEC-B3)', () => {
    expect(Object.keys(reaches).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const { access, path } = endpoints[name];
      expect(reaches[name] === 'everything', `${name} is for administrators alone`).toBe(access === 'admin');
      if (typeof reaches[name] !== 'string') expect(path, name).toContain('{id}');
    }
  });

  test.each(names)('%s tells nothing of what is another’s (SEC-B3)', async (name) => {
    const { method, path, access } = endpoints[name];
    const reach = reaches[name];
    for (const ask of asks[name](things)) {
      const address = pathOf(path, ask);
      const { status, text } = await ulla.ask(method, address, ask.body);
      const said = `${method} ${address} ${JSON.stringify(ask.body ?? null)} → ${status}`;
      expect(status, said).toBeLessThan(500);
      if (access === 'admin') expect(status, said).toBe(403);
      if (typeof reach !== 'string' || (reach === 'own' && path.includes('{id}')))
        expect(status, `${said} ${text}`).toBe(404);
      const sent = `${address} ${JSON.stringify(ask.body ?? null)}`;
      for (const trace of things.traces.filter((each) => !sent.includes(each))) expect(text, said).not.toContain(trace);
      // Not even the word that was asked for comes back with more than was asked.
      expect(text, said).not.toMatch(
        new RegExp(`${things.word}-(job|failing|waiting|deleted|paused|words|note|why|value)`),
      );
    }
  });

  test('lists hold what is one’s own, and count it (SEC-B5)', async () => {
    const { client } = ulla;
    const jobs = await client.listJobs({ query: { total: 'true', limit: 500 } });
    expect(jobs.items.length).toBeGreaterThanOrEqual(4);
    expect(jobs.items.every(({ name }) => name.startsWith(own.word) || name === 'mine')).toBe(true);
    expect(jobs.total).toBe(jobs.items.length);
    const overview = await client.overview({});
    expect(overview.jobs_total).toBe(jobs.items.length);
    expect((await client.listRuns({ query: {} })).items.length).toBeGreaterThanOrEqual(3);
    const all = await portal.client.overview({});
    expect(overview.counts.succeeded).toBeLessThan(all.counts.succeeded);
    expect(overview.counts.succeeded).toBeGreaterThan(0);
    expect((await client.graph({})).nodes).toHaveLength(2);
    expect((await client.listLocks()).items.map(({ name }) => name)).toContain(own.lock);
  });

  test('nothing that is another’s was changed by all that (SEC-B3)', async () => {
    const before = await standing();
    for (const name of names)
      for (const ask of asks[name](things))
        await ulla.ask(endpoints[name].method, pathOf(endpoints[name].path, ask), ask.body);
    expect(await standing()).toBe(before);
  });

  test('a calendar by a token shows what its maker sees (SEC-B3)', async () => {
    const text = await (await fetch(`${portal.base}${own.feedPath}`)).text();
    expect(text).toContain(own.word);
    const { path } = await ulla.client.createFeed({ body: { name: 'all' } });
    expect(await (await fetch(`${portal.base}${path}`)).text()).not.toContain(things.word);
  });

  test('the stream hints at one’s own runs alone (SEC-B3)', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${portal.base}/api/stream`, {
      headers: { authorization: `Bearer ${ulla.token}` },
      signal: stop.signal,
    });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();
    const { run_id: foreign } = await umeko.client.runJob({ params: { id: things.job }, body: {} });
    await umeko.client.cancelRun({ params: { id: foreign } });
    const { run_id: mine } = await ulla.client.runJob({ params: { id: own.job }, body: {} });
    await ulla.client.cancelRun({ params: { id: mine } });
    let heard = '';
    while (!heard.includes(mine)) heard += (await reader?.read())?.value ?? '';
    expect(heard).not.toContain(foreign);
    stop.abort();
  });
});
