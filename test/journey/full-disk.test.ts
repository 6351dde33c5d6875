import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';
import { createClient, fetchTransport, type Client } from 'job-trigger-contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { smallDisk } from '../setup/small-disk.ts';

const disk = smallDisk(32);
afterAll(() => disk?.remove());

/** Asks again until it is so, for at most `seconds`. */
async function until(what: string, seconds: number, isSo: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > seconds * 1000) throw new Error(`It took longer than ${seconds} s: ${what}`);
    await rest(50);
  }
  return (performance.now() - began) / 1000;
}

/** Writes until there is no room for another kilobyte. */
function fill(path: string): void {
  for (const size of [1_048_576, 65_536, 4096]) {
    for (let piece = 0; ; piece += 1) {
      try {
        writeFileSync(`${path}/filler/${size}-${piece}`, Buffer.alloc(size));
      } catch {
        break;
      }
    }
  }
}

describe.runIf(disk !== null)('a disk that fills up under a portal', () => {
  let portal: PortalProcess;
  let client: Client;
  const path = disk?.path ?? '';
  beforeAll(async () => {
    mkdirSync(`${path}/scripts`);
    mkdirSync(`${path}/filler`);
    writeFileSync(`${path}/scripts/slow.sh`, 'echo begun\nwhile [ ! -e "$1" ]; do sleep 0.1; done\n');
    const env = { JOB_PORTAL_DATA_DIR: path, JOB_PORTAL_BALLAST_MB: '6', JOB_PORTAL_RATE_PER_MINUTE: '0' };
    portal = await startPortal({ administrator: true, env });
    const base = portal.base;
    const stranger = createClient(fetchTransport({ base }));
    const { access_token: token } = await stranger.login({ body: administrator });
    client = createClient(fetchTransport({ base, headers: { authorization: `Bearer ${token}` } }));
  }, 60_000);
  afterAll(() => portal?.stop());

  test('answers 507, keeps the outcome of what runs, and heals within 5 s (F17)', { timeout: 60_000 }, async () => {
    await until('the ballast is made', 5, () => existsSync(`${path}/ballast`));
    const signal = `${portal.dataDir}/go`;
    const job = await client.createJob({
      body: { name: 'slow', type: 'script', config: { script: 'slow.sh', args: [signal] } },
    });
    const { run_id: id } = await client.runJob({ params: { id: job.id }, body: {} });
    const state = async (): Promise<string> => (await client.getRun({ params: { id } })).state;
    await until('the run lives', 10, async () => (await state()) === 'running');

    fill(path);
    let refused: unknown = null;
    for (let tries = 0; tries < 400 && refused === null; tries += 1) {
      const body = { name: `job ${tries}`, description: 'x'.repeat(4000), type: 'script' as const };
      refused = await client.createJob({ body: { ...body, config: { script: 'slow.sh' } } }).then(
        () => null,
        (error: unknown) => error,
      );
    }
    expect(refused).toMatchObject({ status: 507, problem: { code: 'no_space', title: 'No space left' } });
    const health = await client.health();
    expect(health).toMatchObject({ status: 'degraded', checks: { storage: { status: 'degraded' } } });

    mkdirSync(portal.dataDir, { recursive: true });
    writeFileSync(signal, '');
    await until('the outcome is stored', 10, async () => (await state()) === 'succeeded');

    rmSync(`${path}/filler`, { recursive: true });
    const body = { name: 'after', type: 'script' as const, config: { script: 'slow.sh' } };
    const made = (): Promise<boolean> =>
      client.createJob({ body }).then(
        () => true,
        () => false,
      );
    expect(await until('it goes on', 5, made)).toBeLessThan(5);
    await until('the ballast is back', 5, () => existsSync(`${path}/ballast`));
    expect((await client.health()).checks?.['storage']).toMatchObject({ status: 'healthy' });
  });
});
