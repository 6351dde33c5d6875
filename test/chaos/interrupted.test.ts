import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDir } from '../setup/databases.ts';

/** Processes that were started with this in their environment. */
function alive(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder);
    } catch {
      return false;
    }
  });
}

test.runIf(process.platform === 'linux')(
  'a harness that is asked to end leaves no process, no mount and no folder',
  { timeout: 90_000 },
  async () => {
    const folder = freshDir('jtp-interrupted');
    const temporary = join(folder.path, 'tmp');
    mkdirSync(temporary);
    const main = join(import.meta.dirname, 'main.ts');
    const args = ['-C', 'jtp-source', main, '--db', 'sqlite', '--seed', '1', '--jobs', '3'];
    const harness = spawn(process.execPath, [...args, '--out', join(folder.path, 'out')], {
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      harness.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('3 jobs with')) resolve();
      });
      harness.once('exit', () => reject(new Error(`The harness ended by itself: ${said}`)));
    });
    expect(alive(temporary).length).toBeGreaterThan(5);
    const ended = once(harness, 'exit');
    harness.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
    expect(alive(temporary)).toEqual([]);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(temporary);
    expect(readdirSync(temporary)).toEqual([]);
    folder.remove();
  },
);
