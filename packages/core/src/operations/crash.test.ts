import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { faultyStore, type Fault } from '../engine/test-faults.ts';
import type { Reference } from '../model/id.ts';
import type { Once } from './once.ts';
import { createOperations } from './operations.ts';
import { mei, script, testInstallation, type TestInstallation } from './test-installation.ts';

/** A portal that is gone while it answers, and the caller who asks its successor again. */

describe.each(['SQLite', 'PostgreSQL'] as const)('on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  test.each([
    ['before the commit', 'die_before', false],
    ['after the commit and before the answer', 'die_after', true],
    ['with the answer to its commit lost', 'lose_answer', true],
  ] as const)(
    'killed %s while a run is asked for: the same key makes one run (F12, C13)',
    async (when, fault: Fault, known) => {
      const { job } = await home.operations.jobs.create(script(), mei);
      let replays = 0;
      const once: Once = {
        key: when.replaceAll(' ', '-'),
        scope: 'mei POST /api/jobs/x/run',
        requestHash: 'same',
        onReplay: () => (replays += 1),
      };
      const faulty = faultyStore(home.store, 'answer', fault);
      const dying = createOperations({ ...home.context, store: faulty.store });
      const asked = dying.runs.start(job.id, {}, mei, once);
      if (fault === 'lose_answer') await expect(asked).rejects.toMatchObject({ code: 'database_unreachable' });
      else await faulty.struck;
      const runs = async (): Promise<number[]> =>
        (await home.store.runs.list({ jobId: job.id }, { limit: 10 })).items.map(({ id }) => id);
      expect(await runs()).toHaveLength(known ? 1 : 0);
      const answers: Reference[] = [];
      for (let repeat = 0; repeat < 2; repeat += 1)
        answers.push(await home.operations.runs.start(job.id, {}, mei, once));
      expect(await runs()).toEqual([answers[0]?.id]);
      expect(answers[1]?.id).toBe(answers[0]?.id);
      expect(replays).toBe(known ? 2 : 1);
    },
  );
});
