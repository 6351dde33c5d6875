import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, ProblemError, type Client, type Problem } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

let portal: TestPortal;
let editor: Awaited<ReturnType<TestPortal['someone']>>;
beforeAll(async () => {
  const env = { JOB_PORTAL_SCRIPTS_ALLOW_EDITING: 'true', JOB_PORTAL_SCRIPTS_MAX_BYTES: '9000000' };
  portal = await startTestPortal('SQLite', '', null, null, null, env);
  editor = await portal.someone('editor');
});
afterAll(() => portal.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const ifMatch = (text: string) => ({ headers: { 'if-match': `"${sha256(text)}"` } });
const textIn = (path: string): string => readFileSync(join(portal.scriptsDir, path), 'utf8');

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

function clientWith(authorization: string): Client {
  return createClient((request) =>
    fetch(`${portal.base}${request.path}`, {
      method: request.method,
      headers: { ...request.headers, authorization },
      ...(request.body === undefined ? {} : { body: request.body }),
    }),
  );
}

test('an editor makes, changes and deletes a script, and whoever was slower gets 412 with what differs', async () => {
  const { client } = editor;
  const made = await client.createScript({ body: { path: 'sub/made.sh', content: '#!/bin/sh\necho one\n' } });
  expect(made).toMatchObject({ bytes: 19, is_text: true, refusal: null, editing: { allowed: true }, jobs: [] });
  const query = { path: 'sub/made.sh' };
  const changed = await client.writeScript(
    { query, body: { content: 'echo two\n' } },
    ifMatch('#!/bin/sh\necho one\n'),
  );
  expect(changed.versions).toMatchObject([
    { number: 2, written_by: [editor.person.name] },
    { number: 1, written_by: [editor.person.name] },
  ]);
  const late = client.writeScript({ query, body: { content: 'echo three\n' } }, ifMatch('#!/bin/sh\necho one\n'));
  expect(await problemOf(late)).toMatchObject({
    status: 412,
    code: 'edit_conflict',
    sha256: sha256('echo two\n'),
    lines: [
      { kind: 'removed', text: 'echo two' },
      { kind: 'added', text: 'echo three' },
    ],
  });
  expect(await client.scriptVersion({ query: { ...query, number: 1 } })).toMatchObject({
    content: '#!/bin/sh\necho one\n',
    encoding: 'text',
  });
  expect(await problemOf(client.deleteScript({ query }))).toMatchObject({ status: 422 });
  await client.deleteScript({ query }, ifMatch('echo two\n'));
  expect(await problemOf(client.readScript({ query }))).toMatchObject({ code: 'script_missing' });
});

test('bytes come as base64, nothing but JSON is taken, and no more than 10 MB of it', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41]);
  const body = { path: 'bytes.sh', content: bytes.toString('base64'), encoding: 'base64' } as const;
  expect(await editor.client.createScript({ body })).toMatchObject({ bytes: 4, is_text: false });
  const wrong = editor.client.createScript({ body: { ...body, path: 'wrong.sh', content: 'no base64' } });
  expect(await problemOf(wrong)).toMatchObject({ status: 422, errors: [{ path: 'content' }] });
  const large = { path: 'large.sh', content: 'x'.repeat(2_000_000) };
  expect(await editor.client.createScript({ body: large })).toMatchObject({ bytes: 2_000_000 });
  const post = (type: string, text: string): Promise<Response> =>
    portal.raw('/api/scripts', { method: 'POST', headers: { 'content-type': type }, body: text });
  expect((await post('application/octet-stream', 'echo')).status).toBe(415);
  expect((await post('text/plain', '{"path":"x.sh","content":"x"}')).status).toBe(415);
  const huge = await post('application/json', JSON.stringify({ path: 'x.sh', content: 'x'.repeat(10_485_760) }));
  expect(await huge.json()).toMatchObject({ status: 413, errors: [{ message: 'a body has at most 10 MB' }] });
});

test('the right to run is none to supply code, for people and for keys (SEC-B2)', async () => {
  const operator = await portal.someone('operator');
  const act = (client: Client) => client.createScript({ body: { path: 'run.sh', content: 'x' } });
  expect(await problemOf(act(operator.client))).toMatchObject({ status: 403 });
  const { person } = editor;
  const owner = { personId: person.id, name: person.name, via: 'page' } as const;
  const { secret } = await portal.operations.keys.create({ name: 'runs', scopes: ['read', 'run'] }, owner);
  expect(await problemOf(act(clientWith(`Bearer ${secret}`)))).toMatchObject({ status: 403 });
});

test('where configuration does not allow it, 403 says how it comes about, and reading goes on', async () => {
  const off = await startTestPortal('SQLite', '');
  try {
    const query = { path: 'hello.sh' };
    const refused = [
      () => off.client.createScript({ body: { path: 'x.sh', content: 'x' } }),
      () => off.client.writeScript({ query, body: { content: 'x' } }, ifMatch('echo hello\n')),
      () => off.client.deleteScript({ query }, ifMatch('echo hello\n')),
    ];
    for (const work of refused)
      expect(await problemOf(work())).toMatchObject({
        status: 403,
        detail: expect.stringContaining('scripts.allow_editing'),
      });
    expect(await off.client.readScript({ query })).toMatchObject({
      text: 'echo hello\n',
      editing: { allowed: false, text: expect.stringContaining('scripts.allow_editing') },
    });
    expect((await off.client.listScripts({ query: { jobs: 'true' } })).items).toMatchObject([{ jobs: 0 }]);
  } finally {
    await off.close();
  }
  expect(textIn('hello.sh')).toBe('echo hello\n');
});
