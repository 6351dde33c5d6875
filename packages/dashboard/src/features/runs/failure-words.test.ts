import type { LogLine, Run } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { failureText, failureWords } from './failure-words.ts';

const run: Pick<Run, 'state' | 'failure' | 'reason_text' | 'exit_code' | 'signal' | 'result'> = {
  state: 'failed',
  failure: { category: 'network_error', message: 'Exit 7 after 3 s', detail: 'no route\nto host', resets_at: null },
  reason_text: null,
  exit_code: 7,
  signal: null,
  result: null,
};

const lines = (stream: LogLine['stream'], ...texts: readonly string[]): LogLine[] =>
  texts.map((text, at) => ({ line: at + 1, at: null, stream, text, continued: false, hidden_bytes: 0 }));

test('how the process ended is said once', () => {
  expect(failureWords(run, []).title).toBe('Exit 7 after 3 s');
  expect(failureWords({ ...run, exit_code: null, signal: 'SIGKILL' }, []).title).toBe(
    'Exit 7 after 3 s · signal SIGKILL',
  );
});

test('a detail that was said last on standard error is not repeated', () => {
  const tail = lines('stderr', 'trying', '\u001b[31mno route\u001b[0m', 'to host');
  expect(failureWords(run, tail)).toMatchObject({ detail: null, said: ['trying', 'no route', 'to host'] });
  expect(failureWords(run, lines('stdout', 'no route', 'to host'))).toMatchObject({
    detail: 'no route\nto host',
    said: [],
  });
});

test('an answer that fails a check of the job is told as that', () => {
  const failure = { category: 'script_error', message: 'Not so', detail: null, resets_at: null } as const;
  const kindOf = (result: unknown) => failureWords({ ...run, failure, result }, []).kind;
  expect(
    kindOf({
      status: 200,
      assertions: [
        { check: 'a', ok: true },
        { check: 'b', ok: false },
      ],
    }),
  ).toBe('A check of the answer');
  expect(kindOf({ status: 200 })).toBe('The script');
  expect(kindOf({ assertions: [null] })).toBe('The script');
});

test('without a failure the state is named', () => {
  const lost = failureWords(
    { ...run, state: 'lost', failure: null, exit_code: null, reason_text: 'Its worker died.' },
    [],
  );
  expect(failureText(lost)).toBe('Lost\nIts worker died.');
});
