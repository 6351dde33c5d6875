/** Jobs that plugins ask for, kept in step with what they list and out of the way of people. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { defineJobType } from '../job-types/job-type.ts';
import { loadPlugins } from '../job-types/load-plugins.ts';
import type { WantedJob } from '../job-types/provision.ts';
import { jobTypesOf } from '../job-types/registry.ts';
import { createOperations, type Operations } from './operations.ts';
import { mei, refusal, testInstallation, type TestInstallation } from './test-installation.ts';

const daily = (time: string) => ({ kind: 'daily', times: [time] });
const feed = (subject: string, more: Partial<WantedJob> = {}): WantedJob => ({
  subject,
  name: `Feed ${subject}`,
  config: { url: `https://${subject}.example/` },
  ...more,
});

describe.each(['SQLite', 'PostgreSQL'] as const)('jobs that plugins ask for on %s', (database) => {
  let home: TestInstallation;
  let operations: Operations;
  let type = 'feed';
  let wish: () => unknown = () => [];
  let made = 0;

  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  /** A type of its own for each test: what other tests asked for is not in its way. */
  function begin(): void {
    made += 1;
    type = `feed-${made}`;
    const jobTypes = jobTypesOf([
      defineJobType({
        id: type,
        label: 'Feed',
        description: 'Reads a feed.',
        schema: { type: 'object', properties: { url: { type: 'string', format: 'uri' } }, required: ['url'] },
        defaults: { schedule: daily('06:00') },
        provision: () => wish() as WantedJob[],
        execute: () => null,
      }),
    ]);
    operations = createOperations({ ...home.context, jobTypes });
  }
  const name = (subject: string): string => `Feed ${subject} ${made}`;
  const named = (subject: string, more: Partial<WantedJob> = {}): WantedJob =>
    feed(subject, { name: name(subject), ...more });
  async function ask(): Promise<Readonly<Record<string, string>>> {
    const [outcome] = await operations.provisioning.provision([type]);
    expect(outcome?.problem).toBeNull();
    return Object.fromEntries((outcome?.jobs ?? []).map(({ subject, became }) => [subject, became]));
  }
  const jobNamed = async (text: string) => {
    const found = await home.store.jobs.byName(text, null);
    if (found === null) throw new Error(`no job ${text}`);
    return operations.jobs.get(found.id);
  };

  test('makes, changes and removes them, and asked twice does nothing the second time (R-214)', async () => {
    begin();
    wish = () => [named('a'), named('b', { schedules: [daily('09:00')], tags: ['x'] })];
    expect(await ask()).toEqual({ a: 'created', b: 'created' });
    const [a, b] = [await jobNamed(name('a')), await jobNamed(name('b'))];
    expect(a.schedules[0]?.spec).toMatchObject({ kind: 'daily', times: ['06:00'], timezone: 'UTC' });
    expect(b.job.definition).toMatchObject({ tags: ['x'], provisioned: { subject: 'b', detached: false } });
    expect(await ask()).toEqual({ a: 'unchanged', b: 'unchanged' });
    expect((await jobNamed(name('a'))).job.version).toBe(1);

    wish = () => [named('b', { schedules: [daily('10:00')] })];
    expect(await ask()).toEqual({ b: 'changed', a: 'removed' });
    const changed = await jobNamed(name('b'));
    expect(changed.job).toMatchObject({ id: b.job.id, version: 2, definition: { tags: [] } });
    expect(changed.schedules[0]?.spec).toMatchObject({ times: ['10:00'] });
    expect((await operations.jobs.versions(b.job.id, { limit: 1 })).items[0]?.author).toBe(`plugin ${type}`);
    expect((await refusal(operations.jobs.get(a.job.id))).code).toBe('not_found');

    // Wanted again, it is the same job with its history.
    wish = () => [named('a'), named('b', { schedules: [daily('10:00')] })];
    expect(await ask()).toEqual({ a: 'created', b: 'unchanged' });
    expect((await jobNamed(name('a'))).job).toMatchObject({ id: a.job.id, active: true });
  });

  test('leaves alone what a person made, changed, deleted, restored or took over', async () => {
    begin();
    const own = await operations.jobs.create({ name: name('own'), type, config: { url: 'https://own.example/' } }, mei);
    wish = () => ['changed', 'deleted', 'taken', 'paused', 'restored'].map((subject) => named(subject));
    await ask();
    const idOf = async (subject: string) => (await jobNamed(name(subject))).job.id;
    const [taken, paused] = [await idOf('taken'), await idOf('paused')];
    await operations.jobs.change(await idOf('changed'), { description: 'Mine now' }, mei, null);
    await operations.jobs.remove(await idOf('deleted'), mei);
    expect((await operations.provisioning.detach(taken, mei)).job.definition.provisioned?.detached).toBe(true);
    expect((await refusal(operations.provisioning.detach(taken, mei))).code).toBe('conflict');
    expect((await refusal(operations.provisioning.detach(own.job.id, mei))).code).toBe('conflict');
    await operations.jobs.pause(paused, mei, { reason: null, until: null });
    const restored = await idOf('restored');

    wish = () => ['changed', 'deleted', 'taken', 'paused'].map((subject) => named(subject, { tags: ['new'] }));
    expect(await ask()).toEqual({
      changed: 'left',
      deleted: 'left',
      taken: 'left',
      paused: 'changed',
      restored: 'removed',
    });
    await operations.jobs.restore(restored, mei);
    const kept = await jobNamed(name('changed'));
    expect(kept.job.definition).toMatchObject({ description: 'Mine now', tags: [] });
    expect((await operations.jobs.get(paused)).job).toMatchObject({ active: false, definition: { tags: ['new'] } });

    wish = () => [];
    expect(await ask()).toEqual({ paused: 'removed' });
    for (const subject of ['changed', 'taken', 'restored', 'own'])
      expect((await jobNamed(name(subject))).job.deletedAt).toBeNull();
  });

  test('one that cannot be stops no other, and says why', async () => {
    begin();
    const own = await operations.jobs.create(
      { name: name('rival'), type, config: { url: 'https://own.example/' } },
      mei,
    );
    wish = () => [named('bad', { config: { url: 'nowhere' } }), named('rival'), named('good')];
    const [outcome] = await operations.provisioning.provision(null);
    expect(outcome?.jobs).toMatchObject([
      { became: 'refused', message: expect.stringContaining('config.url') as string },
      { became: 'refused', message: expect.stringContaining('already a job named') as string },
      { became: 'created', message: null },
    ]);
    expect((await operations.jobs.get(own.job.id)).job.version).toBe(1);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('The provider is away.')), 'The provider is away.'],
    ['lists what is no list', () => ({}), 'must be a list of jobs'],
    ['names a subject twice', () => [feed('a'), feed('a')], '1.subject: stands twice'],
    ['says what nobody understands', () => [{ ...feed('a'), cron: '* * * * *' }], '0.cron: is not understood'],
  ])('a plugin that %s changes nothing', async (_, list, sentence) => {
    begin();
    wish = () => [named('kept')];
    await ask();
    wish = list;
    const [outcome] = await operations.provisioning.provision(null);
    expect(outcome?.problem).toContain(sentence);
    expect((await jobNamed(name('kept'))).job.deletedAt).toBeNull();
  });

  test('a plugin that does not answer is waited for a minute, and told to stop', async () => {
    begin();
    wish = () => new Promise(() => undefined);
    const asked = operations.provisioning.provision([type]);
    home.clock.advance(60_000);
    expect((await asked)[0]?.problem).toContain('more than 60 s');
  });

  test('two processes that ask at once make each job once', async () => {
    begin();
    wish = () => [named('a'), named('b')];
    await Promise.all([operations.provisioning.provision([type]), operations.provisioning.provision([type])]);
    const { items } = await operations.jobs.list({ type }, 'name', false, { limit: 10 });
    expect(items.map(({ job }) => job.definition.name)).toEqual([name('a'), name('b')]);
  });

  test('a program lists its jobs in lines of JSON, and what it does not say is told', async () => {
    const folder = join(home.dataDir, 'plugin');
    mkdirSync(folder, { recursive: true });
    const manifest = {
      protocol: 1,
      id: 'lister',
      label: 'Lister',
      description: 'Lists its own jobs.',
      command: ['node', 'plugin.mjs'],
      schema: { type: 'object', properties: {} },
      provision: true,
    };
    writeFileSync(join(folder, 'plugin.json'), JSON.stringify(manifest));
    const program = (answer: string): void => writeFileSync(join(folder, 'plugin.mjs'), answer);
    const jobTypes = await loadPlugins({ sources: [folder], cwd: folder, nodePath: process.execPath, path: '' });
    const { provisioning } = createOperations({ ...home.context, jobTypes });
    const say = `const say = (line) => console.log(JSON.stringify(line)); say({ kind: 'hello', protocol: 1 });`;
    program(`import { readFileSync } from 'node:fs'; ${say}
const { kind, owner_id: owner } = JSON.parse(readFileSync(0, 'utf8').trim().split('\\n')[1]);
say({ kind: 'result', result: { jobs: [{ subject: 's', name: kind + ' for ' + owner, config: {} }] } });`);
    expect(await provisioning.provision(['lister'])).toMatchObject([
      { problem: null, jobs: [{ subject: 's', name: 'provision for null', became: 'created' }] },
    ]);
    program(`console.error('no such account'); process.exit(3);`);
    expect((await provisioning.provision(['lister']))[0]?.problem).toContain('with exit 3: no such account');
    program(`${say} say({ kind: 'result', result: 5 });`);
    expect((await provisioning.provision(['lister']))[0]?.problem).toContain('has no jobs');
    program(`${say} say({ kind: 'fail', message: 'Not now.' });`);
    expect((await provisioning.provision(['lister']))[0]?.problem).toBe('Not now.');
  });
});

test('a type that asks for nothing is not asked', async () => {
  const home = await testInstallation('SQLite', '');
  try {
    expect(await home.operations.provisioning.provision(null)).toEqual([]);
    expect((await refusal(home.operations.provisioning.provision(['http']))).code).toBe('conflict');
    expect((await refusal(home.operations.provisioning.provision(['nothing']))).code).toBe('type_unknown');
  } finally {
    await home.close();
  }
});
