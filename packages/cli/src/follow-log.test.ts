import type { Client } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import type { Context } from './context.ts';
import { followLog } from './follow-log.ts';

test('a run that is tried again is shown whole: each attempt from its first line to its last', async () => {
  const logs: Readonly<Record<number, readonly string[]>> = { 1: ['one', 'two', 'three'], 2: ['four', 'five'] };
  // What each look finds: the second attempt begins between two looks, after the first has said more.
  const looks = [
    { state: 'running', attempt: 1, lines: 1 },
    { state: 'running', attempt: 2, lines: 3 },
    { state: 'succeeded', attempt: 2, lines: 3 },
  ];
  let look = -1;
  const client = {
    getRun: () => Promise.resolve(looks[(look = Math.min(look + 1, looks.length - 1))]),
    runLog: ({ query }: { query: { attempt: number; from_line: number } }) =>
      Promise.resolve({
        items: (logs[query.attempt] ?? [])
          .slice(query.from_line - 1, looks[look]?.lines)
          .map((text, at) => ({ line: query.from_line + at, at: null, text })),
      }),
  } as unknown as Client;
  let shown = '';
  const context = { terminal: { stdout: { write: (text: string) => (shown += text) } } } as unknown as Context;
  await followLog(context, { client, close: () => Promise.resolve() }, 'run', { timeoutMs: null });
  expect(shown).toBe('one\ntwo\nthree\nfour\nfive\n');
});
