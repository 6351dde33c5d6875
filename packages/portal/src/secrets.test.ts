/** Secrets over HTTP: who is refused what, what a run gets, and what the database shows of anything that is secret. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ProblemError, type Client, type Job, type Problem, type Run } from 'job-trigger-contract';
import type { FunctionRegistry } from 'job-trigger-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

type JobFunction = FunctionRegistry extends ReadonlyMap<string, infer Work> ? Work : never;

const nobody = '019a0000-0000-7000-8000-00000000ffff';

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

/** What it says, whichever request it answers. */
const saidBy = ({ status, code, title, detail, errors }: Problem) => ({ status, code, title, detail, errors });

/** The bytes of a database's files, as far as there are any. */
function filesOf({ folder }: TestPortal): string {
  const names = readdirSync(folder).filter((name) => name.startsWith('portal.db'));
  return names.map((name) => readFileSync(join(folder, name)).toString('latin1')).join('\n');
}

/** Every value of every table. */
async function tablesOf(portal: TestPortal, database: 'SQLite' | 'PostgreSQL'): Promise<string> {
  if (database === 'SQLite') {
    const path = join(portal.folder, 'portal.db');
    const file = new DatabaseSync(path, { readOnly: true });
    const tables = file.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    const rows = tables.flatMap(({ name }) => file.prepare(`SELECT * FROM "${String(name)}"`).all());
    file.close();
    return rows.flatMap((row) => Object.values(row).map((value) => textOf(value))).join('\n');
  }
  const client = new pg.Client({ connectionString: portal.databaseUrl });
  await client.connect();
  const named = `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
  const { rows: tables } = await client.query<{ name: string }>(named);
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
    for (const row of rows) for (const value of Object.values(row)) texts.push(textOf(value));
  }
  await client.end();
  return texts.join('\n');
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array)
    return `${Buffer.from(value).toString('latin1')} ${Buffer.from(value).toString('hex')}`;
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
}

/** As it is, and as others would write it; base64 without the characters that its neighbours share. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const within = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, 4 + Math.floor((bytes.length - 4) * 1.3)),
  );
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...within];
}

describe.each(['SQLite', 'PostgreSQL'] as const)('secrets over HTTP on %s', (database) => {
  let portal: TestPortal;
  let client: Client;
  const given: string[] = [];
  const functions = new Map<string, JobFunction>([
    [
      'tells',
      ({ secrets, log, progress }) => {
        const value = secrets['TOKEN'] ?? '';
        given.push(value);
        log(`it is ${value}`);
        progress(0.5, `at ${value}`);
        return { value, base64: Buffer.from(value).toString('base64') };
      },
    ],
    [
      'fails',
      ({ secrets }) => {
        throw new Error(`refused: https://mei:${secrets['TOKEN'] ?? ''}@example.org/`);
      },
    ],
  ]);
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    client = portal.client;
  });
  afterAll(() => portal.close());

  const functionJob = (name: string, secrets: Job['secrets'], by = client): Promise<Job> =>
    by.createJob({
      body: { name: `${name} with ${Object.values(secrets).join()}.`, type: 'function', config: { name }, secrets },
    });

  async function ran({ id: jobId }: Pick<Job, 'id'>): Promise<Run> {
    const { run_id: id } = await client.runJob({ params: { id: jobId }, body: {} });
    await portal.work(functions);
    return client.getRun({ params: { id } });
  }

  test('the database alone reveals no secret, password, key or token (SEC-H5) (SEC-H3)', async () => {
    const secret = 'kept-nowhere-to-be-read/4711';
    const told: Record<string, string> = {
      secret,
      'the next secret': `${secret}-next`,
      password: 'correct horse battery',
      session: portal.token,
    };
    const made = await client.createSecret({ body: { name: 'at.rest', value: secret } });
    const runs = [
      await ran(await functionJob('tells', { TOKEN: 'at.rest' })),
      await ran(await functionJob('fails', { TOKEN: 'at.rest' })),
    ];
    expect(runs).toMatchObject([{ state: 'succeeded' }, { state: 'failed' }]);
    expect(given).toContain(secret);
    await client.rotateSecret({ params: { id: made.id }, body: { value: `${secret}-next` } });

    const key = await client.createKey({ body: { name: 'rest', scopes: ['read'] } });
    told['key'] = key.secret;
    told['the next key'] = (await client.rotateKey({ params: { id: key.id }, body: { overlap_seconds: 60 } })).secret;
    const invitation = await client.invite({ body: { email: 'ann@example.org', role: 'viewer' } });
    const other = await client.invite({ body: { email: 'tom@example.org', role: 'viewer' } });
    told['invitation'] = invitation.token;
    told['spent invitation'] = other.token;
    told['password of another'] = 'a password of toms own';
    const tom = { name: 'Tom', password: told['password of another'], timezone: 'UTC' };
    told['session of another'] = (await client.acceptInvitation({ body: { token: other.token, ...tom } })).access_token;
    const webhook = await client.createWebhook({ body: { name: 'rest', url: 'https://example.org/' } });
    told['webhook'] = webhook.secret;
    told['the next of a webhook'] = (await client.rotateWebhook({ params: { id: webhook.id } })).secret;
    const job = await client.createJob({ body: { name: 'hooked', type: 'script', config: { script: 'hello.sh' } } });
    for (const kind of ['signed', 'keyed'] as const) {
      const hook = await client.createHook({ params: { id: job.id }, body: { name: kind, kind } });
      told[`hook, ${kind}`] = hook.secret;
      told[`the next of a hook, ${kind}`] = (
        await client.rotateHook({ params: { id: job.id, hook_id: hook.id } })
      ).secret;
    }
    const monitor = await client.createMonitor({ body: { name: 'rest', period_seconds: 60 } });
    told['monitor'] = monitor.ping_path?.split('/').at(-1) ?? '';
    const feed = await client.createFeed({ body: { name: 'rest', job_id: job.id } });
    told['feed'] = feed.path.split('/').at(-2) ?? '';
    told['key of the installation'] = readFileSync(join(portal.folder, 'secret.key'), 'utf8').trim();
    await client
      .login({ body: { email: 'mei@example.org', password: 'wrong password of mei' } })
      .catch(() => undefined);
    told['a wrong password'] = 'wrong password of mei';

    const text = `${await tablesOf(portal, database)}\n${filesOf(portal)}`;
    // What is no secret is found, so that not finding the others says something.
    for (const plain of ['at.rest', 'ann@example.org', 'jtp1.', '$argon2id$', 'refused: https://'])
      expect(text).toContain(plain);
    const found = Object.entries(told).filter(
      ([, value]) => value.length < 12 || formsOf(value).some((form) => text.includes(form)),
    );
    expect(found.map(([what]) => what)).toEqual([]);

    // What is sealed in a column that a rotation does not know would be lost with the former key.
    const { key_id: keyId } = await client.rotateInstallationKey();
    const sealed = (await tablesOf(portal, database)).match(/jtp1\.[0-9a-f]{16}\./g) ?? [];
    expect(sealed.length).toBeGreaterThan(7);
    expect(new Set(sealed)).toEqual(new Set([`jtp1.${keyId}.`]));
  });

  test('no answer to anybody holds a value, and roles that may not are refused (SEC-B10)', async () => {
    const value = 'answered-to-nobody-4712';
    const made = await client.createSecret({ body: { name: 'unanswered', value } });
    const params = { id: made.id };
    const job = await functionJob('tells', { TOKEN: 'unanswered' });
    const run = await ran(job);
    const answers = [
      made,
      await client.listSecrets(),
      await client.testSecret({ params }),
      await client.maskLine({ body: { line: `a ${value}` } }),
      await client.getJob({ params: { id: job.id } }),
      await client.listJobs({}),
      run,
      await client.listEvents({ query: { limit: 500 } }),
      await client.listAudit({ query: { limit: 500 } }),
      await (await portal.raw(`/api/runs/${run.id}/log`)).text(),
      await (await portal.raw('/api/audit?format=csv')).text(),
    ];
    expect(JSON.stringify(answers)).toContain('it is ***');
    expect(JSON.stringify(answers)).not.toContain(value);
    for (const role of ['viewer', 'operator'] as const) {
      const { client: theirs } = await portal.someone(role);
      for (const act of [
        () => theirs.listSecrets(),
        () => theirs.createSecret({ body: { name: 'x', value: 'a value' } }),
        () => theirs.rotateSecret({ params, body: { value: 'a value' } }),
        () => theirs.testSecret({ params }),
        () => theirs.maskLine({ body: { line: value } }),
        () => theirs.deleteSecret({ params }),
        () => theirs.rotateInstallationKey(),
      ])
        expect(await problemOf(act())).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });

  test('outside its scope a secret is refused, and one that is guessed is not there (SEC-B10)', async () => {
    const [ann, bob] = [(await portal.someone('editor')).client, (await portal.someone('editor')).client];
    const anns = await ann.createSecret({ body: { name: 'anns.own', scope: 'person', value: 'a value of ann' } });
    for (const by of [bob, client]) {
      for (const act of [
        (id: string) => by.testSecret({ params: { id } }),
        (id: string) => by.rotateSecret({ params: { id }, body: { value: 'another' } }),
        (id: string) => by.deleteSecret({ params: { id } }),
      ]) {
        const [hers, none] = [await problemOf(act(anns.id)), await problemOf(act(nobody))];
        expect(hers).toMatchObject({ status: 404, code: 'not_found' });
        expect(saidBy(hers)).toEqual(saidBy(none));
      }
      expect((await by.listSecrets()).items.map(({ name }) => name)).not.toContain('anns.own');
      const masked = await by.maskLine({ body: { line: 'a value of ann' } });
      expect(masked.masked).toBe('a value of ann');
      const guess = await problemOf(functionJob('tells', { TOKEN: 'anns.own' }, by));
      const none = await problemOf(functionJob('tells', { TOKEN: 'guessed' }, by));
      expect(guess).toMatchObject({ status: 422, code: 'invalid', errors: [{ path: 'secrets.TOKEN' }] });
      expect(JSON.stringify(saidBy(guess)).replaceAll('anns.own', 'guessed')).toBe(JSON.stringify(saidBy(none)));
    }
    const one = await functionJob('tells', {}, ann);
    await ann.createSecret({ body: { name: 'ones.own', scope: 'job', job_id: one.id, value: 'a value of one' } });
    await ann.patchJob({ params: { id: one.id }, body: { secrets: { TOKEN: 'ones.own' } } });
    // Who does not see the job is told nothing of what is its own.
    const guess = await problemOf(functionJob('tells', { TOKEN: 'ones.own' }, bob));
    expect(guess).toMatchObject({ status: 422, code: 'invalid', errors: [{ path: 'secrets.TOKEN' }] });
    const theft = await problemOf(functionJob('tells', { TOKEN: 'ones.own' }, ann));
    expect(theft).toMatchObject({ status: 403, code: 'forbidden', errors: [{ path: 'secrets.TOKEN' }] });
  });

  test('before a change it is shown which jobs use a secret and when they run; it stays while they do (R-180)', async () => {
    const made = await client.createSecret({ body: { name: 'shown', value: 'a shown value' } });
    const job = await client.createJob({
      body: {
        name: 'shows',
        type: 'function',
        config: { name: 'tells' },
        schedules: [{ kind: 'daily', times: ['09:00'], timezone: 'UTC' }],
        secrets: { TOKEN: 'shown' },
      },
    });
    const used = [{ id: job.id, name: 'shows', next_due_at: job.next_due_at }];
    expect(job.next_due_at).not.toBeNull();
    const found = (await client.listSecrets()).items.find(({ id }) => id === made.id);
    expect(found).toMatchObject({ used_by: used, last_used_at: null });
    const params = { id: made.id };
    expect(await client.rotateSecret({ params, body: { value: 'another' } })).toMatchObject({
      version: 2,
      used_by: used,
    });
    expect(await problemOf(client.deleteSecret({ params }))).toMatchObject({
      status: 409,
      detail: expect.stringContaining('shows'),
    });
  });

  test('with a wrong key a run fails as config_error; with the right one, and after a rotation, it works (R-180) (SEC-H4)', async () => {
    await client.createSecret({ body: { name: 'turned', value: 'a turned value' } });
    const job = await functionJob('tells', { TOKEN: 'turned' });
    const path = join(portal.folder, 'secret.key');
    const key = readFileSync(path, 'utf8');
    writeFileSync(path, `${Buffer.from('another key, of as many bytes as needed').toString('base64')}\n`);
    const failed = await ran(job);
    const listed = (await client.listSecrets()).items.find(({ name }) => name === 'turned');
    expect(listed?.problem).toContain('sealed with the key');
    expect(listed?.used_by).toMatchObject([{ id: job.id }]);
    expect(failed).toMatchObject({
      state: 'failed',
      reason: 'secret_unavailable',
      failure: { category: 'config_error', message: expect.stringContaining('turned') },
    });
    writeFileSync(path, key);
    expect(await ran(job)).toMatchObject({ state: 'succeeded' });
    expect(await client.rotateInstallationKey()).toMatchObject({ is_new: true });
    expect(readFileSync(path, 'utf8')).not.toContain(key.trim());
    expect(await ran(job)).toMatchObject({ state: 'succeeded' });
    expect(given.slice(-2)).toEqual(['a turned value', 'a turned value']);
  });

  test('those of a person go with the person, and the audit says so', async () => {
    const { client: hers, person } = await portal.someone('editor');
    await hers.createSecret({ body: { name: 'gone.with.her', scope: 'person', value: 'a value of hers' } });
    const { items } = await client.listUsers();
    const id = items.find(({ email }) => email === person.email)?.id ?? '';
    await client.deleteUser({ params: { id } });
    expect((await portal.store.secrets.list()).map(({ name }) => name)).not.toContain('gone.with.her');
    expect((await client.listAudit({ query: { action: 'secret.deleted' } })).items[0]).toMatchObject({
      subject: { kind: 'secret', name: 'gone.with.her' },
    });
  });
});
