import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openStore } from '../open-store.ts';
import type { Person } from '../model/person.ts';
import { realSystem } from '../system/system.ts';
import { apiKey, person } from '../testing/factories.ts';
import type { Actor } from './context.ts';
import { createOperations } from './operations.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const day = 86_400_000;

describe.each(['SQLite', 'PostgreSQL'] as const)('people on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  const people = () => home.operations.people;
  const as = ({ id, name }: Person): Actor => ({ personId: id, name, via: 'page' });
  const eventsOf = async (kind: string) => (await home.store.events.list({ kinds: [kind] }, { limit: 50 })).items;
  /** Only these can sign in as administrators. */
  async function admins(...chosen: readonly Person[]): Promise<void> {
    for (const other of await home.store.people.list())
      if (other.role === 'admin') await home.store.people.remove(other.id);
    for (const one of chosen) await home.store.people.insert(one);
  }

  test('an invitation is taken once, in its time, and makes the account it is for (R-174)', async () => {
    const asked = { email: ' Tom@Example.org ', role: 'operator', approver: true } as const;
    const first = await people().invite(asked, mei);
    const second = await people().invite(asked, mei);
    const said = { name: ' Tom ', timezone: 'Asia/Tokyo', passwordHash: 'hash' };
    expect(await refusal(people().accept(first.token, said, mei))).toMatchObject({ code: 'unauthenticated' });
    expect(await people().invitation(second.token)).toMatchObject({ email: 'tom@example.org', invitedBy: 'mei' });
    expect(await refusal(people().accept(second.token, { ...said, name: ' ' }, mei))).toMatchObject({
      code: 'invalid',
    });
    expect(await refusal(people().accept(second.token, { ...said, timezone: 'Mars/X' }, mei))).toMatchObject({
      code: 'timezone_unknown',
    });
    const tom = await people().accept(second.token, said, mei);
    expect(tom).toMatchObject({
      email: 'tom@example.org',
      name: 'Tom',
      role: 'operator',
      approver: true,
      active: true,
    });
    expect(await refusal(people().accept(second.token, said, mei))).toMatchObject({ code: 'unauthenticated' });
    expect(await refusal(people().invite(asked, mei))).toMatchObject({ code: 'name_taken' });

    const late = await people().invite({ email: 'late@example.org', role: 'viewer' }, mei);
    home.clock.advance(3 * day);
    expect(await refusal(people().invitation(late.token))).toMatchObject({ code: 'unauthenticated' });
    await people().withdraw(late.invitation.id, mei);
    expect(await refusal(people().withdraw(late.invitation.id, mei))).toMatchObject({ code: 'not_found' });
    expect(await people().invitations()).toEqual([]);
    for (const wrong of [{ email: 'nobody' }, { validSeconds: 1 }, { validSeconds: 40 * 86_400 }])
      expect((await refusal(people().invite({ email: 'a@b', role: 'viewer', ...wrong }, mei))).code).toBe('invalid');
  });

  test('nothing that tells of a person tells the address (R-176)', async () => {
    const { token } = await people().invite({ email: 'quiet@example.org', role: 'viewer' }, mei);
    const quiet = await people().accept(token, { name: 'Quiet', timezone: 'UTC', passwordHash: 'hash' }, mei);
    await people().change(quiet.id, { role: 'editor' }, mei);
    await people().remove(quiet.id, mei);
    const all = (await home.store.events.list({}, { limit: 500 })).items;
    expect(JSON.stringify(all)).not.toContain('quiet@');
  });

  test('the last administrator neither goes nor is shut out nor is less (SEC-B7)', async () => {
    const last = person({ name: 'Last' });
    await admins(last, person({ name: 'Shut out', active: false }));
    for (const act of [
      () => people().change(last.id, { role: 'editor' }, as(last)),
      () => people().change(last.id, { active: false }, as(last)),
      () => people().remove(last.id, as(last)),
    ])
      expect(await refusal(act())).toMatchObject({ code: 'last_admin' });
    expect(await home.store.people.get(last.id)).toEqual(last);
    expect(await people().change(last.id, { approver: true }, as(last))).toMatchObject({ approver: true });
  });

  test('of two administrators who demote each other at once one stays, each time (SEC-B7)', async () => {
    const another = await openStore({
      url: home.databaseUrl,
      system: realSystem({ clock: home.clock }),
      migrate: false,
      databaseFollowsClock: true,
    });
    const elsewhere = createOperations({ ...home.context, store: another });
    for (let round = 0; round < 10; round += 1) {
      const [ann, bea] = [person({ name: 'Ann' }), person({ name: 'Bea' })];
      await admins(ann, bea);
      const outcomes = await Promise.allSettled([
        people().change(bea.id, { role: 'viewer' }, as(ann)),
        round % 2 === 0
          ? elsewhere.people.change(ann.id, { role: 'viewer' }, as(bea))
          : elsewhere.people.remove(ann.id, as(bea)),
      ]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused, `round ${round}`).toHaveLength(1);
      expect(refused[0]?.reason, `round ${round}`).toMatchObject({ kind: 'conflict' });
      expect((await home.store.people.list()).filter(({ role }) => role === 'admin')).toHaveLength(1);
      for (const one of [ann, bea]) await home.store.people.remove(one.id);
    }
    await another.close();
  });

  test('who is shut out has no sign-in left, and gets none back when let in again', async () => {
    const [admin, tom] = [person(), person({ role: 'editor' })];
    await admins(admin);
    await home.store.people.insert(tom);
    const rest = { createdAt: 1, seenAt: 1, expiresAt: 9, provenAt: 0, userAgent: null, address: null, epoch: 1 };
    for (const hash of ['tom 1', 'tom 2']) await home.store.people.addSignIn({ hash, personId: tom.id, ...rest });
    expect(await people().change(tom.id, { active: false }, as(admin))).toMatchObject({ active: false, epoch: 2 });
    expect(await people().signIns(tom.id)).toEqual([]);
    expect(await people().change(tom.id, { active: true }, as(admin))).toMatchObject({ active: true, epoch: 2 });
    await home.store.people.addSignIn({ hash: 'tom 3', personId: tom.id, ...rest, epoch: 2 });
    expect(await people().endSignIns(tom.id, as(admin))).toBe(1);
    expect(await home.store.people.get(tom.id)).toMatchObject({ epoch: 3 });
  });

  test('a new password ends every sign-in but the one that asked (SEC-A11)', async () => {
    const tom = person({ role: 'viewer' });
    await home.store.people.insert(tom);
    const rest = {
      personId: tom.id,
      createdAt: 1,
      seenAt: 1,
      expiresAt: 9,
      provenAt: 0,
      userAgent: null,
      address: null,
      epoch: 1,
    };
    for (const hash of ['kept', 'other']) await home.store.people.addSignIn({ hash: `${database} ${hash}`, ...rest });
    await people().changePassword(tom.id, 'new hash', `${database} kept`, as(tom));
    const after = await home.store.people.get(tom.id);
    expect(after).toMatchObject({ passwordHash: 'new hash', epoch: 2 });
    expect(await people().signIns(tom.id)).toMatchObject([{ hash: `${database} kept`, epoch: 2 }]);
    await people().endSignIn(tom.id, `${database} k`, as(tom));
    expect(await refusal(people().endSignIn(tom.id, `${database} k`, as(tom)))).toMatchObject({ code: 'not_found' });
  });

  test('schedules of whoever is deleted go on under nobody, and say so (SEC-B9)', async () => {
    const [admin, tom] = [person(), person({ name: 'Tom', role: 'editor' })];
    await admins(admin);
    await home.store.people.insert(tom);
    const schedules = [{ spec: { kind: 'interval', every: 10, unit: 'minutes', timezone: 'UTC' } }] as const;
    const { job } = await home.operations.jobs.create(script({ schedules }), as(tom));
    await home.store.keys.insert(apiKey({ personId: tom.id }));
    expect(await people().remove(tom.id, as(admin))).toBe(1);
    expect(await home.operations.jobs.get(job.id)).toMatchObject({ job: { ownerId: null, active: true } });
    expect((await home.store.schedules.ofJob(job.id))[0]?.planAt).not.toBeNull();
    expect((await eventsOf('person.deleted'))[0]).toMatchObject({ data: { name: 'Tom', jobs: 1, keys: 1 } });
    expect(await eventsOf('job.orphaned')).toMatchObject([{ jobId: job.id, data: { owner_before: 'Tom' } }]);
    expect(await refusal(people().remove(tom.id, as(admin)))).toMatchObject({ code: 'not_found' });
  });
});
