import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { logPath, realSystem } from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { LogWriter } from '../../core/src/spawner/log-writer.ts';
import { referenceOf } from './references.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('the output of a run on %s', (database) => {
  let portal: TestPortal;
  let id = '';
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    const body = { name: 'says much', type: 'script' as const, config: { script: 'hello.sh' } };
    const job = await portal.client.createJob({ body });
    id = (await portal.client.runJob({ params: { id: job.id }, body: {} })).run_id;
    await portal.client.cancelRun({ params: { id } });
    const path = logPath(portal.folder, referenceOf(id, 'run'), 1);
    mkdirSync(dirname(path), { recursive: true });
    const writer = new LogWriter({ path, limitBytes: 1_000_000, clock: realSystem().clock });
    for (let line = 1; line <= 3000; line += 1) writer.write('stdout', Buffer.from(`line ${line}\n`));
    writer.write('stderr', Buffer.from('Error: it broke\n'));
    writer.write('stdout', Buffer.from(`${'x'.repeat(20_000)}\n`));
    await writer.end();
  });
  afterAll(() => portal.close());
  const params = () => ({ id });
  const texts = (window: { items: { text: string }[] }): string[] => window.items.map(({ text }) => text);

  test('is answered by window, from the end, and by the lines that hold a text', async () => {
    const window = await portal.client.runLog({ params: params(), query: { from_line: 2, limit: 2 } });
    expect(texts(window)).toEqual(['line 2', 'line 3']);
    expect(window).toMatchObject({ lines: 3002, complete: true, first_error_line: 3001, attempt: 1 });
    const end = await portal.client.runLog({ params: params(), query: { tail: 2 } });
    expect(end.items).toMatchObject([
      { line: 3001, stream: 'stderr' },
      { line: 3002, cut: true },
    ]);
    const found = await portal.client.runLog({
      params: params(),
      query: { search: 'LINE 29', ignore_case: 'true', limit: 3 },
    });
    expect([found.hits_total, texts(found)]).toEqual([111, ['line 29', 'line 290', 'line 291']]);
    const whole = await portal.client.runLog({ params: params(), query: { from_line: 3002, full_line: 'true' } });
    expect(whole.items[0]?.text).toHaveLength(20_000);
  });

  test('is answered whole, as a text and as a file (SEC-G4)', async () => {
    const { output, cut_bytes } = await portal.client.getLog({ params: params() });
    expect([output.split('\n').length, output.slice(0, 14), cut_bytes]).toEqual([3003, 'line 1\nline 2\n', 0]);
    const shown = await portal.raw(`/api/runs/${id}/log?format=text`);
    expect([shown.headers.get('content-type'), await shown.text()]).toEqual(['text/plain; charset=utf-8', output]);
    const policies = ['content-security-policy', 'x-content-type-options'].map((name) => shown.headers.get(name));
    expect(policies, 'opened as a page it does nothing').toEqual(["sandbox; default-src 'none'", 'nosniff']);
    const saved = await portal.raw(`/api/runs/${id}/log?download=true`);
    expect(saved.headers.get('content-disposition')).toBe(`attachment; filename="says_much-${id}-1.log"`);
    expect(await saved.text()).toBe(output);
  });

  test('of an attempt that was never made is empty', async () => {
    const none = await portal.client.runLog({ params: params(), query: { attempt: 2 } });
    expect(none).toMatchObject({ items: [], lines: 0, complete: true, attempt: 2 });
  });
});
