import { describe, expect, test } from 'vitest';
import type { JobTriggerError } from '../errors.ts';
import type { HttpAssertion } from '../model/job.ts';
import { checkAssertions, judgeAnswer, readAssertions, type AssertedAnswer } from './http-assertions.ts';
import { atJsonPath, readJsonPath } from './json-path.ts';

const answer: AssertedAnswer = {
  headers: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] },
  body: '{"status":"up","items":[{"name":"x","n":2}],"a b":null}',
  cut: false,
  tookMs: 1234,
};
const verdict = (assertion: HttpAssertion, more: Partial<AssertedAnswer> = {}) =>
  judgeAnswer([assertion], { ...answer, ...more })[0];

describe('what must hold of an answer', () => {
  test.each<HttpAssertion>([
    { kind: 'body_contains', text: '"up"' },
    { kind: 'body_matches', pattern: '"n":\\d+' },
    { kind: 'json_equals', path: '$.status', value: 'up' },
    { kind: 'json_equals', path: '$.items[0].n', value: 2 },
    { kind: 'json_equals', path: '$["a b"]', value: null },
    { kind: 'header_equals', name: 'Content-Type', value: 'application/json' },
    { kind: 'header_equals', name: 'set-cookie', value: 'a=1, b=2' },
    { kind: 'max_duration', seconds: 1.234 },
  ])('holds: %o', (assertion) => {
    expect(verdict(assertion)).toMatchObject({ ok: true, found: null });
  });

  test.each<[HttpAssertion, string, string]>([
    [{ kind: 'body_contains', text: 'down' }, 'Body contains “down”', 'It begins “{"status":"up"'],
    [{ kind: 'body_matches', pattern: '^x' }, 'Body matches ^x', 'It begins “{"status":"up"'],
    [{ kind: 'json_equals', path: '$.status', value: 'down' }, '$.status is "down"', 'It is "up".'],
    [{ kind: 'json_equals', path: '$.items[0].n', value: '2' }, '$.items[0].n is "2"', 'It is 2.'],
    [{ kind: 'json_equals', path: '$.items[1]', value: 1 }, '$.items[1] is 1', 'Nothing is there.'],
    [{ kind: 'header_equals', name: 'etag', value: 'x' }, 'Header etag is “x”', 'There is no such header.'],
    [{ kind: 'max_duration', seconds: 1 }, 'Answered within 1 s', 'It took 1.234 s.'],
  ])('does not: %o', (assertion, check, found) => {
    expect(verdict(assertion)).toMatchObject({ check, ok: false, found: expect.stringContaining(found) });
  });

  test('is told of a long answer in few words', () => {
    const found = verdict({ kind: 'body_contains', text: 'z' }, { body: 'x'.repeat(100_000) })?.found ?? '';
    expect(found.length).toBeLessThan(250);
    expect(verdict({ kind: 'json_equals', path: '$', value: 1 }, { body: '<html>' })?.found).toContain('no JSON');
    expect(verdict({ kind: 'json_equals', path: '$', value: 1 }, { cut: true })?.found).toContain('1 MB');
  });

  test('is tried on the longest body in bounded time, whatever the pattern (C12)', () => {
    const begun = performance.now();
    const body = 'a'.repeat(1_000_000);
    expect(verdict({ kind: 'body_matches', pattern: '(a|a)*(a|a)*b' }, { body })?.ok).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('an assertion that could never hold is refused when the job is saved', () => {
  test.each<[unknown, string]>([
    [{ kind: 'body_is', text: 'x' }, 'config.assertions.0.kind'],
    [{ kind: 'body_contains' }, 'config.assertions.0.text'],
    [{ kind: 'body_contains', text: '' }, 'config.assertions.0.text'],
    [{ kind: 'body_matches', pattern: '(' }, 'config.assertions.0.pattern'],
    [{ kind: 'body_matches', pattern: '(a)\\1' }, 'config.assertions.0.pattern'],
    [{ kind: 'body_matches', pattern: 'a{101}' }, 'config.assertions.0.pattern'],
    [{ kind: 'json_equals', path: 'status', value: 1 }, 'config.assertions.0.path'],
    [{ kind: 'json_equals', path: '$..x', value: 1 }, 'config.assertions.0.path'],
    [{ kind: 'json_equals', path: '$.x', value: {} }, 'config.assertions.0.value'],
    [{ kind: 'header_equals', name: 'a b', value: 'x' }, 'config.assertions.0.name'],
    [{ kind: 'max_duration', seconds: 0 }, 'config.assertions.0.seconds'],
  ])('%o at %s', (given, path) => {
    let refused: unknown;
    try {
      checkAssertions(readAssertions([given]));
    } catch (error) {
      refused = error;
    }
    expect((refused as JobTriggerError).fields.map((field) => field.path)).toEqual([path]);
  });
});

test('a path names one place', () => {
  expect(readJsonPath('$')).toEqual([]);
  expect(readJsonPath('$.a-b[0]["x\\"y"].é')).toEqual(['a-b', 0, 'x"y', 'é']);
  for (const wrong of ['', 'a', '$.', '$[', '$[-1]', '$.a b', '$[*]', "$['a']"]) expect(readJsonPath(wrong)).toBeNull();
  expect(atJsonPath({ a: [] }, '$.a.length')).toBeUndefined();
  expect(atJsonPath({ a: 1 }, '$.constructor')).toBeUndefined();
  expect(atJsonPath('text', '$')).toBe('text');
});
