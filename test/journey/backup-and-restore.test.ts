import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';
import { createClient, fetchTransport, type Client } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDir } from '../setup/databases.ts';
import { jtp } from '../setup/jtp.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';

const folder = freshDir('jtp-restore');
const opened: PortalProcess[] = [];
beforeAll(() => mkdirSync(`${folder.path}/scripts`));
afterAll(async () => {
  for (const portal of opened) await portal.stop();
  folder.remove();
});

async function signedIn({ base }: PortalProcess): Promise<Client> {
  const { access_token: token } = await createClient(fetchTransport({ base })).login({ body: administrator });
  return createClient(fetchTransport({ base, headers: { authorization: `Bearer ${token}` } }));
}

async function until<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await ask();
    if (answer !== null) return answer;
    await rest(100);
  }
  throw new Error(`It took longer than 30 s: ${what}`);
}

const lows = {
  JOB_PORTAL_SCHEDULER_POLL_INTERVAL: '0.5',
  JOB_PORTAL_WORKER_POLL_INTERVAL: '0.5',
  JOB_PORTAL_RATE_PER_MINUTE: '0',
};

test('a backup under load, restored elsewhere, adds up and goes on (F60, R-282)', { timeout: 120_000 }, async () => {
  const portal = await startPortal({ administrator: true, env: lows });
  opened.push(portal);
  const client = await signedIn(portal);
  writeFileSync(`${portal.dataDir}/scripts/tick.sh`, 'echo tick\n');
  writeFileSync(`${portal.dataDir}/scripts/hold.sh`, 'sleep 60\n');
  const every = { kind: 'interval' as const, every: 1, unit: 'seconds' as const, timezone: 'UTC' };
  const jobs = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) =>
      client.createJob({ body: { name, type: 'script', config: { script: 'tick.sh' }, schedules: [every] } }),
    ),
  );
  const held = await client.createJob({ body: { name: 'held', type: 'script', config: { script: 'hold.sh' } } });
  const { run_id: holding } = await client.runJob({ params: { id: held.id }, body: {} });
  const finished = async (asked: Client): Promise<number> => (await asked.overview({})).counts.succeeded;
  await until('runs have ended', async () => ((await finished(client)) > 8 ? true : null));
  await until('the long one lives', async () =>
    (await client.getRun({ params: { id: holding } })).state === 'running' ? true : null,
  );

  const file = `${folder.path}/backup.tar`;
  const place = { cwd: folder.path, env: { JOB_PORTAL_DATA_DIR: portal.dataDir } };
  const [copied, looked] = [
    await jtp(['backup', file, '--json'], place),
    await jtp(['--data-dir', `${folder.path}/other`, 'restore', file, '--dry-run'], { cwd: folder.path }),
  ];
  expect([copied.status, copied.stderr]).toEqual([0, '']);
  expect(looked.stderr).toContain('The backup is whole');
  expect(existsSync(`${folder.path}/other`)).toBe(false);
  const refused = await jtp(['restore', file], place);
  expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining('never writes over an installation')]);

  // The one that was copied goes on meanwhile. What it runs for this very run ends: both are on one host, and a run that is
  // settled leaves no process.
  const restored = await startPortal({
    administrator: true,
    env: lows,
    prepare: async (dataDir) => {
      const ended = await jtp(['restore', file], { cwd: folder.path, env: { JOB_PORTAL_DATA_DIR: dataDir } });
      expect([ended.status, ended.stderr]).toEqual([0, expect.stringContaining('Restored 5 jobs')]);
    },
  });
  opened.push(restored);
  const other = await signedIn(restored);
  const lost = await until('the run of then is settled', async () => {
    const run = await other.getRun({ params: { id: holding } });
    return run.ended_at === null ? null : run;
  });
  expect(lost.state).toBe('lost');
  const before = await finished(other);
  await until('jobs go on', async () => ((await finished(other)) > before + 8 ? true : null));
  for (const { id } of jobs) {
    const { items } = await other.jobOccurrences({ params: { id }, query: { limit: 500 } });
    const known = items.flatMap((item) => (item.due_at === undefined ? [] : [Date.parse(item.due_at)]));
    const gaps = items.reduce((sum, { count = 0 }) => sum + count, 0);
    // One a second, from the first to the last: each stands in the ledger once, or is counted by a gap.
    expect(new Set(known).size).toBe(known.length);
    expect(known.length + gaps).toBe((Math.max(...known) - Math.min(...known)) / 1000 + 1);
  }
  expect(await finished(client)).toBeGreaterThan(8);
});
