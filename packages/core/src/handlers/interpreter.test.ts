import { describe, expect, test } from 'vitest';
import { invocationOf, type Interpreters } from './interpreter.ts';
import type { Script } from './script-file.ts';

const script = (path: string): Script => ({
  path,
  file: `/scripts/${path}`,
  extension: path.slice(path.lastIndexOf('.')),
  bytes: 1,
  modifiedAt: 0,
  executable: false,
});
const searched = process.env['PATH'] ?? '';

describe('the interpreter', () => {
  test('is a setting, tried in order of preference', () => {
    const interpreters: Interpreters = { '.sh': [['no-such-shell'], ['sh', '-e']] };
    const invocation = invocationOf(script('a.sh'), ['x'], interpreters, searched);
    expect('argv' in invocation ? invocation.argv.slice(1) : null).toEqual(['-e', '/scripts/a.sh', 'x']);
  });

  test('that is missing is named, with every choice', () => {
    expect(invocationOf(script('a.rb'), [], { '.rb': [['ruby-9'], ['jruby-9']] }, searched)).toEqual({
      missing: 'ruby-9 or jruby-9',
      message: 'a.rb needs ruby-9 or jruby-9, which is not installed on this worker.',
    });
    expect(invocationOf(script('a.rb'), [], {}, searched)).toMatchObject({
      message: expect.stringContaining('.rb') as string,
    });
  });

  test('is not looked for in folders relative to the worker (SEC-D6)', () => {
    expect(invocationOf(script('a.sh'), [], { '.sh': [['sh']] }, `.:bin:${'../'.repeat(9)}bin`)).toMatchObject({
      missing: 'sh',
    });
  });
});
