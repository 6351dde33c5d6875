import { existsSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { createClient, fetchTransport, type Client } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';

let portal: PortalProcess;
let client: Client;
let scripts: string;
let witness: string;
beforeAll(async () => {
  portal = await startPortal({ administrator: true });
  const stranger = createClient(fetchTransport({ base: portal.base }));
  const { access_token } = await stranger.login({ body: administrator });
  client = createClient(fetchTransport({ base: portal.base, headers: { authorization: `Bearer ${access_token}` } }));
  scripts = join(portal.dataDir, 'scripts');
  witness = join(portal.dataDir, 'witness');
  writeFileSync(join(portal.dataDir, 'outside.sh'), `echo outside >> ${witness}\n`);
});
afterAll(() => portal?.stop());

/** What somebody does to the file between saving and running, each in a folder of its own. */
const swaps: Readonly<
  Record<string, { readonly swap: (folder: string, outside: string) => void; readonly says: string }>
> = {
  'a link outward': {
    swap(folder, outside) {
      rmSync(join(folder, 'job.sh'));
      symlinkSync(outside, join(folder, 'job.sh'));
    },
    says: 'links are not followed',
  },
  'a second name of a file outside': {
    swap(folder, outside) {
      rmSync(join(folder, 'job.sh'));
      linkSync(outside, join(folder, 'job.sh'));
    },
    says: 'hard link',
  },
  'a folder that is a link outward': {
    swap(folder, outside) {
      renameSync(folder, `${outside}.away`);
      symlinkSync(`${outside}.away`, folder);
    },
    says: 'links are not followed',
  },
  'nothing at all': { swap: (folder) => rmSync(join(folder, 'job.sh')), says: 'There is no script' },
};

test.each(Object.keys(swaps))(
  'a script that became %s after saving is refused at running, and nothing is executed',
  { timeout: 60_000 },
  async (name) => {
    const { swap, says } = swaps[name] ?? { swap: () => undefined, says: 'a case' };
    const place = name.replaceAll(' ', '-');
    mkdirSync(join(scripts, place));
    writeFileSync(join(scripts, place, 'job.sh'), `echo inside >> ${witness}\n`);
    const job = await client.createJob({ body: { name, type: 'script', config: { script: `${place}/job.sh` } } });
    swap(join(scripts, place), join(portal.dataDir, 'outside.sh'));
    const { run_id } = await client.runJob({ params: { id: job.id }, body: {} });
    let run = await client.getRun({ params: { id: run_id } });
    for (let tries = 0; tries < 500 && ['queued', 'starting', 'running'].includes(run.state); tries += 1) {
      await rest(50);
      run = await client.getRun({ params: { id: run_id } });
    }
    expect([run.state, run.attempts.map((attempt) => attempt.outcome)]).toEqual(['failed', ['not_started']]);
    expect(run.failure?.message).toContain(says);
    expect(existsSync(witness)).toBe(false);
  },
);
