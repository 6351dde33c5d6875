import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { jtp as call } from '../../../test/setup/jtp.ts';

let folder: ReturnType<typeof freshDir>;
beforeEach(() => {
  folder = freshDir('jtp-channels');
  mkdirSync(join(folder.path, 'data', 'scripts'), { recursive: true, mode: 0o700 });
});
afterEach(() => folder.remove());

const jtp = (...args: readonly string[]) =>
  call(args, {
    cwd: folder.path,
    env: { JOB_PORTAL_DATA_DIR: join(folder.path, 'data'), JOB_PORTAL_OUTGOING_ALLOW: '127.0.0.1' },
    input: '',
  });

test('a webhook is added, tried, looked into, switched off and deleted (R-134)', { timeout: 90_000 }, async () => {
  let status = 204;
  const receiver = createServer((_request, response) => void response.writeHead(status).end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  try {
    expect((await jtp('webhooks', 'ls')).stderr).toContain('jtp webhooks add');
    const added = await jtp('webhooks', 'add', 'Channel', url, '--kinds', 'run.*, alert.raised');
    expect(added.stdout).toMatch(/^whsec_\S+\n$/);
    expect((await jtp('webhooks', 'ls')).stdout).toContain(`Channel\ton\trun.*,alert.raised\t${url}`);
    expect(await jtp('webhooks', 'test', 'channel')).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/Delivered: 204/) as string,
    });
    status = 500;
    expect(await jtp('webhooks', 'test', 'channel')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/answered 500/) as string,
    });
    const { stdout } = await jtp('--json', 'webhooks', 'deliveries', 'channel');
    const { items } = JSON.parse(stdout) as { items: { id: string; state: string }[] };
    expect(items.map(({ state }) => state)).toEqual(['failed', 'delivered']);
    expect(await jtp('webhooks', 'redeliver', 'channel', items[0]?.id ?? '')).toMatchObject({ status: 0 });
    expect((await jtp('webhooks', 'rotate', 'channel')).stdout).not.toBe(added.stdout);
    await jtp('webhooks', 'off', 'channel');
    expect((await jtp('webhooks', 'ls')).stdout).toContain('Channel\toff');
    expect(await jtp('--yes', 'webhooks', 'rm', 'channel')).toMatchObject({ status: 0 });
    expect(await jtp('webhooks', 'test', 'channel')).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/No webhook is called/) as string,
    });
  } finally {
    receiver.close();
  }
});

test('a monitor is added by words or a period, paused, resumed and deleted', { timeout: 60_000 }, async () => {
  const added = await jtp('monitors', 'add', 'dump', '--schedule', 'every day at 2:00', '--grace', '30m');
  expect(added.stderr).toContain('/api/pings/');
  expect(await jtp('monitors', 'add', 'queue', '--schedule', '0 2 * * *')).toMatchObject({ status: 0 });
  await jtp('monitors', 'add', 'mail', '--every', '10m');
  expect((await jtp('monitors', 'ls')).stdout).toMatch(/^dump\tnew\t.*02:00/m);
  expect((await jtp('monitors', 'ls')).stdout).toMatch(/^mail\tnew\tEvery 10 minutes/m);
  expect(await jtp('monitors', 'add', 'none')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--schedule or --every/) as string,
  });
  expect((await jtp('monitors', 'pause', 'mail')).stderr).toContain('mail is paused');
  expect((await jtp('monitors', 'resume', 'mail')).stderr).toContain('mail is new');
  expect(await jtp('--yes', 'monitors', 'rm', 'mail')).toMatchObject({ status: 0 });
  expect((await jtp('monitors', 'ls')).stdout).not.toContain('mail');
});

test('an incoming hook is added, listed, switched off, given a new secret and deleted (R-353)', async () => {
  writeFileSync(join(folder.path, 'data', 'scripts', 'hello.sh'), 'echo hello\n', { mode: 0o700 });
  await jtp('jobs', 'create', '--type', 'script', '--name', 'hooked', '--set', 'script=hello.sh');
  const { job, hook } = { job: 'hooked', hook: 'Forge' };
  expect((await jtp('hooks', 'ls', job)).stderr).toContain('jtp hooks add');
  const added = await jtp('hooks', 'add', job, hook);
  expect(added.stdout).toMatch(/^whsec_\S+\n$/);
  expect(added.stderr).toContain('/api/hooks/');
  expect(await jtp('hooks', 'add', job, 'keyed', '--keyed', '--map', 'ref')).toMatchObject({ status: 2 });
  expect((await jtp('hooks', 'add', job, 'keyed', '--keyed')).stdout).toMatch(/^hk_\S+\n$/);
  expect((await jtp('hooks', 'rotate', job, 'forge')).stdout).not.toBe(added.stdout);
  await jtp('hooks', 'off', job, 'forge');
  expect((await jtp('hooks', 'ls', job)).stdout).toMatch(/Forge\toff\tsigns.*\nkeyed\ton\tshows a key/);
  expect(await jtp('--yes', 'hooks', 'rm', job, 'forge')).toMatchObject({ status: 0 });
  expect(await jtp('hooks', 'on', job, 'forge')).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/no incoming hook called/) as string,
  });
});
