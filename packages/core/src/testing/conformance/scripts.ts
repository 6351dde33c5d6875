import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

const found = (text: string) => {
  const content = Buffer.from(text);
  return { hash: createHash('sha256').update(content).digest('hex'), content };
};

export function scriptConformance(make: MakeBed): void {
  describe('scripts', () => {
    const bed = bedOf(make);
    const see = (path: string, text: string | null, id = 1) =>
      bed().store.scripts.see({
        id,
        path,
        found: text === null ? null : found(text),
        problem: text === null ? 'It is gone.' : null,
      });

    test('a content is news once, is kept byte for byte, and comes back as the version it was', async () => {
      const { scripts } = bed().store;
      expect([await see('a.sh', 'one\u00ff'), await see('a.sh', 'one\u00ff', 2)]).toEqual([true, false]);
      const [first] = await scripts.versions(1);
      expect(first).toMatchObject({ number: 1, bytes: 5, state: 'waiting', hash: found('one\u00ff').hash });
      expect(await scripts.content(1, 1)).toEqual(Buffer.from('one\u00ff'));
      expect(await scripts.content(1, 9)).toBeNull();
      const decision = { state: 'approved', at: 5, by: 'Ann', byId: 7, note: null, approvals: 1 } as const;
      await scripts.decide({ scriptId: 1, number: 1 }, decision);
      await see('a.sh', 'two');
      await see('a.sh', 'three');
      expect((await scripts.versions(1)).map(({ number, state }) => `${number} ${state}`)).toEqual([
        '3 waiting',
        '1 approved',
      ]);
      await see('a.sh', 'one\u00ff');
      expect(await scripts.versions(1)).toMatchObject([{ number: 1, decidedBy: 'Ann', decidedById: 7, decidedAt: 5 }]);
      await see('a.sh', null);
      expect(await scripts.get(1, { lock: true })).toMatchObject({ hash: null, problem: 'It is gone.', path: 'a.sh' });
    });

    test('an approval is of one content of one file', async () => {
      const { scripts } = bed().store;
      await see('b.sh', 'same', 11);
      await see('c.sh', 'same', 12);
      const decision = { state: 'approved', at: 5, by: 'Ann', byId: null, note: 'well', approvals: 1 } as const;
      await scripts.decide({ scriptId: 11, number: 1 }, decision);
      const { hash } = found('same');
      const asked = ['b.sh', 'c.sh', 'd.sh'].map((path) => ({ path, hash }));
      expect(await scripts.approved(asked, 1)).toEqual([{ path: 'b.sh', hash }]);
      expect(await scripts.approved(asked, 2)).toEqual([]);
      expect(await scripts.approved([{ path: 'b.sh', hash: found('other').hash }], 1)).toEqual([]);
      expect(await scripts.approved([], 1)).toEqual([]);
      await see('b.sh', 'other');
      const listed = (await scripts.list(1)).filter(({ file }) => ['b.sh', 'c.sh'].includes(file.path));
      expect(listed).toMatchObject([
        { file: { path: 'b.sh' }, version: { number: 2, state: 'waiting' }, wasApproved: true },
        { file: { path: 'c.sh' }, version: { number: 1, state: 'waiting' }, wasApproved: false },
      ]);
    });

    test('a content is kept before the file holds it, and goes when there are newer ones and nobody decided of it', async () => {
      const { scripts } = bed().store;
      const keep = (text: string) => scripts.keep({ id: 41, path: 'f.sh', found: found(text) });
      expect(await scripts.byPath('f.sh')).toBeNull();
      expect(await keep('one')).toMatchObject({ scriptId: 41, number: 1, state: 'waiting', approvals: 0 });
      expect(await keep('one')).toMatchObject({ number: 1 });
      expect(await scripts.byPath('f.sh', { lock: true })).toMatchObject({ id: 41, hash: null });
      const note = { createdAt: 3, scriptId: 41, line: null, text: '', personId: 4, personName: 'Tom' };
      await scripts.addNote({ ...note, id: 42, number: 1, kind: 'written' });
      expect(await keep('two')).toMatchObject({ number: 2 });
      await scripts.addNote({ ...note, id: 43, number: 2, kind: 'comment' });
      expect(await keep('three')).toMatchObject({ number: 3 });
      await scripts.addNote({ ...note, id: 44, number: 3, kind: 'replaced' });
      await see('f.sh', 'one', 49);
      await scripts.forget(41, 1);
      expect((await scripts.versions(41)).map(({ number }) => number)).toEqual([3, 2, 1]);
      await see('f.sh', 'four', 49);
      await scripts.forget(41, 1);
      expect((await scripts.versions(41)).map(({ number }) => number)).toEqual([4, 2]);
    });

    test('what was spoken about stays', async () => {
      const { scripts } = bed().store;
      await see('e.sh', 'one', 21);
      const note = {
        id: 31,
        createdAt: 3,
        scriptId: 21,
        number: 1,
        kind: 'comment',
        line: 1,
        text: 'why?',
        personId: 4,
        personName: 'Tom',
      } as const;
      await scripts.addNote(note);
      await see('e.sh', 'two');
      expect((await scripts.versions(21)).map(({ number }) => number)).toEqual([2, 1]);
      expect(await scripts.notes(21)).toEqual([note]);
    });

    test('a living job has its script and its hooks executed', async () => {
      const { store } = bed();
      const config = { script: 'z/main.sh', args: [], env: {}, workingDir: null };
      const job = await givenJob(bed(), {
        type: 'script',
        config,
        hooks: { before: 'z/before.sh', after: 'z/main.sh' },
      });
      await store.jobs.insert(factories.job({ definition: { type: 'script', config }, deletedAt: 1 }), null);
      const uses = (await store.scripts.uses()).filter(({ path }) => path.startsWith('z/'));
      const { id, createdAt, active } = job;
      const using = { id, createdAt, active, name: job.definition.name };
      expect(uses).toEqual([
        { path: 'z/before.sh', job: using },
        { path: 'z/main.sh', job: using },
      ]);
    });
  });
}
