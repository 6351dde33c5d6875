import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { raiseAlertIn } from '../../../../test/setup/raise-alert.ts';
import { tableRows } from '../../../../test/setup/table-sums.ts';
import { toUuid } from '../model/id.ts';
import type { Person } from '../model/person.ts';
import { apiKey, person } from '../testing/factories.ts';
import type { Actor } from './context.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const password = 'a hash';
/** A number that stands nowhere else. */
const zelda: Person = person({
  id: 7_654_321_098_765,
  email: 'zelda@example.org',
  name: 'Zelda Quux',
  role: 'admin',
  passwordHash: password,
});
const traces = ['7654321098765', toUuid(zelda), 'zelda', 'quux', 'former self', '192.0.2.77'];

describe.each(['SQLite', 'PostgreSQL'] as const)('erasing a person on %s', (database) => {
  let home: TestInstallation;
  let as: Actor;
  let admin: Actor;
  beforeEach(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    const chief = person({ name: 'Ada', email: 'ada@example.org' });
    const at = home.clock.wall();
    for (const each of [zelda, chief]) await home.store.people.insert({ ...each, createdAt: at });
    const from = { via: 'page', address: '192.0.2.77', requestId: 'of-zelda' } as const;
    as = { personId: zelda.id, name: zelda.name, ...from };
    admin = { personId: chief.id, name: chief.name, via: 'page', requestId: 'of-ada' };
  });
  afterEach(() => home.close());

  /** Everything that people do, done by them and to them. */
  async function live(): Promise<void> {
    const { operations, store, clock } = home;
    await operations.people.changeProfile(zelda.id, { name: 'Former Self' }, as);
    const asFormer = { ...as, name: 'Former Self' };
    await operations.limits.setPerson(zelda.email, 3, admin);
    await operations.limits.setLock('tape', 2, as);
    const { job } = await operations.jobs.create(script({ name: 'theirs' }), asFormer);
    await operations.jobs.change(job.id, { tags: ['x'], changeNote: 'for zelda@example.org' }, asFormer, null);
    await operations.people.changeProfile(zelda.id, { name: zelda.name }, asFormer);
    const byKey = { ...as, name: `deploy (key of ${zelda.name})`, via: 'api', keyId: 5 } as const;
    const once = { key: 'k', scope: `${zelda.id} POST /api/jobs/x/run`, requestHash: 'r', onReplay: () => undefined };
    const run = await operations.runs.start(job.id, { note: 'Zelda@Example.org asked' }, byKey, once);
    await operations.runs.cancel(run, as);
    await operations.jobs.pause(job.id, as);
    const other = await operations.jobs.create(script({ name: 'gone' }), as);
    await operations.jobs.remove(other.job.id, as);
    await operations.maintenance.create(
      { scope: { kind: 'all' }, until: clock.wall() + 60_000, reason: 'asked by Zelda Quux.' },
      as,
    );
    await operations.webhooks.create({ name: 'hook', url: 'https://example.org/' }, as);
    await operations.people.invite({ email: 'tom@example.org', role: 'viewer' }, as);
    await operations.people.change(zelda.id, { approver: true }, admin);
    await raiseAlertIn(store, 'moon');
    const [item] = (await operations.attention.list({}, { limit: 5 })).items;
    await operations.attention.assign(item?.id ?? 0, zelda.id, as);
    await operations.attention.resolve(item?.id ?? 0, null, as);
    await operations.keys.create({ name: 'deploy', scopes: ['read'] }, as);
    await store.keys.insert(apiKey({ personId: zelda.id }));
    const vouched = {
      issuer: 'https://id.example',
      subject: 's-1',
      email: null,
      name: null,
      account: 'zelda',
      groups: null,
    };
    const former = await operations.identities.link(zelda.id, { ...vouched, subject: 's-0', account: 'quux once' }, as);
    await operations.identities.unlink(zelda.id, former.id, as);
    await operations.identities.link(zelda.id, vouched, as);
    await store.people.addSignIn({
      hash: 'h',
      personId: zelda.id,
      createdAt: 1,
      seenAt: 1,
      provenAt: 1,
      expiresAt: 9_999_999_999_999,
      epoch: 1,
      userAgent: null,
      address: '192.0.2.77',
    });
    await store.settings.set('first_administrator', zelda.id);
  }

  async function traceIn(): Promise<readonly string[]> {
    const tables = await tableRows(home.databaseUrl);
    return Object.entries(tables).flatMap(([table, rows]) =>
      rows.flatMap((row) => {
        const text = JSON.stringify(row).toLowerCase();
        return traces
          .filter((trace) => text.includes(trace.toLowerCase()))
          .map((trace) => `${table}: ${trace} in ${text}`);
      }),
    );
  }

  test('no table holds id, address or name, what was done stays, and the audit verifies (R-186)', async () => {
    await live();
    const rows = (await home.operations.audit.list({}, { limit: 500 })).items.length;
    expect((await traceIn()).length).toBeGreaterThan(30);
    const done = await home.operations.people.erase(zelda.id, ' Zelda@example.org', admin);
    expect(await traceIn()).toEqual([]);
    expect(done).toMatchObject({ jobs: 1, jobsNaming: [] });
    const { items } = await home.operations.audit.list({}, { limit: 500 });
    expect(items).toHaveLength(rows + 1);
    expect(items[0]).toMatchObject({
      action: 'person.erased',
      who: { name: 'Ada' },
      subject: { id: null, name: null },
    });
    expect(items.filter(({ who }) => who.name === 'erased person').length).toBeGreaterThan(8);
    expect(items.find(({ action }) => action === 'run.requested')?.who.name).toBe('deploy (key of erased person)');
    const verdict = await home.operations.audit.verify();
    expect(verdict).toMatchObject({ fault: null, erased: done.auditRows, good: { sequence: items[0]?.sequence } });
    const jobs = await home.operations.jobs.list({}, 'name', false, { limit: 5 });
    expect(jobs.items.map(({ job }) => [job.definition.name, job.ownerId])).toEqual([['theirs', null]]);
  });

  test('what names a person is handed out whole, without what signs them in', async () => {
    await live();
    const { person: told, names, rows, cut } = await home.operations.people.exportPerson(zelda.id, admin);
    expect([told.email, [...names].toSorted(), cut]).toEqual([
      zelda.email,
      ['Former Self', zelda.name, 's-1', 'zelda'],
      [],
    ]);
    const tables = Object.keys(rows);
    for (const table of ['sign_ins', 'identities', 'api_keys', 'jobs', 'runs', 'events', 'attention_items', 'audit'])
      expect(tables).toContain(table);
    const text = JSON.stringify(rows);
    for (const secret of [password, apiKey().hash]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/"(?:password_)?hash"/);
    const [newest] = (await home.operations.audit.list({}, { limit: 1 })).items;
    expect(newest).toMatchObject({ action: 'person.exported', who: { name: 'Ada' }, subject: { name: zelda.name } });
  });

  test('is asked for by address, by another administrator, and leaves one', async () => {
    const { people } = home.operations;
    expect(await refusal(people.erase(zelda.id, 'ada@example.org', admin))).toMatchObject({ code: 'invalid' });
    expect(await refusal(people.erase(zelda.id, zelda.email, as))).toMatchObject({ code: 'conflict' });
    const demoted = { ...as, personId: admin.personId };
    await people.change(admin.personId ?? 0, { role: 'viewer' }, as);
    expect(await refusal(people.erase(zelda.id, zelda.email, mei))).toMatchObject({ code: 'last_admin' });
    expect(await refusal(people.erase(zelda.id, zelda.email, demoted))).toMatchObject({ code: 'conflict' });
    expect(await refusal(people.erase(1, zelda.email, mei))).toMatchObject({ code: 'not_found' });
    expect(await refusal(people.exportPerson(1, mei))).toMatchObject({ code: 'not_found' });
  });

  test('two are erased after each other, also whoever erased, and the audit verifies against every head (SEC-H6)', async () => {
    await live();
    const head = await home.operations.audit.head();
    await home.operations.people.erase(zelda.id, zelda.email, admin);
    const between = await home.operations.audit.head();
    await home.operations.people.change(admin.personId ?? 0, { approver: true }, mei);
    await home.store.people.insert(person());
    await home.operations.people.erase(admin.personId ?? 0, 'ada@example.org', mei);
    for (const known of [head, between])
      expect(await home.operations.audit.verify(known)).toMatchObject({ fault: null });
    expect(JSON.stringify((await tableRows(home.databaseUrl))['audit'])).not.toMatch(/Ada|ada@example|Zelda/);
  });

  test('rows that were spoiled before are not erased over, and rows spoiled afterwards are found (SEC-H6)', async () => {
    await live();
    const { items } = await home.operations.audit.list({ personId: zelda.id }, { limit: 500 });
    const place = items.at(-1)?.sequence ?? 0;
    await spoil(place, `name = 'Zelda Quux the Second'`);
    expect(await refusal(home.operations.people.erase(zelda.id, zelda.email, admin))).toMatchObject({
      code: 'conflict',
    });
    await spoil(place, `name = '${items.at(-1)?.who.name}'`);
    await home.operations.people.erase(zelda.id, zelda.email, admin);
    expect(await home.operations.audit.verify()).toMatchObject({ fault: null });
    for (const set of [`name = 'Ada'`, `erased = NULL`, `erased = '[]'`, `changes = '[]'`]) {
      const [before] = await spoil(place, set);
      const verdict = await home.operations.audit.verify();
      expect(verdict.fault).toMatchObject({ problem: 'changed', sequence: place });
      const { name, erased, changes } = before as { name: string; erased: string; changes: string };
      await spoil(place, `name = '${name}', erased = '${erased}', changes = '${changes.replaceAll("'", "''")}'`);
    }
    expect(await home.operations.audit.verify()).toMatchObject({ fault: null });
  });

  /** As the owner of the database could. @returns the row as it was */
  async function spoil(sequence: number, set: string): Promise<readonly unknown[]> {
    const read = `SELECT name, erased, changes FROM audit WHERE sequence = ${sequence}`;
    const write = `UPDATE audit SET ${set} WHERE sequence = ${sequence}`;
    if (database === 'SQLite') {
      const file = new DatabaseSync(home.databaseUrl.slice('sqlite:'.length));
      const before = file.prepare(read).all();
      const trigger = file.prepare(`SELECT sql FROM sqlite_master WHERE name = 'audit_stays_unchanged'`).get();
      file.exec(`DROP TRIGGER audit_stays_unchanged; ${write}; ${String(trigger?.['sql'])}`);
      file.close();
      return before;
    }
    const client = new pg.Client({ connectionString: home.databaseUrl });
    await client.connect();
    const { rows } = await client.query(read);
    await client.query(`ALTER TABLE audit DISABLE TRIGGER USER; ${write}; ALTER TABLE audit ENABLE TRIGGER USER`);
    await client.end();
    return rows;
  }
});
