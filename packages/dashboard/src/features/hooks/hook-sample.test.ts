import { describe, expect, test } from 'vitest';
import { curlOfHook, sampleBody } from './hook-sample.ts';

const job = {
  parameters: [
    { name: 'ref', type: 'string' },
    { name: 'count', type: 'integer', default: null },
    { name: 'mode', type: 'string', choices: ['slow', 'fast'] },
  ],
};

describe('a sample message', () => {
  test('gives each parameter a value, where the hook looks for it', () => {
    expect(sampleBody({ mapping: null }, job)).toBe('{"ref":"text","count":1,"mode":"slow"}');
    const mapping = { ref: 'push.branch', mode: 'push.how.mode' };
    expect(sampleBody({ mapping }, job)).toBe('{"push":{"branch":"text","how":{"mode":"slow"}}}');
    expect(sampleBody({ mapping: {} }, job)).toBe('{}');
  });

  test('holds no secret, and quotes what a shell would read', () => {
    const quoted = { parameters: [{ name: 'who', type: 'string', default: "O'Brien" }] };
    const hook = { mapping: null, path: '/api/hooks/x' };
    expect(curlOfHook({ ...hook, kind: 'keyed' }, quoted, 'https://jobs')).toBe(
      String.raw`curl -fsS https://jobs/api/hooks/x -H "Authorization: Bearer $HOOK_SECRET" -d '{"who":"O'\''Brien"}'`,
    );
    expect(curlOfHook({ ...hook, kind: 'signed' }, job, 'https://jobs')).toContain('"${HOOK_SECRET#whsec_}"');
  });
});
