import { expect, test } from 'vitest';
import { scriptHints } from './script-hints.ts';

const codes = (path: string, text: string | Buffer): readonly string[] =>
  scriptHints(path, Buffer.from(text as string)).map(({ code, line }) => (line === null ? code : `${code} ${line}`));

test.each([
  ['a.sh', '#!/bin/sh\necho ok\n', []],
  ['a.sh', 'echo ok\n', ['no_first_line']],
  ['a.sh', '#!/usr/bin/env python3\n', ['other_first_line 1']],
  ['a.py', '#!/usr/bin/env python3\nimport os\n', []],
  ['a.ps1', 'Write-Host ok\n', []],
  ['a.sh', '#!/bin/sh\r\necho ok\r\n', ['crlf']],
  ['a.sh', '\uFEFF#!/bin/sh\necho ok\n', ['byte_order_mark 1']],
  ['a.sh', '#!/bin/sh\n. ./lib.sh\nsource x\n', ['neighbour 2', 'neighbour 3']],
  ['a.mjs', '#!/usr/bin/env node\nimport x from "./x.mjs";\nimport y from "node:fs";\n', ['neighbour 2']],
  ['a.sh', '#!/bin/sh\nPASSWORD="correct horse"\nPASSWORD="$1"\n', []],
  ['a.sh', '#!/bin/sh\nAPI_KEY="abcdefgh12345"\nTOKEN="$TOKEN"\n', ['secret 2']],
  ['a.sh', '#!/bin/sh\npsql postgres://app:hunter22@db/x\n', ['secret 2']],
  ['a.sh', '#!/bin/sh\n# \u202Egnp.sh\n', ['hidden_characters 2']],
] as const)('%s: %j', (path, text, expected) => {
  expect(codes(path, text)).toEqual(expected);
});

test('what is no text, and what is long, is said', () => {
  expect(codes('a.sh', Buffer.from([0x23, 0xff, 0xfe]))).toEqual(['not_text']);
  expect(codes('a.sh', `#!/bin/sh\n${'x'.repeat(70_000)}`)).toEqual(['large']);
});
