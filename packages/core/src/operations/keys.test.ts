import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { hashOfToken } from '../model/token-hash.ts';
import type { Person } from '../model/person.ts';
import { person } from '../testing/factories.ts';
import { seededRandom } from '../testing/index.ts';
import type { Actor } from './context.ts';
import { idOfKeyText, newKeyText } from './key-text.ts';
import { scopesInForce, type KeyInput } from './keys.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const day = 86_400_000;

describe('the text of a key', () => {
  const random = seededRandom(3);

  test('says its number, and has a checksum that no single slip keeps (SEC-A13)', () => {
    for (const id of [1, 61, 62, 4711, 2 ** 53 - 1]) {
      const text = newKeyText(id, random);
      expect(text).toMatch(/^jtp_[0-9A-Za-z]+_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
      expect(idOfKeyText(text)).toBe(id);
      for (let place = 0; place < text.length; place += 1) {
        const slip = text[place] === 'x' ? 'y' : 'x';
        expect(idOfKeyText(text.slice(0, place) + slip + text.slice(place + 1)), `at ${place}`).toBeNull();
      }
    }
    for (const none of ['', 'jtp_', 'jtp_1_2_3', newKeyText(1, random).slice(1), `${newKeyText(1, random)}0`])
      expect(idOfKeyText(none)).toBeNull();
  });

  test('is another each time', () => {
    expect(new Set(Array.from({ length: 200 }, () => newKeyText(1, random))).size).toBe(200);
  });
});

test('a scope counts as far as the role of the owner does', () => {
  const scopes = ['read', 'run', 'write', 'admin'] as const;
  expect(scopesInForce({ scopes }, 'viewer')).toEqual(['read']);
  expect(scopesInForce({ scopes }, 'editor')).toEqual(['read', 'run', 'write']);
  expect(scopesInForce({ scopes: ['admin'] }, 'editor')).toEqual([]);
  expect(scopesInForce({ scopes: ['run'] }, 'admin')).toEqual(['run']);
});

describe.each(['SQLite', 'PostgreSQL'] as const)('keys on %s', (database) => {
  let home: TestInstallation;
  let tom: Person;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    tom = person({ name: 'Tom', role: 'editor' });
    await home.store.people.insert(tom);
    await home.store.people.insert(person());
  });
  afterAll(() => home.close());

  const keys = () => home.operations.keys;
  const self = (): Actor => ({ personId: tom.id, name: tom.name, via: 'page' });
  let made = 0;
  const create = (input: Partial<KeyInput> = {}) =>
    keys().create({ name: `key ${(made += 1)}`, scopes: ['read'], ...input }, self());

  test('a key is known by its text alone, and only its hash is stored (R-174)', async () => {
    const { key, secret } = await create({ scopes: ['read', 'run', 'read'] });
    expect(key).toMatchObject({ personId: tom.id, scopes: ['read', 'run'], hash: hashOfToken(secret) });
    expect(key.expiresAt - key.createdAt).toBe(90 * day);
    expect(await keys().authenticate(secret, '127.0.0.1')).toMatchObject({
      key: { id: key.id },
      person: { id: tom.id },
    });
    expect(JSON.stringify(await home.store.keys.get(key.id))).not.toContain(secret);
    const other = newKeyText(key.id, seededRandom(9));
    for (const wrong of [other, newKeyText(4711, seededRandom(9)), `${secret}x`, ''])
      expect(await keys().authenticate(wrong, null)).toBeNull();
  });

  test('a key ends with its time, with its revocation, and while its owner is shut out (SEC-A13)', async () => {
    const { key, secret } = await create({ validDays: 1 });
    await home.operations.people.change(tom.id, { active: false }, mei);
    expect(await keys().authenticate(secret, null)).toBeNull();
    await home.operations.people.change(tom.id, { active: true }, mei);
    home.clock.advance(day - 1);
    expect(await keys().authenticate(secret, null)).not.toBeNull();
    home.clock.advance(1);
    expect(await keys().authenticate(secret, null)).toBeNull();
    const { secret: renewed } = await keys().rotate(key.id, {}, self());
    expect(await keys().authenticate(renewed, null)).not.toBeNull();
    expect(await keys().authenticate(secret, null), 'an expired key does not come back').toBeNull();
    await keys().revoke(key.id, { anyOwner: false }, self());
    expect(await keys().authenticate(renewed, null)).toBeNull();
  });

  test('a new secret and the one before are both taken until the overlap is over', async () => {
    const { key, secret } = await create();
    const { secret: second } = await keys().rotate(key.id, { overlapSeconds: 60 }, self());
    const isTaken = async (text: string) => (await keys().authenticate(text, null)) !== null;
    home.clock.advance(59_999);
    expect([await isTaken(secret), await isTaken(second)]).toEqual([true, true]);
    home.clock.advance(1);
    expect([await isTaken(secret), await isTaken(second)]).toEqual([false, true]);
    const { secret: third } = await keys().rotate(key.id, { overlapSeconds: 0 }, self());
    expect([await isTaken(second), await isTaken(third)]).toEqual([false, true]);
  });

  test('a key with addresses is taken from those alone', async () => {
    const { secret } = await create({ addresses: ['10.0.0.0/8', '2001:db8::1'] });
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
      expect(await keys().authenticate(secret, address), address).not.toBeNull();
    for (const address of ['11.1.2.3', '::1', '2001:db8::2', null])
      expect(await keys().authenticate(secret, address), String(address)).toBeNull();
  });

  test('its use is written once a minute', async () => {
    const { key, secret } = await create();
    const used = async () => (await home.store.keys.get(key.id))?.usedAt;
    const at = home.clock.wall();
    await keys().authenticate(secret, '127.0.0.1');
    home.clock.advance(59_999);
    await keys().authenticate(secret, '127.0.0.2');
    expect(await used()).toBe(at);
    home.clock.advance(1);
    await keys().authenticate(secret, '127.0.0.2');
    expect(await used()).toBe(at + 60_000);
  });

  test('nobody makes a key for more than they may, nor touches another’s', async () => {
    expect(await refusal(create({ scopes: ['admin'] }))).toMatchObject({ fields: [{ path: 'scopes.0' }] });
    for (const wrong of [
      { scopes: [] },
      { name: ' ' },
      { validDays: 0 },
      { validDays: 367 },
      { addresses: ['intranet'] },
      { addresses: ['10.0.0.0/33'] },
    ])
      expect((await refusal(create(wrong))).code, JSON.stringify(wrong)).toBe('invalid');
    const { key } = await create();
    const other: Actor = { personId: 4711, name: 'Zoe', via: 'page' };
    expect(await refusal(keys().rotate(key.id, {}, other))).toMatchObject({ code: 'not_found' });
    expect(await refusal(keys().revoke(key.id, { anyOwner: false }, other))).toMatchObject({ code: 'not_found' });
    expect(await refusal(keys().rotate(key.id, { overlapSeconds: 1e9 }, self()))).toMatchObject({ code: 'invalid' });
    expect(await refusal(create({ name: key.name }))).toMatchObject({ code: 'name_taken' });
    await keys().revoke(key.id, { anyOwner: true }, other);
    expect(await refusal(keys().create({ name: 'a', scopes: ['read'] }, mei))).toMatchObject({ code: 'conflict' });
  });

  test('a run that a key starts has the trigger api, and every gate holds for it (R-049)', async () => {
    const actor: Actor = { ...self(), via: 'api', keyId: 1 };
    const { job } = await home.operations.jobs.create(script(), self());
    const run = await home.operations.runs.start(job.id, {}, actor);
    expect((await home.store.runs.get(run))?.trigger).toBe('api');
    await home.operations.runs.cancel(run, actor);
    await home.operations.maintenance.create({ scope: { kind: 'all' } }, actor);
    const refused = await refusal(home.operations.runs.start(job.id, {}, actor));
    expect(refused).toMatchObject({ code: 'trigger_refused', details: { reason: 'maintenance' } });
    const inPerson = await home.operations.runs.start(job.id, {}, self());
    expect((await home.store.runs.get(inPerson))?.trigger).toBe('manual');
  });
});
