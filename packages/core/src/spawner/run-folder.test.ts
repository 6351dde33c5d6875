import { existsSync, mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { runFolder } from './log-path.ts';
import { removeRunFolder } from './run-folder.ts';

const data = freshDir('jtp-run-folder');
afterAll(() => data.remove());

test('a folder that a dying process still writes into is removed all the same', async () => {
  for (let id = 1; id <= 20; id += 1) {
    const run = { id, createdAt: 1_800_000_000_000 };
    const folder = runFolder(data.path, run);
    mkdirSync(join(folder, 'artifacts'), { recursive: true });
    let left = 40;
    const writing = (async () => {
      while ((left -= 1) > 0) {
        mkdirSync(join(folder, 'artifacts'), { recursive: true });
        await writeFile(join(folder, 'artifacts', `${left}.txt`), 'x').catch(() => undefined);
      }
    })();
    await removeRunFolder(data.path, run);
    await writing;
    await rm(folder, { recursive: true, force: true });
    expect(existsSync(folder)).toBe(false);
  }
});
