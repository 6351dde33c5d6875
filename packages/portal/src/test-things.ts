/** Two people who do not know of each other, each with something of everything. */
import { createHash } from 'node:crypto';
import { createClient, type Client, type Job, type JobInput } from 'job-trigger-contract';
import { fromUuid, hashOfToken, toUuid, type FunctionRegistry, type Person, type Role } from 'job-trigger-core';
import { hashPassword } from './access/passwords.ts';
import type { TestPortal } from './test-portal.ts';

export interface Somebody {
  readonly person: Person;
  readonly token: string;
  readonly client: Client;
  /** Asks and answers what came, whatever it is. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }>;
}

/** Nobody signs in with it. */
const nobodysPassword = hashPassword('the same for all of them');

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
    approver: false,
    timezone: 'UTC',
    active: true,
    passwordHash: await nobodysPassword,
    epoch: 0,
    seenAt: null,
  };
  await store.people.insert(person);
  const token = `token-of-${name}-${'x'.repeat(30)}`.slice(0, 43);
  await store.people.addSignIn({
    hash: hashOfToken(token),
    personId: id,
    epoch: 0,
    createdAt: now,
    seenAt: now,
    provenAt: now,
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
  readonly key: string;
  readonly secret: string;
  readonly passkey: string;
  readonly link: string;
  readonly script: string;
  /** The place of their sign-in. */
  readonly signIn: string;
  readonly email: string;
  readonly lock: string;
  readonly tag: string;
  /** All that may stand in no answer to somebody else. */
  readonly traces: readonly string[];
}

type Make = (name: string, rest?: Partial<JobInput>) => Promise<Job>;

/** Jobs in every state there is. */
async function jobsOf(client: Client, word: string) {
  const make: Make = (name, rest = {}) =>
    client.createJob({
      body: {
        name: `${word}-${name}`,
        type: 'function',
        config: { name: `${word}-works` },
        tags: [`${word}-tag`],
        description: `${word}-words`,
        locks: [`${word}-lock`],
        schedules: [{ kind: 'daily', times: ['03:00'], timezone: 'UTC', name: `${word}-schedule` }],
        parameters: [{ name: 'WHAT', type: 'string', default: `${word}-value` }],
        ...rest,
      },
    });
  const job = await make('job');
  const failing = await make('failing', { config: { name: `${word}-fails` }, breaker: { consecutive: 1 } });
  const waiting = await make('waiting', {
    worker_labels: [`${word}-label`],
    depends_on: { mode: 'all_success', jobs: [job.id] },
  });
  const deleted = await make('deleted', { schedules: [] });
  const paused = await make('paused');
  await client.deleteJob({ params: { id: deleted.id } });
  await client.deactivateJob({ params: { id: paused.id }, body: { reason: `${word}-why` } });
  const schedule = String(job.schedules[0]?.id);
  return { job: job.id, failing: failing.id, waiting: waiting.id, deleted: deleted.id, schedule };
}

async function runsOf(
  portal: TestPortal,
  client: Client,
  word: string,
  jobs: Pick<Things, 'job' | 'failing' | 'waiting'>,
) {
  const functions: FunctionRegistry = new Map([
    [`${word}-works`, () => Promise.resolve({ said: `${word}-result` })],
    [`${word}-fails`, () => Promise.reject(new Error(`${word}-trouble`))],
  ]);
  const ask = async (id: string, more: object = {}): Promise<string> =>
    (await client.runJob({ params: { id }, body: { note: `${word}-note`, ...more } })).run_id;
  const run = await ask(jobs.job, { with_downstream: true });
  const failedRun = await ask(jobs.failing);
  const queuedRun = await ask(jobs.waiting);
  await portal.work(functions);
  await client.runDraft({ body: { name: `${word}-draft`, type: 'function', config: { name: `${word}-works` } } });
  return { run, failedRun, queuedRun };
}

/** An alert about a job, and the item that follows from it. */
async function troubleOf({ store }: TestPortal, word: string, jobId: string) {
  const reference = fromUuid(jobId);
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
  if (item === null) throw new Error('The alert made no item.');
  return { alert: toUuid(alert), item: toUuid(item) };
}

/** What belongs to a person besides jobs, or hangs on one. */
async function belongingsOf({ client, person, token }: Somebody, word: string, job: string) {
  const { id: hook } = await client.createHook({ params: { id: job }, body: { name: `${word}-hook`, kind: 'keyed' } });
  const { id: monitor } = await client.createMonitor({ body: { name: `${word}-monitor`, period_seconds: 60 } });
  const { id: feed, path: feedPath } = await client.createFeed({
    body: { name: `${word}-feed`, tag: `${word}-tag` },
  });
  const { window } = await client.setMaintenance({
    body: {
      scope: { kind: 'jobs', job_ids: [job] },
      from: '2100-01-01T00:00:00Z',
      until: '2100-01-02T00:00:00Z',
      reason: `${word}-disk`,
    },
  });
  if (window === null) throw new Error('No window was set.');
  const { id: key } = await client.createKey({ body: { name: `${word}-key`, scopes: ['read'] } });
  const { id: secret } = await client.createSecret({
    body: { name: `${word}-secret`, scope: 'job', job_id: job, value: `${word}-hidden` },
  });
  await client.createSecret({ body: { name: `${word}-own`, scope: 'person', value: `${word}-hidden` } });
  const signIn = hashOfToken(token).slice(0, 16);
  const email = person.email;
  return { hook, monitor, feed, feedPath, maintenance: window.id, key, secret, signIn, email };
}

/** Of the ways in that need more than a request to be made. */
async function waysInOf({ store }: TestPortal, { person }: Somebody, word: string) {
  const [id = 0, linkId = 0] = await store.ids(2);
  const passkey = {
    id,
    createdAt: await store.now(),
    personId: person.id,
    name: `${word}-passkey`,
    credentialId: `${word}-credential`,
    publicKey: '',
    counter: 0,
    transports: [],
    usedAt: null,
  };
  await store.signInMethods.addPasskey(passkey);
  const { createdAt, personId } = passkey;
  const link = { id: linkId, createdAt, personId, issuer: 'https://id.example.org', subject: `${word}-subject` };
  await store.identities.insert({ ...link, account: `${word}-account`, usedAt: createdAt });
  return { passkey: toUuid(passkey), link: toUuid(link) };
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** A file that nobody who sees it may approve. */
async function scriptOf({ store }: TestPortal, word: string): Promise<string> {
  const [id = 0] = await store.ids(1);
  const content = Buffer.from(`echo ${word}-words`);
  await store.scripts.see({ id, path: `${word}.sh`, found: { hash: sha256(content), content }, problem: null });
  const file = await store.scripts.get(id);
  if (file === null) throw new Error('The script was not kept.');
  return toUuid(file);
}

export async function thingsOf(portal: TestPortal, who: Somebody): Promise<Things> {
  const { client, person } = who;
  const word = `zz${person.name}`;
  const jobs = await jobsOf(client, word);
  const { feedPath, ...belongings } = await belongingsOf(who, word, jobs.job);
  const runs = await runsOf(portal, client, word, jobs);
  const script = await scriptOf(portal, word);
  const waysIn = await waysInOf(portal, who, word);
  const ids = { ...jobs, ...runs, ...belongings, ...waysIn, script, ...(await troubleOf(portal, word, jobs.failing)) };
  return {
    word,
    ...ids,
    feedPath,
    lock: `${word}-lock`,
    tag: `${word}-tag`,
    traces: [word, ...Object.values(ids)],
  };
}
