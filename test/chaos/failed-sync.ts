/**
 * F19 by hand: the nth sync of a command fails, as a dying disk's would. Needs Linux and strace with the right to trace.
 * `node -C jtp-source test/chaos/failed-sync.ts` prints a line a sync, and ends with 1 when one was taken wrongly.
 *
 * A sync of a commit must end the process at once, without another sync; one of a checkpoint may be passed over, as the
 * log still holds all of it and the pages are written anew by the next.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { freshDir } from '../setup/databases.ts';
import { program, programOfTheseSources } from '../setup/program.ts';

const rounds = 8;

await programOfTheseSources();
const folder = freshDir('jtp-sync');
const dataDir = `${folder.path}/data`;
mkdirSync(dataDir, { mode: 0o700 });
const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, JOB_PORTAL_DATA_DIR: dataDir };
const trace = `${folder.path}/trace`;

const jtp = (args: readonly string[], before: readonly string[] = []) => {
  const [first = process.execPath, ...rest] = [...before, process.execPath, program, ...args];
  return spawnSync(first, rest, { env, cwd: folder.path, encoding: 'utf8' });
};

jtp(['migrate', 'up']);
jtp(['jobs', 'ls']);
let wrong = 0;
try {
  for (let nth = 1; nth <= rounds; nth += 1) {
    writeFileSync(`${folder.path}/job.yaml`, `name: job ${nth}\ntype: script\nconfig: {script: hello-progress.mjs}\n`);
    const inject = ['-e', 'trace=fsync,fdatasync', '-e', `inject=fsync:error=EIO:when=${nth}`];
    const ended = jtp(['jobs', 'create', '-f', 'job.yaml'], ['strace', '-f', '-qq', '-o', trace, ...inject]);
    const lines = readFileSync(trace, 'utf8').trim().split('\n');
    const failed = lines.findIndex((line) => line.includes('EIO'));
    const after = failed === -1 ? 0 : lines.length - failed - 1;
    const stopped = ended.stderr.includes('did not store a commit');
    const database = new DatabaseSync(`${dataDir}/portal.db`);
    const verdict = String(database.prepare('PRAGMA integrity_check').get()?.['integrity_check']);
    const found = database.prepare('SELECT count(*) AS n FROM jobs WHERE name = ?').get(`job ${nth}`)?.['n'] === 1;
    database.close();
    // What was acknowledged is there; what ended at once synced no more.
    const ok = verdict === 'ok' && (ended.status === 0 ? found : stopped && after === 0);
    if (!ok) wrong += 1;
    const what = failed === -1 ? 'no such sync' : stopped ? 'ended at once' : 'passed over';
    process.stdout.write(
      `sync ${nth}: ${what}, status ${ended.status}, ${after} syncs after, ${verdict}, job ${found ? 'there' : 'not there'}${ok ? '' : '  WRONG'}\n`,
    );
  }
} finally {
  folder.remove();
}
process.exitCode = wrong === 0 ? 0 : 1;
