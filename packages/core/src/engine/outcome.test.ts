import { expect, test } from 'vitest';
import { failed } from '../handlers/handler.ts';
import type { Claim } from '../store/dispatch-table.ts';
import { factories } from '../testing/index.ts';
import { noHistory, toFinished } from './outcome.ts';

const now = Date.UTC(2027, 0, 1, 9);
const claim: Claim = { ...({} as Claim), runId: 1, fence: 1, jobId: 1, attempt: 1 };

function failureOf(category: 'api_limit' | 'network_error', retryAfterMs?: number) {
  const outcome = failed(
    { category, message: 'HTTP 429', detail: null },
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
  const { definition } = factories.job();
  const facts = { claim, definition, outcome, history: noHistory, startedAt: now, now, maxLost: 3 };
  return toFinished({ ...facts, cancelReason: null, troubled: false }).failure;
}

test('a limit of the other side is kept with when it is free again', () => {
  expect(failureOf('api_limit', 90_000)).toEqual({
    category: 'api_limit',
    message: 'HTTP 429',
    detail: null,
    resetsAt: now + 90_000,
  });
  expect(failureOf('api_limit')).not.toHaveProperty('resetsAt');
  expect(failureOf('network_error', 90_000)).not.toHaveProperty('resetsAt');
});
