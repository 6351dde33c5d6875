import { chmodSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { spoilPages } from '../../packages/core/src/store/sqlite/test-spoil.ts';
import { freshDir } from '../setup/databases.ts';
import { jtp } from '../setup/jtp.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  readonly fix: string | null;
}

/** What `jtp doctor --json` finds wrong, and its status. */
async function doctor(
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ status: number | null; poor: readonly Finding[] }> {
  const place = { cwd, env: { JOB_PORTAL_PORT: '0', JOB_PORTAL_BALLAST_MB: '0', ...env } };
  const { status, stdout } = await jtp(['doctor', '--json'], place);
  const { items } = JSON.parse(stdout) as { items: readonly Finding[] };
  expect(items.every(({ ok, fix }) => ok === (fix === null))).toBe(true);
  return { status, poor: items.filter(({ ok }) => !ok) };
}

describe('the doctor, before anything runs', () => {
  let folder: ReturnType<typeof freshDir>;
  let database: string;
  beforeEach(async () => {
    folder = freshDir('jtp-doctor');
    database = `${folder.path}/jtp-data/portal.db`;
    expect((await jtp(['migrate', 'up'], { cwd: folder.path })).status).toBe(0);
  });
  afterEach(() => folder.remove());

  test('finds a wrong setting, and names it (R-343)', async () => {
    const { status, poor } = await doctor(folder.path, { JOB_PORTAL_PORT: 'ninety' });
    expect(status).toBe(1);
    expect(poor).toMatchObject([{ check: 'settings', found: expect.stringContaining('server.port') }]);
  });

  test('finds that nobody plans and nobody carries out (R-343)', async () => {
    const { status, poor } = await doctor(folder.path);
    expect(status).toBe(1);
    expect(poor.map(({ check }) => check)).toEqual(['schedulers', 'workers']);
  });

  test('finds a port that another program has (R-343)', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { poor } = await doctor(folder.path, { JOB_PORTAL_PORT: String(port) });
    expect(poor).toContainEqual(expect.objectContaining({ check: 'port', fix: expect.stringContaining('--port') }));
    server.close();
  });

  test('finds a data folder that others may read (R-343)', async () => {
    chmodSync(`${folder.path}/jtp-data`, 0o755);
    const { poor } = await doctor(folder.path);
    expect(poor).toContainEqual(
      expect.objectContaining({ check: 'data folder', fix: expect.stringContaining('chmod 700') }),
    );
    chmodSync(`${folder.path}/jtp-data`, 0o700);
  });

  test('finds a schema of a newer program (R-343)', async () => {
    const opened = new DatabaseSync(database);
    opened.exec(`INSERT INTO schema_migrations (number, name, applied_at) VALUES (999, 'later', 0)`);
    expect((await doctor(folder.path)).poor).toContainEqual(
      expect.objectContaining({ check: 'schema', fix: 'Start the newer program.' }),
    );
    opened.exec('DELETE FROM schema_migrations WHERE number = 999');
    opened.close();
  });

  test('finds a damaged page and names the restore command, and the portal refuses to start over a file that is gone (F20, F21)', async () => {
    spoilPages(database, 'events');
    const damaged = await doctor(folder.path);
    expect(damaged.status).toBe(1);
    expect(damaged.poor).toContainEqual(
      expect.objectContaining({ check: 'pages', fix: expect.stringContaining('restore FILE') }),
    );
    renameSync(database, `${database}.away`);
    const gone = await doctor(folder.path);
    expect(gone.poor).toContainEqual(
      expect.objectContaining({ check: 'database', fix: expect.stringContaining('restore FILE') }),
    );
    const started = await jtp(['start'], { cwd: folder.path, env: { JOB_PORTAL_PORT: '0' } });
    expect([started.status, started.stderr]).toEqual([6, expect.stringContaining('it is gone')]);
    rmSync(`${database}.away`);
  });
});

describe('the doctor of a running portal', () => {
  let portal: PortalProcess;
  beforeAll(async () => {
    portal = await startPortal({ administrator: true });
  });
  afterAll(() => portal?.stop());
  const place = () => ({
    cwd: portal.dataDir,
    env: {
      JOB_PORTAL_DATA_DIR: portal.dataDir,
      JOB_PORTAL_BALLAST_MB: '0',
      JOB_PORTAL_PORT: new URL(portal.base).port,
    },
  });

  test('finds nothing, and its port in the right hands (R-343)', async () => {
    const { status, stdout } = await jtp(['doctor', '--json'], place());
    const { items } = JSON.parse(stdout) as { items: readonly Finding[] };
    expect(items.filter(({ ok }) => !ok)).toEqual([]);
    expect(status).toBe(0);
    expect(items.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'node',
        'pages',
        'clocks',
        'leases and slots',
        'retention',
        'zone data',
        'versions',
        'port',
      ]),
    );
  });

  test.each(['portal', 'scheduler', 'worker', 'database', 'storage'])(
    'is asked for the %s alone by a service manager (R-173)',
    async (component) => {
      const { status, stdout } = await jtp(['health', '--component', component, '--json'], place());
      expect([status, stdout]).toEqual([0, expect.stringContaining('"healthy"')]);
    },
  );

  test('a component that is not there is status 1 (R-173)', async () => {
    const alone = freshDir('jtp-alone');
    await jtp(['migrate', 'up'], { cwd: alone.path });
    for (const component of ['portal', 'scheduler', 'worker']) {
      const { status } = await jtp(['health', '--component', component], {
        cwd: alone.path,
        env: { JOB_PORTAL_PORT: '1' },
      });
      expect([component, status]).toEqual([component, 1]);
    }
    alone.remove();
  });
});
