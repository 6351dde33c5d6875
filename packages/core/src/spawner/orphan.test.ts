import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';

const folder = freshDir('jtp-orphan');
afterAll(() => folder.remove());

test('a spawner whose worker died while it made itself ready ends by itself', async () => {
  const home = join(folder.path, 'worker');
  mkdirSync(home);
  const given = JSON.stringify({ offset: 0, pin: null, startWithinMs: null, openFiles: null, fileBytes: null });
  const spawner = fork(join(import.meta.dirname, 'main.ts'), [join(home, 'journal.jsonl'), given], {
    execArgv: ['--conditions=jtp-source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  spawner.disconnect();
  try {
    expect((await once(spawner, 'exit'))[0]).toBe(0);
  } finally {
    spawner.kill('SIGKILL');
  }
});
