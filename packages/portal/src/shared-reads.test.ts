/** What several ask in the same moment is looked for once, for each of them with their own eyes. */
import type { Client } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const body = { name: 'read by many', type: 'function' as const, config: { name: 'any' } };

describe.each(['SQLite', 'PostgreSQL'] as const)('reads that many ask for on %s', (database) => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
  });
  afterAll(() => portal.close());

  const namesSeenBy = async (client: Client): Promise<readonly string[]> =>
    (await client.listJobs({ query: { limit: 50 } })).items.map(({ name }) => name);

  test('thirty who ask while a search is under way share the next one, and all get the whole answer', async () => {
    await portal.client.createJob({ body });
    const { jobs } = portal.operations;
    const list = jobs.list.bind(jobs);
    const gate = Promise.withResolvers<undefined>();
    const slow = vi.spyOn(jobs, 'list').mockImplementation(async (...given) => {
      await gate.promise;
      return list(...given);
    });
    try {
      const first = portal.raw('/api/jobs?limit=50');
      await vi.waitFor(() => expect(slow).toHaveBeenCalledTimes(1));
      const others = Array.from({ length: 30 }, () => portal.raw('/api/jobs?limit=50'));
      // An answer that is not held up, on each of as many connections: by then the others have been heard, too.
      await Promise.all(Array.from({ length: 40 }, () => portal.raw('/api/health/live')));
      expect(slow).toHaveBeenCalledTimes(1);
      gate.resolve(undefined);
      const answers = await Promise.all([first, ...others]);
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      for (const { status, headers } of answers) {
        expect(status).toBe(200);
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
        expect(headers.get('cache-control')).toBe('no-store');
      }
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]).toContain('read by many');
      expect(slow.mock.calls.length).toBeLessThan(10);
    } finally {
      slow.mockRestore();
    }
  });

  test('everybody has their own eyes, also when they ask together', async () => {
    const [mine, theirs] = [await portal.someone('editor'), await portal.someone('editor')];
    await mine.client.createJob({ body: { ...body, name: 'mine alone' } });
    await theirs.client.createJob({ body: { ...body, name: 'theirs alone' } });
    const asked = Array.from({ length: 10 }, () => Promise.all([namesSeenBy(mine.client), namesSeenBy(theirs.client)]));
    for (const [ours, others] of await Promise.all(asked)) {
      expect(ours).toContain('mine alone');
      expect(ours).not.toContain('theirs alone');
      expect(others).toContain('theirs alone');
      expect(others).not.toContain('mine alone');
    }
  });

  test('who has just made a job finds it, while others never stop asking', async () => {
    let over = false;
    const asking = Array.from({ length: 8 }, async () => {
      while (!over) await namesSeenBy(portal.client);
    });
    try {
      for (let nth = 0; nth < 10; nth += 1) {
        await portal.client.createJob({ body: { ...body, name: `made meanwhile ${nth}` } });
        expect(await namesSeenBy(portal.client)).toContain(`made meanwhile ${nth}`);
      }
    } finally {
      over = true;
      await Promise.all(asking);
    }
  });
});
