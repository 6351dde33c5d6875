import { appendFileSync, mkdirSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { defaultScriptRules } from '../handlers/script-file.ts';
import { ScriptLook } from '../handlers/script-look.ts';
import { seeScript } from '../flow/see-script.ts';
import type { Job } from '../model/job.ts';
import type { Person } from '../model/person.ts';
import { person } from '../testing/factories.ts';
import type { Actor } from './context.ts';
import { createOperations, type Operations } from './operations.ts';
import { refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

let made = 0;
const hourly = { kind: 'hourly', minute: 0, timezone: 'UTC' } as const;

describe.each(['SQLite', 'PostgreSQL'] as const)('approval of scripts on %s', (database) => {
  let home: TestInstallation;
  let operations: Operations;
  let look: ScriptLook;
  let tom: Person;
  let ann: Person;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    look = new ScriptLook(home.scriptsDir, defaultScriptRules);
    operations = createOperations({ ...home.context, look });
    tom = person({ name: 'Tom', role: 'editor', approver: true });
    ann = person({ name: 'Ann', role: 'viewer', approver: true });
    for (const one of [tom, ann]) await home.store.people.insert(one);
  });
  afterAll(() => home.close());

  const anybody: Actor = { personId: null, name: 'library', via: 'library' };
  const as = ({ id, name }: Person): Actor => ({ personId: id, name, via: 'page' });

  /** A job of Tom's with a script of its own, as the keeper has seen it. */
  async function given(text = 'echo one\n') {
    const path = `sub/script-${(made += 1)}.sh`;
    const file = join(home.scriptsDir, path);
    mkdirSync(join(home.scriptsDir, 'sub'), { recursive: true });
    writeFileSync(file, text);
    const { job } = await operations.jobs.create(
      script({ config: { script: path }, schedules: [{ spec: hourly }] }),
      as(tom),
    );
    await seeScript(home.store, look, path);
    const { id } = (await operations.scripts.list(anybody)).find((each) => each.file.path === path)?.file ?? { id: 0 };
    return { path, file, job, id };
  }

  /** Seen by a keeper just before. */
  async function review(id: number, who = ann) {
    await seeScript(home.store, look, (await home.store.scripts.get(id))?.path ?? '');
    return operations.scripts.review(id, as(who));
  }
  const hashOf = async (id: number): Promise<string> => (await review(id)).file.hash ?? '';
  async function decide(
    id: number,
    who: Person,
    more: { readonly decision?: 'approved' | 'changes_requested' | 'rejected'; readonly hash?: string } = {},
  ): Promise<void> {
    const { decision = 'approved', hash = await hashOf(id) } = more;
    await operations.scripts.decide(id, { decision, hash, note: decision === 'approved' ? null : 'no' }, as(who));
  }
  const start = (job: Job) => operations.runs.start(job.id, {}, as(tom));
  const refuses = async (job: Job): Promise<void> =>
    expect(await refusal(start(job))).toMatchObject({
      code: 'not_approved',
      kind: 'conflict',
      details: { reason: 'not_approved' },
    });
  async function runs(job: Job): Promise<void> {
    await operations.runs.cancel(await start(job), as(tom));
  }

  test('nothing runs before a second person has approved it, and one byte more stops it again (R-179)', async () => {
    const { job, file, id } = await given();
    await refuses(job);
    expect(await operations.why.job(job.id)).toMatchObject({ code: 'not_approved', action: { code: 'review' } });
    await decide(id, ann);
    await runs(job);
    expect((await operations.why.job(job.id)).code).toBe('will_run');
    appendFileSync(file, ' ');
    await refuses(job);
    const changed = await review(id);
    expect(changed).toMatchObject({ standing: 'changed', base: { number: 1, decidedBy: 'Ann' }, refusal: null });
    expect(changed.lines.map(({ kind }) => kind)).toEqual(['same', 'added']);
    await decide(id, ann);
    await runs(job);
    expect((await home.store.audit.head()).sequence).toBeGreaterThan(0);
  });

  test('a draft and a backfill are asked alike', async () => {
    const { path, job } = await given();
    const draft = operations.runs.tryDraft(script({ config: { script: path } }), {}, as(tom));
    expect(await refusal(draft)).toMatchObject({ code: 'not_approved' });
    const span = { from: home.clock.wall() - 60_000, to: home.clock.wall() };
    expect(await refusal(operations.runs.backfill(job.id, span, as(tom)))).toMatchObject({ code: 'not_approved' });
    const { items } = await home.store.events.list({ kinds: ['trigger.refused'], jobId: job.id }, { limit: 5 });
    expect(items[0]?.data).toMatchObject({ reason: 'not_approved', trigger: 'backfill' });
  });

  test('the scripts around a job need approval too', async () => {
    const { path, job, id } = await given();
    await decide(id, ann);
    const change = { hooks: { before: 'hello.sh', after: null } };
    await operations.jobs.change(job.id, change, as(tom), null);
    expect(await refusal(start(job))).toMatchObject({ code: 'not_approved' });
    await seeScript(home.store, look, 'hello.sh');
    const hook = (await operations.scripts.list(anybody)).find((each) => each.file.path === 'hello.sh')?.file.id ?? 0;
    await decide(hook, ann);
    await runs(job);
    expect((await operations.scripts.list(anybody)).map((each) => each.file.path)).toContain(path);
  });

  test('of the same size and time, with other line ends or a byte-order mark, it is another content (SEC-D4)', async () => {
    const { job, file, id } = await given('echo one\n');
    await decide(id, ann);
    const { atime, mtime } = statSync(file);
    for (const text of ['echo two\n', 'echo one\r\n', '\uFEFFecho one\n', 'echo one']) {
      writeFileSync(file, text);
      utimesSync(file, atime, mtime);
      await refuses(job);
    }
    writeFileSync(file, 'echo one\n');
    await runs(job);
  });

  test('an author, a key and whoever is no approver approve nothing (SEC-B6)', async () => {
    const { id } = await given();
    expect(await refusal(decide(id, tom))).toMatchObject({ code: 'forbidden' });
    expect(await review(id, tom)).toMatchObject({ refusal: { code: 'forbidden' }, authors: [{ name: 'Tom' }] });
    const lea = person({ name: 'Lea', role: 'editor' });
    await home.store.people.insert(lea);
    expect(await refusal(decide(id, lea))).toMatchObject({ code: 'forbidden' });
    const hash = await hashOf(id);
    const request = { decision: 'approved', hash, note: null } as const;
    const key: Actor = { personId: ann.id, name: 'deploy (key of Ann)', via: 'api', keyId: 7 };
    expect(await refusal(operations.scripts.decide(id, request, key))).toMatchObject({ code: 'forbidden' });
    const nobody: Actor = { personId: null, name: 'library', via: 'library' };
    expect(await refusal(operations.scripts.decide(id, request, nobody))).toMatchObject({ code: 'forbidden' });
    expect((await review(id)).version?.state).toBe('waiting');
  });

  test('whoever renames themselves stays the author, and who edits something else is none', async () => {
    const { id, job } = await given();
    await home.store.people.update({ ...tom, name: 'Thomas' });
    expect(await refusal(decide(id, { ...tom, name: 'Thomas' }))).toMatchObject({ code: 'forbidden' });
    await home.store.people.update(tom);
    await operations.jobs.change(job.id, { tags: ['x'] }, as(ann), null);
    expect((await review(id)).authors).toEqual([{ id: tom.id, name: 'Tom' }]);
    await decide(id, ann);
  });

  test('what was looked at is approved, not what lies there by now (SEC-B6)', async () => {
    const { id, job, file } = await given('echo three\n');
    const hash = await hashOf(id);
    writeFileSync(file, 'echo four\n');
    expect(await refusal(decide(id, ann, { hash }))).toMatchObject({ code: 'stale_hash', kind: 'conflict' });
    await refuses(job);
    writeFileSync(file, 'echo three\n');
    await decide(id, ann, { hash });
    await runs(job);
  });

  test('an approval can be withdrawn, with a reason, and all that was decided and said is kept', async () => {
    const { id, job, file } = await given('echo one\n');
    const hash = await hashOf(id);
    await operations.scripts.comment(id, { hash, line: 1, text: ' Why one? ' }, as(tom));
    expect(await refusal(operations.scripts.comment(id, { hash, line: 0, text: 'x' }, as(tom)))).toMatchObject({
      code: 'invalid',
    });
    await decide(id, ann);
    const noReason = operations.scripts.decide(id, { decision: 'rejected', hash, note: ' ' }, as(ann));
    expect(await refusal(noReason)).toMatchObject({ code: 'invalid' });
    await decide(id, ann, { decision: 'rejected' });
    await refuses(job);
    for (const text of ['echo two\n', 'echo three\n']) {
      writeFileSync(file, text);
      await review(id);
    }
    await decide(id, ann, { decision: 'changes_requested' });
    const { versions, notes, standing } = await review(id);
    expect(standing).toBe('changes_requested');
    // The one between, of which nobody said anything, has given way.
    expect(versions.map(({ number, state }) => `${number} ${state}`)).toEqual(['3 changes_requested', '1 rejected']);
    expect(notes.map(({ kind, line, text, personName }) => [kind, line, text, personName])).toEqual([
      ['comment', 1, 'Why one?', 'Tom'],
      ['approved', null, '', 'Ann'],
      ['rejected', null, 'no', 'Ann'],
      ['changes_requested', null, 'no', 'Ann'],
    ]);
    const { items } = await home.store.audit.list({ subjectKind: 'script' }, { limit: 4 });
    expect(items.map(({ action }) => action)).toEqual([
      'script.changes_requested',
      'script.rejected',
      'script.approved',
      'script.commented',
    ]);
  });

  test('a file that is gone or refused is missing, and one that no job names cannot be approved', async () => {
    const { id, job, file } = await given();
    const hash = await hashOf(id);
    unlinkSync(file);
    expect(await review(id)).toMatchObject({ standing: 'missing', version: null, text: null, lines: [] });
    writeFileSync(file, 'echo one\n');
    await operations.jobs.remove(job.id, as(tom));
    expect(await refusal(decide(id, ann, { hash }))).toMatchObject({ code: 'conflict' });
  });

  test('where no approval is required, nothing is asked and nothing decided', async () => {
    const { id, job } = await given();
    const plain = createOperations(home.context);
    await plain.runs.start(job.id, {}, as(tom));
    expect(plain.scripts.required).toBe(false);
    const request = { decision: 'approved', hash: await hashOf(id), note: null } as const;
    expect(await refusal(plain.scripts.decide(id, request, as(ann)))).toMatchObject({ code: 'conflict' });
  });

  describe('where two people have to approve', () => {
    let strict: Operations;
    let bob: Person;
    beforeAll(async () => {
      const two = new ScriptLook(home.scriptsDir, defaultScriptRules, 2);
      strict = createOperations({ ...home.context, look: two });
      bob = person({ name: 'Bob', role: 'admin' });
      await home.store.people.insert(bob);
    });

    const approveAs = async (id: number, who: Person): Promise<void> =>
      strict.scripts.decide(id, { decision: 'approved', hash: await hashOf(id), note: null }, as(who));
    const startIn = (job: Job) => strict.runs.start(job.id, {}, as(tom));
    const standing = async (id: number): Promise<string> => (await strict.scripts.review(id, as(bob))).standing;

    test('two people, each another one, approve the same bytes, and none of them is the author (SEC-B6)', async () => {
      const { id, job, file } = await given('echo first\n');
      expect(await refusal(approveAs(id, tom))).toMatchObject({ code: 'forbidden' });
      await approveAs(id, ann);
      expect(await refusal(startIn(job))).toMatchObject({ code: 'not_approved' });
      expect(await strict.scripts.review(id, as(ann))).toMatchObject({
        standing: 'new',
        approvedBy: ['Ann'],
        version: { state: 'approved', approvals: 1, decidedBy: 'Ann' },
        refusal: { code: 'conflict' },
      });
      expect(await refusal(approveAs(id, ann))).toMatchObject({ code: 'conflict', kind: 'conflict' });
      const approvals = { kinds: ['script.approved'] };
      const before = (await home.store.events.list(approvals, { limit: 50 })).items.length;
      await approveAs(id, bob);
      expect((await home.store.events.list(approvals, { limit: 50 })).items).toHaveLength(before + 1);
      expect(await standing(id)).toBe('approved');
      await operations.runs.cancel(await startIn(job), as(tom));
      const { items } = await home.store.audit.list({ subjectKind: 'script' }, { limit: 2 });
      expect(items.map(({ changes }) => changes.find(({ field }) => field === 'approvals')?.after)).toEqual([
        '2 of 2',
        '1 of 2',
      ]);
      appendFileSync(file, ' ');
      await approveAs(id, ann);
      expect(await standing(id)).toBe('changed');
      expect(await refusal(startIn(job))).toMatchObject({ code: 'not_approved' });
    });

    test('a refusal takes the first approval away, and what one person approved does not run where two are asked for', async () => {
      const { id, job } = await given('echo second\n');
      await approveAs(id, ann);
      await strict.scripts.decide(id, { decision: 'rejected', hash: await hashOf(id), note: 'no' }, as(bob));
      await approveAs(id, ann);
      expect(await strict.scripts.review(id, as(bob))).toMatchObject({ approvedBy: ['Ann'], refusal: null });
      expect(await refusal(startIn(job))).toMatchObject({ code: 'not_approved' });
      await runs(job);
      await approveAs(id, bob);
      await operations.runs.cancel(await startIn(job), as(tom));
    });

    test('a key approves for neither of the two (SEC-B6)', async () => {
      const { id } = await given('echo third\n');
      await approveAs(id, ann);
      const key: Actor = { personId: bob.id, name: 'deploy (key of Bob)', via: 'api', keyId: 7 };
      const request = { decision: 'approved', hash: await hashOf(id), note: null } as const;
      expect(await refusal(strict.scripts.decide(id, request, key))).toMatchObject({ code: 'forbidden' });
      expect(await standing(id)).toBe('new');
    });
  });
});
