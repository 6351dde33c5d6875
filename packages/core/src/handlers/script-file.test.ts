import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import { defaultScriptRules, listScripts, resolveFolder, resolveScript } from './script-file.ts';

let base: string;
let scripts: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'jtp-scripts-'));
  scripts = join(base, 'scripts');
  mkdirSync(join(scripts, 'sub'), { recursive: true, mode: 0o755 });
  add('ok.sh');
  writeFileSync(join(base, 'outside.sh'), 'echo outside');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function add(path: string, mode = 0o644): string {
  const file = join(scripts, path);
  writeFileSync(file, '#!/bin/sh\n', { mode });
  return file;
}
function outcome(path: string, rules = defaultScriptRules): string {
  try {
    return resolveScript(scripts, path, rules).path;
  } catch (error) {
    if (!(error instanceof JobTriggerError)) throw error;
    expect(error.fields[0]?.path).toBe('config.script');
    return error.code;
  }
}
const posix = process.platform !== 'win32';

describe('a path that leaves the folder is refused (SEC-D1)', () => {
  test.each([
    ['../../etc/passwd', 'script_outside_folder'],
    ['../outside.sh', 'script_outside_folder'],
    ['/etc/passwd', 'script_outside_folder'],
    ['a/../../x', 'script_outside_folder'],
    ['sub/../ok.sh', 'script_outside_folder'],
    ['./ok.sh', 'script_outside_folder'],
    ['sub//ok.sh', 'script_outside_folder'],
    ['..%2foutside.sh', 'script_outside_folder'],
    ['%252e%252e/outside.sh', 'script_outside_folder'],
    ['..\\outside.sh', 'script_outside_folder'],
    ['C:/x.bat', 'script_outside_folder'],
    ['C:x.bat', 'script_outside_folder'],
    ['ok.sh\0.png', 'script_refused'],
    ['ok\n.sh', 'script_refused'],
    ['x'.repeat(5000), 'script_refused'],
    ['ok.sh ', 'script_refused'],
    ['ok.sh.', 'script_refused'],
    ['sub /x.sh', 'script_refused'],
    ['', 'script_missing'],
    ['gone.sh', 'script_missing'],
    ['ok.sh/below.sh', 'script_missing'],
    ['~/x.sh', 'script_missing'],
  ])('%j: %s', (path, code) => expect(outcome(path)).toBe(code));

  test('whatever the path, what comes back lies in the folder', () => {
    const step = fc.constantFrom('..', '.', '', 'sub', 'ok.sh', 'link', ' ', '%2e%2e', '\\', '~', 'ok.sh\0');
    symlinkSync(base, join(scripts, 'link'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.constantFrom('/', '\\', '//'), (steps, separator) => {
        const path = steps.join(separator);
        if (outcome(path) === path) expect(path).toBe('ok.sh');
      }),
    );
  });
});

describe.runIf(posix)('what is no plain file of its own is refused (SEC-D2)', () => {
  test('a link out of the folder, and one within it', () => {
    symlinkSync(join(base, 'outside.sh'), join(scripts, 'out.sh'));
    symlinkSync(join(scripts, 'ok.sh'), join(scripts, 'in.sh'));
    expect(outcome('out.sh')).toBe('script_outside_folder');
    expect(outcome('in.sh')).toBe('script_outside_folder');
  });

  test('a file below a folder that is a link', () => {
    symlinkSync(base, join(scripts, 'linked'));
    expect(outcome('linked/outside.sh')).toBe('script_outside_folder');
  });

  test('a hard link to a foreign file', () => {
    linkSync(join(base, 'outside.sh'), join(scripts, 'hard.sh'));
    expect(outcome('hard.sh')).toBe('script_refused');
  });

  test('a named pipe, without waiting for it', () => {
    execFileSync('mkfifo', [join(scripts, 'pipe.sh')]);
    expect(outcome('pipe.sh')).toBe('script_refused');
  });

  test('a socket, a device and a folder', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(scripts, 'socket.sh'), resolve));
    expect(outcome('socket.sh')).toBe('script_refused');
    server.close();
    mkdirSync(join(scripts, 'folder.sh'));
    expect(outcome('folder.sh')).toBe('script_refused');
  });

  test('a set-uid and a set-gid file', () => {
    chmodSync(add('suid.sh'), 0o4755);
    chmodSync(add('sgid.sh'), 0o2755);
    expect([outcome('suid.sh'), outcome('sgid.sh')]).toEqual(['script_refused', 'script_refused']);
  });

  test('a file, a folder on the way and the folder itself that all may write', () => {
    chmodSync(add('open.sh'), 0o666);
    expect(outcome('open.sh')).toBe('script_refused');
    add('sub/x.sh');
    expect(outcome('sub/x.sh')).toBe('sub/x.sh');
    chmodSync(join(scripts, 'sub'), 0o777);
    expect(outcome('sub/x.sh')).toBe('script_refused');
    chmodSync(scripts, 0o777);
    expect(outcome('ok.sh')).toBe('script_refused');
  });

  test.runIf(process.getuid?.() === 0)('a file of another user', () => {
    chownSync(add('theirs.sh'), 12_345, 12_345);
    expect(outcome('theirs.sh')).toBe('script_refused');
  });

  test('another kind of file, and one that is too large', () => {
    add('page.html');
    expect(outcome('page.html')).toBe('script_refused');
    writeFileSync(join(scripts, 'large.sh'), 'x'.repeat(1001));
    expect(outcome('large.sh', { ...defaultScriptRules, maxBytes: 1000 })).toBe('script_refused');
  });
});

test('the scripts folder itself may be reached through a link', () => {
  symlinkSync(scripts, join(base, 'alias'));
  expect(resolveScript(join(base, 'alias'), 'ok.sh', defaultScriptRules).file).toBe(join(scripts, 'ok.sh'));
});

test('a working folder lies in the scripts folder', () => {
  expect(resolveFolder(scripts, null)).toBe(scripts);
  expect(resolveFolder(scripts, 'sub')).toBe(join(scripts, 'sub'));
  expect(() => resolveFolder(scripts, '..')).toThrow(JobTriggerError);
  expect(() => resolveFolder(scripts, 'ok.sh')).toThrow(JobTriggerError);
});

test('the list holds what could run, by path, without hidden and disallowed files', () => {
  add('sub/b.py');
  add('.hidden.sh');
  add('notes.txt');
  mkdirSync(join(scripts, '.git'));
  add('.git/hook.sh');
  symlinkSync(join(base, 'outside.sh'), join(scripts, 'out.sh'));
  expect(listScripts(scripts, defaultScriptRules).map(({ path }) => path)).toEqual(['ok.sh', 'sub/b.py']);
});
