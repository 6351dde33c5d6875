import { expect, test } from 'vitest';
import { processLog } from './process-log.ts';
import type { Terminal } from './terminal.ts';

test('no value forges a line or reaches the terminal (SEC-H7)', () => {
  let said = '';
  const stderr = { write: (text: string) => (said += text) };
  const log = processLog({ stderr } as unknown as Terminal, 'info');
  log.info('signed in\n{"level":"error"}', { name: '\x1b]0;title\x07\r\n{"level":"info","message":"forged"}\u2028' });
  expect(said.match(/\n/g)).toHaveLength(1);
  expect(said).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  expect(JSON.parse(said)).toMatchObject({ level: 'info' });
});
