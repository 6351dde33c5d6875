import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, ProblemError, type Client, type Problem } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

let portal: TestPortal;
let editor: Awaited<ReturnType<TestPortal['someone']>>;
let approver: Awaited<ReturnType<TestPortal['someone']>>;
let id: string;
beforeAll(async () => {
  const env = { JOB_PORTAL_REQUIRE_SCRIPT_APPROVAL: 'true' };
  portal = await startTestPortal('SQLite', inject('postgresUrl'), null, null, null, env);
  editor = await portal.someone('editor');
  approver = await portal.someone('viewer');
  await portal.store.people.update({ ...approver.person, approver: true });
  const job = { name: 'nightly', type: 'script', config: { script: 'hello.sh' } } as const;
  ({ id } = await editor.client.createJob({ body: job }));
  await portal.work(new Map());
});
afterAll(() => portal.close());

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

async function scriptOf(client: Client) {
  const [script] = (await client.listScriptApprovals()).items;
  return { params: { id: script?.id ?? '' }, sha256: script?.version?.sha256 ?? '' };
}

test('a run asked for is refused with 409 until a second person has approved the script (R-179)', async () => {
  const refused = await problemOf(editor.client.runJob({ params: { id }, body: {} }));
  expect(refused).toMatchObject({ status: 409, code: 'not_approved', reason: 'not_approved' });
  expect(refused.detail).toContain('hello.sh');
  const { params, sha256 } = await scriptOf(approver.client);
  // Who approves may see none of the jobs, and still knows whose it is.
  const review = await approver.client.reviewScript({ params });
  expect(review).toMatchObject({ authors: [editor.person.name], refusal: null, jobs: [] });
  await approver.client.decideScript({ params, body: { decision: 'approved', sha256 } });
  await editor.client.cancelRun({
    params: { id: (await editor.client.runJob({ params: { id }, body: {} })).run_id },
  });
  writeFileSync(join(portal.scriptsDir, 'hello.sh'), 'echo hello \n');
  expect(await problemOf(editor.client.runJob({ params: { id }, body: {} }))).toMatchObject({ status: 409 });
});

test('the author, a key and an approval of what lies there no more are refused (SEC-B6)', async () => {
  const { params, sha256 } = await scriptOf(approver.client);
  const body = { decision: 'approved', sha256 } as const;
  expect(await problemOf(editor.client.decideScript({ params, body }))).toMatchObject({
    status: 403,
    code: 'forbidden',
  });
  await portal.store.people.update({ ...editor.person, approver: true });
  const own = await problemOf(editor.client.decideScript({ params, body }));
  expect(own).toMatchObject({ status: 403, detail: expect.stringContaining('another person') });
  const owner = { personId: approver.person.id, name: approver.person.name, via: 'page' } as const;
  const { secret } = await portal.operations.keys.create({ name: 'k', scopes: ['read'] }, owner);
  const byKey = createClient((request) =>
    fetch(`${portal.base}${request.path}`, {
      method: request.method,
      headers: { ...request.headers, authorization: `Bearer ${secret}` },
      ...(request.body === undefined ? {} : { body: request.body }),
    }),
  );
  await byKey.reviewScript({ params });
  expect(await problemOf(byKey.decideScript({ params, body }))).toMatchObject({ status: 403 });
  writeFileSync(join(portal.scriptsDir, 'hello.sh'), 'echo again\n');
  const stale = await problemOf(approver.client.decideScript({ params, body }));
  expect(stale).toMatchObject({ status: 409, code: 'stale_hash' });
  const more = { ...body, approved_hash: sha256 };
  expect(await problemOf(approver.client.decideScript({ params, body: more }))).toMatchObject({
    status: 422,
  });
});
