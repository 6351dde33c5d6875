import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installation, until, type RunShape } from '../../../test/setup/processes.ts';

/** Processes of a run that are alive. */
function processesOf(runId: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`JTP_RUN_ID=${runId}`);
    } catch {
      // No process, or gone by now.
      return false;
    }
  });
}

describe('a worker with a run in its hands', () => {
  test(
    'killed in mid-run and started again: the run in flight is resolved within 3 s, nothing is doubled (F5, P8)',
    { timeout: 60_000 },
    async () => {
      const { data, folder, jtp, json, up } = installation();
      const first = await up('start', '--port', '0');
      writeFileSync(join(data, 'scripts', 'long.sh'), `echo began >> ${folder}/witness\nsleep 600\n`);
      await jtp(['jobs', 'create', '-f', '-'], '{name: long, type: script, config: {script: long.sh}}');
      const id = (await jtp(['run', 'long'])).stdout.trim();
      await until(
        () => json<RunShape>('runs', 'get', id),
        (run) => run.state === 'running',
      );
      first.kill('SIGKILL');
      await once(first, 'exit');
      const began = Date.now();
      await up('start', '--port', '0');
      const run = await until(
        () => json<RunShape>('runs', 'get', id),
        (found) => found.state === 'lost',
      );
      expect(run.reason).toBe('worker_died');
      expect(Date.parse(run.ended_at ?? '') - began).toBeLessThan(3000);
      expect((await jtp(['runs', 'ls', '--job', 'long'])).stdout.trim().split('\n')).toHaveLength(1);
    },
  );

  test(
    'a worker killed beside a scheduler that shares its folder: its run is resolved long before a minute has passed (F6)',
    { timeout: 90_000 },
    async () => {
      const { data, jtp, json, up } = installation();
      await up('scheduler');
      const worker = await up('worker');
      writeFileSync(join(data, 'scripts', 'long.sh'), 'sleep 600\n');
      await jtp(['jobs', 'create', '-f', '-'], '{name: long, type: script, config: {script: long.sh}}');
      const id = (await jtp(['run', 'long'])).stdout.trim();
      await until(
        () => json<RunShape>('runs', 'get', id),
        (run) => run.state === 'running',
      );
      const { items: before } = await json<{ items: readonly { name: string }[] }>('workers', 'ls');
      expect(processesOf(id)).not.toEqual([]);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      const killedAt = Date.now();
      const run = await until(
        () => json<RunShape>('runs', 'get', id),
        (found) => found.state === 'lost',
      );
      expect(run.reason).toBe('worker_died');
      expect(Date.parse(run.ended_at ?? '') - killedAt).toBeLessThan(20_000);
      expect(processesOf(id)).toEqual([]);
      // The folder is free again: the next worker has its name and no other.
      await up('worker');
      const { items: after } = await json<{ items: readonly { name: string }[] }>('workers', 'ls');
      expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    },
  );
});
