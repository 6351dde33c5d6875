import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openRunSecrets } from '../engine/run-secrets.ts';
import { RunSecrets } from '../secrets/run-secrets.ts';
import { secretSource } from '../secrets/secret-source.ts';
import type { Actor } from './context.ts';
import { boxOf } from './installation-box.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const ann: Actor = { personId: 11, name: 'ann', via: 'page' };
const bob: Actor = { personId: 12, name: 'bob', via: 'page' };

describe.each(['SQLite', 'PostgreSQL'] as const)('secrets on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  const source = () =>
    secretSource({
      box: boxOf(home.context),
      settings: { env: {}, folder: null, vault: null, aws: null },
      clock: home.clock,
    });
  const opened = (references: Readonly<Record<string, string>>, jobId: number) =>
    openRunSecrets({ store: home.store, source: source(), now: home.clock.wall() }, references, jobId);

  test('are set, given to runs, replaced and removed; no answer holds a value (SEC-B10)', async () => {
    const { secrets, jobs } = home.operations;
    const made = await secrets.create({ name: 'api.token', value: 'first value' }, mei);
    expect(made.warnings).toEqual([]);
    expect(JSON.stringify([made, await secrets.list(mei)])).not.toContain('first value');
    const { job } = await jobs.create(script({ secrets: { TOKEN: 'API.token', AGAIN: 'api.token' } }), mei);
    const given = await opened(job.definition.secrets ?? {}, job.id);
    expect(given).toBeInstanceOf(RunSecrets);
    expect((given as RunSecrets).values).toEqual({ TOKEN: 'first value', AGAIN: 'first value' });
    expect(JSON.stringify(given)).toBe('"[secrets]"');
    const listed = (await secrets.list(mei)).find(({ secret }) => secret.id === made.secret.id);
    expect(listed?.usedBy.map(({ jobName }) => jobName)).toEqual([job.definition.name]);
    expect(listed?.secret.usedAt).toBe(home.clock.wall());

    const rotated = await secrets.rotate(made.secret.id, { value: 'second value' }, mei);
    expect(rotated.secret).toMatchObject({ version: 2, provider: 'local' });
    expect(((await opened({ T: 'api.token' }, job.id)) as RunSecrets).values).toEqual({ T: 'second value' });

    const inUse = await refusal(secrets.remove(made.secret.id, mei));
    expect(inUse).toMatchObject({ code: 'conflict', details: { jobs: [job.definition.name] } });
    expect(await secrets.test(made.secret.id, mei)).toEqual({ ok: true, problem: null, warning: null });
    await jobs.change(job.id, { secrets: {} }, mei, null);
    await secrets.remove(made.secret.id, mei);
    expect((await secrets.list(mei)).map(({ secret }) => secret.name)).not.toContain('api.token');
    expect(await opened({ T: 'api.token' }, job.id)).toMatchObject({
      outcome: 'not_started',
      reason: 'secret_unavailable',
      failure: { category: 'config_error', message: 'There is no secret api.token that this job may use.' },
    });
  });

  test('of a person and of a job are used by theirs alone; a guessed name is none (SEC-B10)', async () => {
    const { secrets, jobs } = home.operations;
    const other = (await jobs.create(script(), ann)).job;
    await secrets.create({ name: 'shared', value: 'of everybody' }, mei);
    await secrets.create({ name: 'shared', scope: 'person', value: 'of ann' }, ann);
    const anns = await secrets.create({ name: 'anns', scope: 'person', value: 'of ann, too' }, ann);
    await secrets.create({ name: 'others', scope: 'job', jobId: other.id, value: 'of the other job' }, ann);

    const hers = (await jobs.create(script({ secrets: { A: 'anns', S: 'shared' } }), ann)).job;
    expect(((await opened({ A: 'anns', S: 'shared' }, hers.id)) as RunSecrets).values).toEqual({
      A: 'of ann, too',
      S: 'of ann',
    });
    const his = (await jobs.create(script({ secrets: { S: 'shared' } }), bob)).job;
    expect(((await opened({ S: 'shared' }, his.id)) as RunSecrets).values).toEqual({ S: 'of everybody' });

    // Bob does not see that Ann keeps one of that name, and is not told that her job is given everybody's.
    await home.store.sharing.setShares(hers.id, [{ with: 'everyone', granteeId: 0, level: 'view' }]);
    const bobs = home.operations.seenBy({ personId: bob.personId ?? 0 });
    const everybodys = (await bobs.secrets.list(bob)).find(({ secret }) => secret.name === 'shared');
    expect(everybodys?.usedBy.map(({ id }) => id)).toEqual([his.id]);

    const guessed = await refusal(jobs.create(script({ secrets: { A: 'anns' } }), bob));
    const missing = await refusal(jobs.create(script({ secrets: { A: 'none' } }), bob));
    expect(guessed.code).toBe('invalid');
    expect(guessed.message.replace('anns', 'none')).toBe(missing.message);
    expect((await refusal(jobs.create(script({ secrets: { A: 'others' } }), bob))).code).toBe('forbidden');
    expect((await refusal(jobs.change(his.id, { secrets: { A: 'others' } }, ann, null))).code).toBe('forbidden');

    expect((await secrets.list(bob)).map(({ secret }) => secret.name)).not.toContain('anns');
    for (const act of [
      () => secrets.rotate(anns.secret.id, { value: 'x' }, bob),
      () => secrets.remove(anns.secret.id, bob),
      () => secrets.test(anns.secret.id, bob),
    ])
      expect((await refusal(act())).code).toBe('not_found');
    // A job whose reference was good when it was saved gets nothing that is not its own either.
    expect(await opened({ A: 'anns' }, his.id)).toMatchObject({ reason: 'secret_unavailable' });
  });

  test('that cannot be taken are refused, with the field; short ones are saved with a warning (SEC-H2)', async () => {
    const { secrets, jobs } = home.operations;
    const field = async (work: Promise<unknown>): Promise<string> => (await refusal(work)).fields[0]?.path ?? '';
    expect(await field(secrets.create({ name: '1x', value: 'a value' }, mei))).toBe('name');
    expect(await field(secrets.create({ name: 'x', value: '' }, mei))).toBe('value');
    expect(await field(secrets.create({ name: 'x', value: 'a\0b' }, mei))).toBe('value');
    expect(await field(secrets.create({ name: 'x', value: 'v'.repeat(40_000) }, mei))).toBe('value');
    expect(await field(secrets.create({ name: 'x', provider: 'vault', reference: 'a' }, mei))).toBe('provider');
    expect(await field(secrets.create({ name: 'x', provider: 'env', reference: 'PATH' }, mei))).toBe('reference');
    expect(await field(secrets.create({ name: 'x', scope: 'job', value: 'a value' }, mei))).toBe('job_id');
    expect(await field(jobs.create(script({ secrets: { JTP_RUN_ID: 'x' } }), mei))).toBe('secrets.JTP_RUN_ID');
    expect(await field(jobs.create(script({ secrets: { 'A=B': 'x' } }), mei))).toBe('secrets.A=B');
    const both = { config: { script: 'hello.sh', env: { A: 'b' } }, secrets: { A: 'x' } };
    expect(await field(jobs.create(script(both), mei))).toBe('secrets.A');
    const http = (config: Readonly<Record<string, unknown>>) =>
      jobs.create({ name: 'h', type: 'http', config: { url: 'https://example.org/', ...config } }, mei);
    expect(await field(http({ headers: { a: '{{secret.X}}' } }))).toBe('config.headers.a');
    expect(await field(http({ body: '{{secret.X}}' }))).toBe('config.body');
    expect(await field(http({ url: 'https://example.org/?t={{secret.X}}' }))).toBe('config.url');
    const short = await secrets.create({ name: 'short', value: '123' }, mei);
    expect(short.warnings).toEqual([expect.stringContaining('fewer than 6 characters')]);
    expect(await secrets.test(short.secret.id, mei)).toMatchObject({ ok: true, warning: expect.stringContaining('6') });
  });

  test('masked in a line that is tried, and no beginning of one can be guessed by it', async () => {
    const { secrets } = home.operations;
    await secrets.create({ name: 'tried', value: 'correct-horse' }, mei);
    await secrets.create({ name: 'unset', provider: 'env', reference: 'JOB_SECRET_UNSET' }, mei);
    expect(await secrets.mask('a correct-horse b', mei)).toEqual({ masked: 'a *** b', unread: ['unset'] });
    expect((await secrets.mask('correct-hors', mei)).masked).toBe('correct-hors');
  });

  test('sealed with a key that is gone end the run as config_error, and go on after a rotation (SEC-H4)', async () => {
    const { secrets, jobs } = home.operations;
    const { secret } = await secrets.create({ name: 'turned', value: 'turned value' }, mei);
    const { job } = await jobs.create(script({ secrets: { A: 'turned' } }), mei);
    expect(await secrets.rotateKey(mei)).toMatchObject({ isNew: true });
    expect(((await opened({ A: 'turned' }, job.id)) as RunSecrets).values).toEqual({ A: 'turned value' });
    const stored = await home.store.secrets.get(secret.id);
    const foreign = (stored?.sealed ?? '').replace(/^jtp1\.[0-9a-f]{16}/, 'jtp1.0123456789abcdef');
    await home.store.secrets.update({ ...(stored ?? secret), sealed: foreign });
    expect(await opened({ A: 'turned' }, job.id)).toMatchObject({
      outcome: 'not_started',
      reason: 'secret_unavailable',
      retryable: false,
      failure: { category: 'config_error', message: expect.stringContaining('sealed with the key 0123456789abcdef') },
    });
    expect(await secrets.test(secret.id, mei)).toMatchObject({ ok: false });
    await home.store.secrets.update(stored ?? secret);
  });

  test('a new key leaves what the former ones signed in force, through any number of rotations (SEC-H6)', async () => {
    const { secrets, audit } = home.operations;
    const first = await audit.head();
    const [one, two] = [await secrets.rotateKey(mei), await secrets.rotateKey(mei)];
    expect(new Set([one.keyId, two.keyId]).size).toBe(2);
    const now = await audit.head();
    expect(now.keyId).not.toBe(first.keyId);
    for (const head of [first, now]) expect((await audit.verify(head)).fault).toBeNull();
    const forged = await refusal(audit.verify({ ...first, sequence: first.sequence + 1 }));
    expect(forged.message).toContain('not signed');
    expect(readFileSync(join(home.dataDir, 'secret.key'), 'utf8').trim().split('\n')).toHaveLength(1);
    const { items } = await audit.list({ actions: ['secret.key_rotated'] }, { limit: 1 });
    expect(items[0]?.changes).toContainEqual({ field: 'key_id', before: null, after: two.keyId });
  });

  test('nothing is set or replaced while the key is lost, and no other key is made (SEC-H4)', async () => {
    const { secrets } = home.operations;
    const { secret } = await secrets.create({ name: 'keyless', value: 'keyless value' }, mei);
    const path = join(home.dataDir, 'secret.key');
    const key = readFileSync(path, 'utf8');
    rmSync(path);
    for (const act of [
      () => secrets.create({ name: 'other', value: 'other value' }, mei),
      () => secrets.rotate(secret.id, { value: 'other value' }, mei),
      () => secrets.rotateKey(mei),
      () => home.operations.audit.head(),
    ])
      expect(await refusal(act())).toMatchObject({ code: 'secret_unreadable' });
    expect(readdirSync(home.dataDir)).not.toContain('secret.key');
    writeFileSync(path, key, { mode: 0o600 });
    expect(await secrets.test(secret.id, mei)).toMatchObject({ ok: true });
  });
});
