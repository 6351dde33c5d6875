import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jtp, type Ended } from '../setup/jtp.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { writePlugins, type TestPlugins } from '../setup/plugins.ts';

let plugins: TestPlugins;
let weighed: string;
let portal: PortalProcess;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  plugins = writePlugins();
  weighed = join(plugins.folder, 'weighed');
  const setting = { JOB_PORTAL_PLUGINS: plugins.setting };
  portal = await startPortal({ administrator: true, env: setting });
  env = { JOB_PORTAL_DATA_DIR: portal.dataDir, ...setting };
});
afterAll(async () => {
  await portal?.stop();
  plugins?.remove();
});

const call = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  jtp(['--json', ...args], { cwd: plugins.folder, env: { ...env, ...more } });

/** The document that a command answered with. */
async function answer(args: readonly string[], status = 0): Promise<Record<string, unknown>> {
  const ended = await call(args);
  expect([ended.stderr, ended.status]).toEqual([expect.any(String), status]);
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

test('plugins from outside are listed with their schema, and one that is wrong with what is wrong (R-214)', async () => {
  const { items } = (await answer(['plugins', 'ls'])) as { items: { id: string; schema: object; problem: string }[] };
  expect(items.map(({ id, problem }) => [id, problem])).toEqual([
    ['folder-budget', null],
    ['csv-totals', null],
    ['chatty', null],
    ['', expect.stringContaining('id: is that of a type that comes with the product; schema: must be')],
  ]);
  expect(items[0]).toMatchObject({ frequency_text: 'Daily at 06:00', schema: { required: ['folders'] } });
  expect(portal.said()).toContain('plugin left out');
  const checked = await call(['plugins', 'check', './broken', './plugin-python']);
  expect(checked.status).toBe(1);
  expect(checked.stdout).toContain('schema: must be');
});

test('a job of a TypeScript plugin is made at the command line, with what its type usually has, and runs', async () => {
  const made = await answer([
    'jobs',
    'create',
    '--name',
    'weigh',
    '--type',
    'folder-budget',
    '--set',
    `folders=${weighed}`,
    '--set',
    'limit_mb=5',
  ]);
  expect(made).toMatchObject({
    type: 'folder-budget',
    config: { folders: [weighed], limit_mb: 5, ignore: ['node_modules'], when_over: 'fail' },
    schedules: [{ kind: 'daily', times: ['06:00'] }],
    timeout_seconds: 600,
  });
  const run = await answer(['run', 'weigh', '--wait']);
  expect(run).toMatchObject({ state: 'succeeded', result: { over: false, files: 1 }, failure: null });
  const log = await jtp(['logs', 'weigh'], { cwd: plugins.folder, env });
  expect(log.stdout).toContain(`${weighed}: 0.0 MB in 1 files`);

  await answer([
    'jobs',
    'create',
    '--name',
    'tight',
    '--type',
    'folder-budget',
    '--set',
    `{"folders":["${weighed}"],"limit_mb":0}`,
  ]);
  expect(await answer(['run', 'tight', '--wait'], 1)).toMatchObject({
    state: 'failed',
    failure: { category: 'script_error', message: '0.0 MB are more than the budget of 0 MB.' },
  });
});

test('a job of a Python plugin runs as a process of its own, and its answer is the result', async () => {
  const made = await answer([
    'jobs',
    'create',
    '--name',
    'totals',
    '--type',
    'csv-totals',
    '--schedule',
    'every day at 5:00',
    '--set',
    `file=${join(plugins.folder, 'sales.csv')}`,
    '--set',
    'column=amount',
    '--set',
    'by=region',
    '--set',
    'rename.north=N',
    '--set',
    'checks.least_rows=3',
  ]);
  expect(made).toMatchObject({
    config: { rename: { north: 'N' }, checks: { least_rows: 3, strict: true }, delimiter: ',' },
    retry: { max_attempts: 2, delay_seconds: 60, strategy: 'fixed' },
    schedules: [{ kind: 'daily', times: ['05:00'] }],
  });
  expect(await answer(['run', 'totals', '--wait'])).toMatchObject({
    state: 'succeeded',
    result: { rows: 3, totals: { N: 7, south: 3 } },
    progress: { message: '3 rows, 2 groups' },
  });
});

test('a plugin that breaks its protocol gives a clear failure', async () => {
  await answer(['jobs', 'create', '--name', 'talks', '--type', 'chatty']);
  expect(await answer(['run', 'talks', '--wait'], 1)).toMatchObject({
    state: 'failed',
    failure: {
      category: 'script_error',
      message:
        'The plugin broke its protocol. Line 2 is not JSON: Working on it. Expected an object such as {"kind":"log","message":"…"}.',
    },
  });
});

test('a configuration that does not fit is refused with the path of each fault', async () => {
  const wrong = await call([
    'jobs',
    'create',
    '--name',
    'wrong',
    '--type',
    'csv-totals',
    '--set',
    '{"column":1,"checks":{"least_rows":-1},"colour":"red"}',
  ]);
  expect(wrong.status).toBe(2);
  const told = JSON.stringify(JSON.parse(wrong.stderr));
  for (const path of ['config.file', 'config.column', 'config.checks.least_rows', 'config.colour'])
    expect(told).toContain(path);
});

test('a job whose plugin is gone is shown, says why it does not run, and nothing crashes', async () => {
  const gone = { JOB_PORTAL_PLUGINS: '' };
  const set = `{"file":"${join(plugins.folder, 'sales.csv')}","column":"amount"}`;
  await answer(['jobs', 'create', '--name', 'left', '--type', 'csv-totals', '--set', set]);
  expect((await call(['jobs', 'get', 'left'], gone)).status).toBe(0);
  const refused = await call(['run', 'left'], gone);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain("'csv-totals' is not known");
  expect((await call(['jobs', 'pause', 'left'], gone)).status).toBe(0);
  writeFileSync(join(plugins.folder, 'change.json'), '{"name":"left","description":"x"}');
  const edited = await call(['jobs', 'edit', 'left', '-f', 'change.json'], gone);
  expect([edited.status, edited.stderr]).toEqual([2, expect.stringContaining('type_unknown')]);
});
