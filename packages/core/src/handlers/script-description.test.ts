import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeScript } from './script-description.ts';

const folder = mkdtempSync(join(tmpdir(), 'jtp-description-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['a shell script', '#!/bin/sh\n# How full the disks are.\ndf\n', 'How full the disks are.'],
  ['a module', '#!/usr/bin/env node\r\n// Copies it.\r\nimport x;\r\n', 'Copies it.'],
  ['a docstring', '#!/usr/bin/env python3\n"""Counts the words."""\n', 'Counts the words.'],
  ['a block', '/**\n * no\n */\n/* Says hello */\n', 'Says hello'],
  ['a batch file', '@echo off\nrem Cleans up\n', 'Cleans up'],
  ['a line for a tool before it', '# -*- coding: utf-8 -*-\n# Reads mail\n', 'Reads mail'],
  ['no comment', 'print(1)\n', null],
  ['an empty file', '', null],
  ['bytes', '\0\0# x\n', null],
])('%s', (name, text, description) => {
  const file = join(folder, `${name}.txt`);
  writeFileSync(file, text);
  expect(describeScript(file)).toBe(description);
});

test('a long line is cut, and a file that is not there says nothing', () => {
  const file = join(folder, 'long.sh');
  writeFileSync(file, `# ${'word '.repeat(100)}\n`);
  expect(describeScript(file)).toMatch(/^word .{190,}…$/);
  expect(describeScript(join(folder, 'none.sh'))).toBeNull();
});
