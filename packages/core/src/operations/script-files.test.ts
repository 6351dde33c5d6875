import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { defaultScriptRules } from '../handlers/script-file.ts';
import { ScriptLook } from '../handlers/script-look.ts';
import type { Person } from '../model/person.ts';
import { person, worker } from '../testing/factories.ts';
import type { Actor } from './context.ts';
import { createOperations, type Operations } from './operations.ts';
import { refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe.each(['SQLite', 'PostgreSQL'] as const)('files of the scripts folder on %s', (database) => {
  let home: TestInstallation;
  let operations: Operations;
  let tom: Person;
  let ann: Person;
  const editing = { host: 'here', isShared: false };
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    operations = createOperations({ ...home.context, scriptEditing: editing });
    tom = person({ name: 'Tom', role: 'editor', approver: true });
    ann = person({ name: 'Ann', role: 'editor', approver: true });
    for (const one of [tom, ann]) await home.store.people.insert(one);
  });
  afterAll(() => home.close());

  const as = ({ id, name }: Person): Actor => ({ personId: id, name, via: 'page' });
  let made = 0;
  const fresh = (folder = ''): string => `${folder}made-${(made += 1)}.sh`;
  const fileOf = (path: string): string => join(home.scriptsDir, path);
  const textIn = (path: string): string => readFileSync(fileOf(path), 'utf8');
  const create = (path: string, text: string, who = tom) =>
    operations.scriptFiles.create({ path, content: Buffer.from(text) }, as(who));
  const write = (path: string, before: string, text: string, who = tom) =>
    operations.scriptFiles.write({ path, hash: sha256(before), content: Buffer.from(text) }, as(who));
  const remove = (path: string, text: string, force = false, who = tom) =>
    operations.scriptFiles.remove({ path, hash: sha256(text) }, { force }, as(who));
  const read = (path: string, who = tom) => operations.scriptFiles.read(path, as(who));
  const lastAudit = async (limit: number) =>
    (await home.store.audit.list({ subjectKind: 'script' }, { limit })).items.map(({ action }) => action);

  test('a file is made, changed and deleted, each kept in the audit by its hash and as a version', async () => {
    const path = fresh('new/deep/');
    await create(path, '#!/bin/sh\necho one\n');
    expect(lstatSync(fileOf(path)).mode & 0o111).not.toBe(0);
    await write(path, '#!/bin/sh\necho one\n', 'echo two\n', ann);
    expect(textIn(path)).toBe('echo two\n');
    expect(lstatSync(fileOf(path)).mode & 0o111).not.toBe(0);
    expect(await read(path)).toMatchObject({
      text: 'echo two\n',
      refusal: null,
      versions: [
        { number: 2, writtenBy: ['Ann'] },
        { number: 1, writtenBy: ['Tom'] },
      ],
    });
    expect((await operations.scriptFiles.version(path, 1, as(tom))).content.toString()).toBe('#!/bin/sh\necho one\n');
    await remove(path, 'echo two\n');
    expect(await refusal(read(path))).toMatchObject({ code: 'script_missing' });
    expect(await lastAudit(3)).toEqual(['script.deleted', 'script.changed', 'script.created']);
    const { items } = await home.store.audit.list({ subjectKind: 'script' }, { limit: 3 });
    expect(JSON.stringify(items)).toContain(sha256('echo two\n'));
    expect(JSON.stringify(items)).not.toContain('echo');
    expect(readdirSync(join(home.scriptsDir, 'new', 'deep'))).toEqual([]);
    await create(path, 'echo again\n');
    expect(await refusal(create(path, 'echo other\n'))).toMatchObject({ code: 'name_taken', kind: 'conflict' });
  });

  test('who looked at something else is told what differs, and nothing is written', async () => {
    const path = fresh();
    await create(path, 'a\nb\n');
    const late = await refusal(write(path, 'older\n', 'a\nc\n'));
    expect(late).toMatchObject({ code: 'edit_conflict', kind: 'edit_conflict', details: { sha256: sha256('a\nb\n') } });
    expect(late.details['lines']).toMatchObject([{ kind: 'same' }, { kind: 'removed' }, { kind: 'added', text: 'c' }]);
    expect(await refusal(remove(path, 'older\n'))).toMatchObject({ code: 'edit_conflict' });
    expect(textIn(path)).toBe('a\nb\n');
    const both = await Promise.allSettled([write(path, 'a\nb\n', 'tom\n'), write(path, 'a\nb\n', 'ann\n', ann)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await write(path, textIn(path), textIn(path));
  });

  test('what was there before a first change is kept, and can be put back', async () => {
    const path = fresh();
    writeFileSync(fileOf(path), 'by hand\n');
    await write(path, 'by hand\n', 'by portal\n');
    const { versions } = await read(path);
    expect(versions.map(({ number, writtenBy }) => [number, writtenBy])).toEqual([
      [2, ['Tom']],
      [1, []],
    ]);
    const { content } = await operations.scriptFiles.version(path, 1, as(tom));
    await write(path, 'by portal\n', content.toString());
    expect(textIn(path)).toBe('by hand\n');
  });

  test('nothing is written outside the folder, or what could not run there (SEC-D1)', async () => {
    const outside = ['../x.sh', '/etc/x.sh', 'a/../../x.sh', '..%2fx.sh', '..\\x.sh', 'a//x.sh', './x.sh'];
    for (const path of outside)
      expect(await refusal(create(path, 'x'))).toMatchObject({
        code: 'script_outside_folder',
        details: { fields: [{ path: 'path' }] },
      });
    const never = ['x.exe', 'x', 'x.sh ', 'x.sh.', 'a\u0000.sh', '.hidden.sh', '.git/x.sh', `${'x'.repeat(5000)}.sh`];
    for (const path of never) expect(await refusal(create(path, 'x'))).toMatchObject({ code: 'script_refused' });
    const large = 'x'.repeat(defaultScriptRules.maxBytes + 1);
    expect(await refusal(create(fresh(), large))).toMatchObject({ code: 'script_refused' });
  });

  test('no link is followed, and what anybody may write is not taken for ours (SEC-D2)', async () => {
    const outside = join(home.dataDir, `outside-${database}`);
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'kept.sh'), 'kept\n');
    symlinkSync(outside, fileOf('link'));
    symlinkSync(join(outside, 'kept.sh'), fileOf('link.sh'));
    linkSync(join(outside, 'kept.sh'), fileOf('hard.sh'));
    mkdirSync(fileOf('open'));
    chmodSync(fileOf('open'), 0o777);
    mkdirSync(fileOf('folder.sh'));
    expect(await refusal(create('link/x.sh', 'x'))).toMatchObject({ code: 'script_outside_folder' });
    expect(await refusal(write('link.sh', 'kept\n', 'x'))).toMatchObject({ code: 'script_outside_folder' });
    for (const path of ['hard.sh', 'open/x.sh', 'folder.sh'])
      expect(await refusal(create(path, 'x'))).toMatchObject({ code: 'script_refused' });
    expect(await refusal(create('hello.sh/x.sh', 'x'))).toMatchObject({ code: 'script_refused' });
    expect(readdirSync(outside)).toEqual(['kept.sh']);
    expect(readFileSync(join(outside, 'kept.sh'), 'utf8')).toBe('kept\n');
  });

  test('a script that jobs have executed says so before it goes, and is changed by whoever may edit them all', async () => {
    const path = fresh();
    await create(path, 'one\n');
    const { job } = await operations.jobs.create(script({ name: `uses ${path}`, config: { script: path } }), as(tom));
    expect(await refusal(remove(path, 'one\n'))).toMatchObject({
      code: 'script_in_use',
      kind: 'conflict',
      details: { jobs: [`uses ${path}`] },
    });
    expect(await read(path, ann)).toMatchObject({ refusal: expect.stringContaining('may not edit') });
    for (const work of [() => write(path, 'one\n', 'two\n', ann), () => remove(path, 'one\n', true, ann)])
      expect(await refusal(work())).toMatchObject({ code: 'forbidden' });
    expect(await refusal(operations.scriptFiles.version(path, 1, as(ann)))).toMatchObject({ code: 'forbidden' });
    const shares = [{ with: 'everyone', level: 'edit' }] as const;
    await operations.sharing.share(job.id, { shares }, as(tom));
    await write(path, 'one\n', 'two\n', ann);
    await remove(path, 'two\n', true);
  });

  test('whoever writes a content is its author, another person approves it, and it waits till then (SEC-B6)', async () => {
    const look = new ScriptLook(home.scriptsDir, defaultScriptRules);
    const strict = createOperations({ ...home.context, scriptEditing: editing, look });
    const path = fresh();
    await create(path, 'one\n');
    const { job } = await strict.jobs.create(script({ config: { script: path } }), as(ann));
    const { id } = (await home.store.scripts.byPath(path)) ?? { id: 0 };
    const review = (who: Person) => strict.scripts.review(id, as(who));
    const decide = (text: string, who: Person) =>
      strict.scripts.decide(id, { decision: 'approved', hash: sha256(text), note: null }, as(who));
    expect(await refusal(decide('one\n', tom))).toMatchObject({ code: 'forbidden' });
    expect(await review(tom)).toMatchObject({ authors: [{ name: 'Tom' }], isWritten: true, standing: 'new' });
    await decide('one\n', ann);
    await strict.runs.cancel(await strict.runs.start(job.id, {}, as(ann)), as(ann));
    await write(path, 'one\n', 'two\n', ann);
    expect(await refusal(strict.runs.start(job.id, {}, as(ann)))).toMatchObject({ code: 'not_approved' });
    expect(await refusal(decide('two\n', ann))).toMatchObject({ code: 'forbidden' });
    expect((await review(ann)).refusal?.text).toContain('You wrote what it holds');
    await decide('two\n', tom);
    expect((await review(tom)).standing).toBe('approved');
  });

  test('only so many contents are kept that nobody decided about', async () => {
    const path = fresh();
    await create(path, '0\n');
    const { id } = (await home.store.scripts.byPath(path)) ?? { id: 0 };
    for (let nth = 1; nth < 4; nth += 1) await write(path, `${nth - 1}\n`, `${nth}\n`);
    await home.store.transaction((tables) => tables.scripts.forget(id, 2));
    expect((await home.store.scripts.versions(id)).map(({ number }) => number)).toEqual([4, 3]);
  });

  test('nothing is changed unless configuration allows it, or while workers elsewhere have folders of their own', async () => {
    const path = 'hello.sh';
    const off = createOperations(home.context).scriptFiles;
    const file = { path, hash: sha256('echo hello\n'), content: Buffer.from('x') };
    const acts = (on: Operations['scriptFiles']) => [
      () => on.create({ path: fresh(), content: Buffer.from('x') }, as(tom)),
      () => on.write(file, as(tom)),
      () => on.remove(file, { force: true }, as(tom)),
    ];
    for (const act of acts(off))
      expect(await refusal(act())).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('scripts.allow_editing'),
      });
    const far = worker({ name: 'far', host: 'there' });
    await home.store.workers.register(far);
    for (const act of acts(operations.scriptFiles))
      expect(await refusal(act())).toMatchObject({ code: 'conflict', message: expect.stringContaining('there') });
    const shared = createOperations({ ...home.context, scriptEditing: { host: 'here', isShared: true } });
    expect(await shared.scriptFiles.editing()).toMatchObject({ isAllowed: true });
    await home.store.workers.end({ workerId: far.id, incarnation: far.incarnation });
    expect(textIn(path)).toBe('echo hello\n');
  });
});
