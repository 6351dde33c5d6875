import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDir } from '../setup/databases.ts';

const root = join(import.meta.dirname, '../..');

/** Everything it says until it matches. */
function said(stream: NodeJS.ReadableStream, wanted: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const found = wanted.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    stream.on('end', () => reject(new Error(`It ended before it listened: ${text}`)));
  });
}

test.each(['sh', 'bash'])(
  'npm start under %s ends the portal when npm is asked to end',
  { timeout: 60_000 },
  async (shell) => {
    const folder = freshDir('jtp-npm');
    const { PATH = '' } = process.env;
    const npm = spawn('npm', ['start', '--script-shell', shell, '--', '--port', '0'], {
      cwd: root,
      env: { PATH, HOME: folder.path, JOB_PORTAL_DATA_DIR: join(folder.path, 'data'), JOB_PORTAL_BALLAST_MB: '0' },
    });
    const ended = once(npm, 'exit');
    const address = await said(npm.stderr, /Listening on (http:\/\/\S+?)\/?\s/);
    expect((await fetch(`${address}/api/health`)).ok).toBe(true);
    npm.kill('SIGTERM');
    await ended;
    await expect(fetch(address)).rejects.toThrow('fetch failed');
    folder.remove();
  },
);
