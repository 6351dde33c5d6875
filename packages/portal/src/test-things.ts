/** Two people who do not know of each other, each with something of everything. */
import { createHash } from 'node:crypto';
import { createClient, type Client, type JobInput } from 'job-trigger-contract';
import { fromUuid, toUuid, type FunctionRegistry, type Person, type Role } from 'job-trigger-core';
import type { TestPortal } from './test-portal.ts';

export interface Somebody {
  readonly person: Person;
  readonly token: string;
  readonly client: Client;
  /** Asks and answers what came, whatever it is. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }>;
}

/** Signed in, without having signed in. */
export async function somebody(portal: TestPortal, name: string, role: Role = 'editor'): Promise<Somebody> {
  const { store, base } = portal;
  const [id = 0] = await store.ids(1);
  const now = await store.now();
  const person: Person = {
    id,
    createdAt: now,
    email: `${name}@example.org`,
    name,
    role,
    timezone: 'UTC',
    active: true,
    passwordHash: 'none',
    epoch: 0,
  };
  await store.people.insert(person);
  const token = `token-of-${name}-${'x'.repeat(30)}`.slice(0, 43);
  await store.people.addSignIn({
    hash: createHash('sha256').update(token).digest('hex'),
    personId: id,
    createdAt: now,
    seenAt: now,
    expiresAt: now + 7 * 86_400_000,
    userAgent: null,
    address: null,
  });
  const authorization = `Bearer ${token}`;
  const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body: string | undefined) =>
    fetch(`${base}${path}`, {
      method,
      headers: { ...headers, authorization },
      ...(body === undefined ? {} : { body }),
    });
  return {
    person,
    token,
    client: createClient(({ method, path, headers, body }) => send(method, path, headers, body)),
    async ask(method, path, body) {
      const json = body === undefined ? undefined : JSON.stringify(body);
      const headers: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await send(method, path, headers, json);
      return { status: answer.status, text: await answer.text() };
    },
  };
}

/** Outside ids of what somebody has, and a word that stands in every text of theirs. */
export interface Things {
  readonly word: string;
  readonly job: string;
  readonly failing: string;
  readonly waiting: string;
  readonly deleted: string;
  readonly run: string;
  readonly failedRun: string;
  readonly queuedRun: string;
  readonly schedule: string;
  readonly alert: string;
  readonly item: string;
  readonly monitor: string;
  readonly feed: string;
  readonly feedPath: string;
  readonly hook: string;
  readonly maintenance: string;
  readonly lock: string;
  readonly tag: string;
  /** All that may stand in no answer to somebody else. */
  readonly traces: readonly string[];
}

const daily = { kind: 'daily', times: ['03:00'], timezone: 'UTC' } as const;

export async function thingsOf(portal: TestPortal, { client, person }: Somebody): Promise<Things> {
  const { store } = portal;
  const word = `zz${person.name}`;
  const functions: FunctionRegistry = new Map([
    [`${word}-works`, () => Promise.resolve({ said: `${word}-result` })],
    [`${word}-fails`, () => Promise.reject(new Error(`${word}-trouble`))],
  ]);
  const make = (name: string, rest: Partial<JobInput> = {}) =>
    client.createJob({
      body: {
        name: `${word}-${name}`,
        type: 'function',
        config: { name: `${word}-works` },
        tags: [`${word}-tag`],
        description: `${word}-words`,
        locks: [`${word}-lock`],
        schedules: [{ ...daily, name: `${word}-schedule` }],
        parameters: [{ name: 'WHAT', type: 'string', default: `${word}-value` }],
        ...rest,
      } as JobInput,
    });
  const job = await make('job');
  const failing = await make('failing', { config: { name: `${word}-fails` }, breaker: { consecutive: 1 } } as never);
  const waiting = await make('waiting', {
    worker_labels: [`${word}-label`],
    depends_on: { mode: 'all_success', jobs: [job.id] },
  } as never);
  const deleted = await make('deleted', { schedules: [] });
  const paused = await make('paused');
  await client.deleteJob({ params: { id: deleted.id } });
  await client.deactivateJob({ params: { id: paused.id }, body: { reason: `${word}-why` } });
  const body = { note: `${word}-note` };
  const { run_id: run } = await client.runJob({ params: { id: job.id }, body: { ...body, with_downstream: true } });
  const { run_id: failedRun } = await client.runJob({ params: { id: failing.id }, body });
  const { run_id: queuedRun } = await client.runJob({ params: { id: waiting.id }, body });
  await portal.work(functions);
  await client.runDraft({
    body: { name: `${word}-draft`, type: 'function', config: { name: `${word}-works` } } as never,
  });
  const { id: hook } = await client.createHook({
    params: { id: job.id },
    body: { name: `${word}-hook`, kind: 'keyed' },
  });
  const { id: monitor } = await client.createMonitor({
    body: { name: `${word}-monitor`, period_seconds: 60 },
  });
  const { id: feed, path: feedPath } = await client.createFeed({
    body: { name: `${word}-feed`, tag: `${word}-tag` },
  });
  const { window } = await client.setMaintenance({
    body: {
      scope: { kind: 'jobs', job_ids: [job.id] },
      from: '2100-01-01T00:00:00Z',
      until: '2100-01-02T00:00:00Z',
      reason: `${word}-disk`,
    },
  });
  const reference = fromUuid(failing.id);
  const [alertId = 0, itemId = 0] = await store.ids(2);
  const [alert] = await store.alerts.raise([
    {
      id: alertId,
      kind: 'missed',
      severity: 'error',
      fingerprint: `missed:${reference?.id}`,
      jobId: reference?.id ?? null,
      jobCreatedAt: reference?.createdAt ?? null,
      runId: null,
      runCreatedAt: null,
      title: `${word}-alert`,
      text: `${word}-text`,
      count: 1,
      fromAt: null,
      toAt: null,
      seen: null,
    },
  ]);
  if (alert === undefined) throw new Error('The alert stands already.');
  await store.attention.follow(itemId, alert, true);
  const item = await store.attention.get(itemId);
  const ids = {
    job: job.id,
    failing: failing.id,
    waiting: waiting.id,
    deleted: deleted.id,
    run,
    failedRun,
    queuedRun,
    schedule: String(job.schedules[0]?.id),
    alert: toUuid(alert),
    item: item === null ? '' : toUuid(item),
    monitor,
    feed,
    hook,
    maintenance: window?.id ?? '',
  };
  return {
    word,
    ...ids,
    feedPath,
    lock: `${word}-lock`,
    tag: `${word}-tag`,
    traces: [word, ...Object.values(ids)].filter((trace) => trace !== ''),
  };
}
