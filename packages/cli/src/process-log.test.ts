import { expect, test } from 'vitest';
import { processLog } from './process-log.ts';
import type { Terminal } from './terminal.ts';

test('no value forges a line or reaches the terminal (SEC-H7)', () => {
  let said = '';
  const stderr = { write: (text: string) => (said += text) };
  const log = processLog({ stderr } as unknown as Terminal, 'info');
  log.info('signed in\n{"level":"error"}', { name: '\x1b]0;title\x07\r\n{"level":"info","message":"forged"}\u2028' });
  expect(said.match(/\n/g)).toHaveLength(1);
  const controls = said
    .slice(0, -1)
    .split('')
    .filter((sign) => sign < ' ');
  expect(controls).toEqual([]);
  expect(JSON.parse(said)).toMatchObject({ level: 'info' });
});
