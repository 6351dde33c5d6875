import { expect, test } from 'vitest';
import type { Id } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import * as factories from '../testing/factories.ts';
import { liveBeside } from './live-beside.ts';

const broken: Job['trouble'] = {
  failuresFrom: 0,
  failingSince: 1,
  breaker: { openedAt: 1, coolOffUntil: 2, failures: 3, trial: null },
} as unknown as Job['trouble'];

test('the runs of a job that may have any number are not read, unless failures have stopped it', async () => {
  const job = (id: Id, definition: object, more: Partial<Job> = {}): Job => factories.job({ id, definition, ...more });
  const asked: (readonly Id[])[] = [];
  const live = (ids: readonly Id[]) => {
    asked.push(ids);
    return Promise.resolve([]);
  };
  const any = { overlap: 'allow', maxConcurrent: null };
  await liveBeside({ runs: { live } }, [
    job(1, any),
    job(2, any, { trouble: broken }),
    job(3, { overlap: 'allow', maxConcurrent: 5 }),
    job(4, { overlap: 'replace', maxConcurrent: null }),
    job(5, { overlap: 'skip', maxConcurrent: 1 }),
  ]);
  expect(asked).toEqual([[2, 3, 4, 5]]);
});
