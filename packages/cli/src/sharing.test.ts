import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type Client } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jtp, type Ended } from '../../../test/setup/jtp.ts';
import { administrator, startPortal, type PortalProcess } from '../../../test/setup/portal-process.ts';

let portal: PortalProcess;
beforeAll(async () => {
  portal = await startPortal({ administrator: true, role: 'portal' });
});
afterAll(() => portal?.stop());

const clientWith = (token: string): Client =>
  createClient(({ method, path, headers, body }) =>
    fetch(`${portal.base}${path}`, {
      method,
      headers: { ...headers, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body }),
    }),
  );

type Say = (...args: readonly string[]) => Promise<Ended>;

/** The command line of somebody who signed in at the portal. */
function cli(name: string, token: string): Say {
  writeFileSync(join(portal.dataDir, `${name}.token`), token, { mode: 0o600 });
  return (...args) => jtp(['--server', portal.base, '--token-file', `${name}.token`, ...args], { cwd: portal.dataDir });
}

async function invited(mei: Client, name: string): Promise<Say> {
  const { token } = await mei.invite({ body: { email: `${name}@example.org`, role: 'editor' } });
  const own = { name, password: 'correct horse battery', timezone: 'UTC' };
  const { access_token: access } = await clientWith('').acceptInvitation({ body: { token, ...own } });
  return cli(name, access);
}

test(
  'a job is shared with a team, explained, given away and gone from sight (R-046)',
  { timeout: 60_000 },
  async () => {
    const { access_token: admin } = await clientWith('').login({ body: administrator });
    const mei = cli('mei', admin);
    const [noor, mika] = [await invited(clientWith(admin), 'noor'), await invited(clientWith(admin), 'mika')];
    const made = ['--type', 'http', '--set', 'url=https://example.org/feed'];
    await noor('jobs', 'create', '--name', 'feed', ...made);

    expect(await mika('jobs', 'get', 'feed')).toMatchObject({ status: 3, stdout: '' });
    expect((await mika('jobs', 'ls')).stdout).not.toContain('feed');
    expect(await mika('teams', 'set', 'Night')).toMatchObject({ status: 4 });
    await mei('teams', 'set', 'Night', '--members', 'mika@example.org');
    const shared = await noor('jobs', 'share', 'feed', '--with', 'Night', '--as', 'view');
    expect(shared.stderr).toContain('Night may view feed.');
    expect((await mika('jobs', 'ls')).stdout).toContain('feed');
    expect(await mika('jobs', 'pause', 'feed')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('yours is to see it') as string,
    });
    const why = await noor('jobs', 'access', 'feed', '--person', 'mika@example.org');
    expect(why.stdout).toContain('shared with their team Night to view');
    expect((await mei('teams', 'ls')).stdout).toMatch(/^Night\t1\tmika@example.org$/m);

    await noor('--yes', 'jobs', 'give', 'feed', '--to', 'mika@example.org');
    expect((await noor('jobs', 'get', 'feed')).status).toBe(3);
    await noor('jobs', 'create', '--name', 'feed', ...made);
    const twice = await mei('jobs', 'get', 'feed');
    expect(twice).toMatchObject({ status: 4, stderr: expect.stringContaining('2 jobs are called') as string });
  },
);
