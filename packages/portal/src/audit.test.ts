import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { AuditRow, csvLine, endpoints } from 'job-trigger-contract';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('the audit over HTTP on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  const newest = async () => (await portal.client.listAudit({ query: { limit: 1 } })).items[0];

  test('says who came by which way, from where, with which request', async () => {
    const config = { script: 'hello.sh', env: { DB_PASSWORD: 'hunter2hunter2' } };
    const job = await portal.client.createJob({ body: { name: '=cmd|x', type: 'script', config } });
    expect(await newest()).toMatchObject({
      action: 'job.created',
      action_text: 'A job was created.',
      who: { name: 'Mei', via: 'api', address: '127.0.0.1', key_id: null },
      subject: { kind: 'job', id: job.id, name: '=cmd|x' },
    });
    const { id, request_id } = (await newest())?.who ?? {};
    expect(request_id).toMatch(/^[\w-]{16}$/);
    expect((await portal.client.listAudit({ query: { who: id ?? '', subject: job.id } })).items).toHaveLength(1);
  });

  test('tells a sign-in that was refused, and nothing of what was typed (SEC-H3)', async () => {
    const login = (email: string): Promise<Response> =>
      fetch(`${portal.base}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'hunter2 hunter2' }),
      });
    expect((await login('mei@example.org')).status).toBe(401);
    expect(await newest()).toMatchObject({
      action: 'sign_in.failed',
      who: { name: 'nobody' },
      subject: { name: 'Mei' },
    });
    expect((await login('typed-into-the-wrong-field@example.org')).status).toBe(401);
    expect(await newest()).toMatchObject({
      action: 'sign_in.failed',
      subject: { kind: 'person', id: null, name: null },
    });
    const all = await (await portal.raw('/api/audit?format=jsonl')).text();
    expect(all).not.toMatch(/hunter2|typed-into|correct horse/);
  });

  test('comes as a file of lines, newest first, with cells that no spreadsheet takes for formulas (SEC-C10)', async () => {
    const answer = await portal.raw('/api/audit?format=csv&action=job.created');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-[\d-]+\.csv"$/);
    const [heading, row, end] = (await answer.text()).split('\r\n');
    expect(heading).toMatch(/^sequence,at,who,via,/);
    expect(row).toContain(",'=cmd|x,");
    expect(end).toBe('');
    expect(csvLine(['+1', '-1', '@x', '\tx', 'a"b', 'plain', 5, null])).toBe(`'+1,'-1,'@x,'\tx,"a""b",plain,5,\r\n`);
    const lines = (await (await portal.raw('/api/audit?format=jsonl')).text()).trimEnd().split('\n');
    const rows = lines.map((line) => AuditRow.parse(JSON.parse(line)));
    expect(rows.at(-1)).toMatchObject({ sequence: 1, action: 'audit.began' });
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, at) => rows.length - at));
  });

  test('is read by administrators alone, and no call changes or deletes a row', async () => {
    const ofAudit = Object.values(endpoints).filter(({ path }) => path.startsWith('/api/audit'));
    expect(ofAudit.map(({ access }) => access)).toEqual(ofAudit.map(() => 'admin'));
    expect(ofAudit.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual(['/api/audit/verify']);
    const { sequence } = await portal.store.audit.head();
    await portal.client.verifyAudit({ body: {} });
    expect((await portal.store.audit.head()).sequence).toBe(sequence);
    expect((await fetch(`${portal.base}/api/audit`)).status).toBe(401);
  });
});
