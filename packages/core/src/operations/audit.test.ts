import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { auditSeal, keepHead } from '../channels/audit-seal.ts';
import { AuditKeeper } from '../engine/audit-keeper.ts';
import { openStore } from '../open-store.ts';
import { masked } from '../policy/audit-mask.ts';
import { readKeys } from '../secrets/installation-key.ts';
import { auditHash } from '../store/audit-chain.ts';
import { audited, namedSubject, note, noteNothing } from './audited.ts';
import type { Actor } from './context.ts';
import { createOperations } from './operations.ts';
import { scheduler as someScheduler } from '../testing/factories.ts';
import { refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const mei: Actor = {
  personId: null,
  name: 'Mei',
  via: 'page',
  address: '192.0.2.7',
  requestId: 'request-1',
};
const page = { limit: 50 };

describe.each(['SQLite', 'PostgreSQL'] as const)('the audit on %s', (database) => {
  let home: TestInstallation;
  // A chain of its own for each: what they ask about is where it begins and ends.
  beforeEach(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterEach(() => home.close());

  /** Rows 2 to 4 of a chain. */
  async function someRows(): Promise<void> {
    const { job } = await home.operations.jobs.create(script({ name: 'Report' }), mei);
    await home.operations.jobs.pause(job.id, mei);
    await home.operations.jobs.resume(job.id, mei);
  }

  const newest = async () => (await home.operations.audit.list({}, page)).items[0];

  /** Statements on a connection of one's own, as somebody has who administers the database. */
  async function tamper(...statements: readonly string[]): Promise<void> {
    const { databaseUrl } = home;
    if (database === 'SQLite') {
      const direct = new DatabaseSync(databaseUrl.slice('sqlite:'.length));
      try {
        for (const statement of statements) direct.exec(statement);
      } finally {
        direct.close();
      }
      return;
    }
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  test('a change stands there with who, from where, and field by field what it changed', async () => {
    const { jobs, audit } = home.operations;
    const config = { url: 'https://example.org/', headers: { Authorization: 'Bearer abcdefgh1234' } };
    const { job } = await jobs.create({ name: 'Report', type: 'http', config, overlap: 'allow' }, mei);
    expect(await newest()).toMatchObject({
      action: 'job.created',
      subject: { kind: 'job', name: 'Report' },
      who: { ...mei, keyId: null },
      at: home.clock.wall(),
    });
    const changed = { ...config, headers: { Authorization: 'Bearer another12345' } };
    await jobs.change(job.id, { config: changed, tags: ['etl'], changeNote: 'New token' }, mei, null);
    expect((await newest())?.changes).toEqual([
      { field: 'config.headers.Authorization', before: masked, after: masked },
      { field: 'tags', before: [], after: ['etl'] },
      { field: 'change_note', before: null, after: 'New token' },
    ]);
    await jobs.pause(job.id, mei, { reason: 'Holiday' });
    expect((await newest())?.changes).toEqual([
      { field: 'active', before: true, after: false },
      { field: 'paused_reason', before: null, after: 'Holiday' },
    ]);
    await jobs.resume(job.id, mei);
    await home.operations.runs.start(job.id, { note: 'Now' }, mei);
    expect(await newest()).toMatchObject({
      action: 'run.requested',
      subject: { kind: 'run', name: 'Report' },
      changes: [{ field: 'note', before: null, after: 'Now' }],
    });
    await home.operations.runs.start(job.id, {}, { personId: null, name: 'Hook Forge', via: 'hook' });
    expect((await newest())?.changes).toHaveLength(1);
    await jobs.remove(job.id, mei);
    const { items } = await audit.list({}, page);
    expect(items.map(({ action }) => action)).toEqual([
      'job.deleted',
      'run.requested',
      'job.resumed',
      'job.paused',
      'job.changed',
      'job.created',
      'audit.began',
    ]);
    expect(items.map(({ sequence }) => sequence)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await audit.verify()).toMatchObject({ good: { sequence: 7 }, fault: null });
  });

  test('what is refused or fails leaves no row, and a change that says nothing is none', async () => {
    const { sequence } = await home.store.audit.head();
    const error = await refusal(home.operations.jobs.create({ ...script(), name: '' }, mei));
    expect(error.code).toBe('invalid');
    const subject = namedSubject('installation', null);
    const failing = audited(home.store, async (tables) => {
      await note(tables, mei, { action: 'backup.made', subject });
      await tables.settings.set('told', true);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const silent = audited(home.store, (tables) => tables.settings.set('told', true));
    await expect(silent).rejects.toMatchObject({ code: 'internal' });
    expect(await home.store.settings.get('told')).toBeNull();
    await audited(home.store, async (tables) => noteNothing(tables));
    expect((await home.store.audit.head()).sequence).toBe(sequence);
  });

  test('is filtered by who, way, act, subject and time, and read page by page', async () => {
    const { jobs, audit } = home.operations;
    const before = home.clock.wall();
    home.clock.advance(60_000);
    const ada: Actor = { personId: 77, name: 'Ada', via: 'cli' };
    const { job } = await jobs.create(script({ name: 'Filtered' }), ada);
    await jobs.pause(job.id, mei);
    const found = async (filter: Parameters<typeof audit.list>[0]) =>
      (await audit.list(filter, page)).items.map(({ action, who }) => `${who.name} ${action}`);
    expect(await found({ name: 'Ada' })).toEqual(['Ada job.created']);
    expect(await found({ personId: 77 })).toEqual(['Ada job.created']);
    expect(await found({ via: 'cli' })).toEqual(['Ada job.created']);
    expect(await found({ subjectName: 'Filtered' })).toEqual(['Mei job.paused', 'Ada job.created']);
    expect(await found({ subjectName: 'Filtered', actions: ['job.paused'] })).toEqual(['Mei job.paused']);
    expect(await found({ subjectKind: 'job', from: before + 1 })).toEqual(['Mei job.paused', 'Ada job.created']);
    expect(await found({ until: before + 1, subjectName: 'Filtered' })).toEqual([]);
    expect(await found({ subjectId: '%', actions: [] })).toEqual([]);
    const first = await audit.list({}, { limit: 2 });
    const second = await audit.list({}, { limit: 2, after: first.next });
    expect([...first.items, ...second.items].map(({ sequence }) => sequence)).toEqual(
      (await audit.list({}, { limit: 4 })).items.map(({ sequence }) => sequence),
    );
    let rows = 0;
    for await (const some of audit.each({})) rows += some.length;
    expect(rows).toBe((await home.store.audit.head()).sequence);
  });

  test('a backfill, a clock that is said to be right, and alerts seen all at once have their rows', async () => {
    const { jobs, runs, clock, alerts } = home.operations;
    const start = home.clock.wall();
    const spec = { kind: 'interval', every: 10, unit: 'minutes', start, timezone: 'UTC' } as const;
    const { job } = await jobs.create(script({ schedules: [{ spec }] }), mei);
    home.clock.advance(3_600_000);
    const span = { from: start + 1, to: start + 3_600_000 };
    expect((await runs.backfill(job.id, { ...span, dryRun: true }, mei)).createdAt).toBeNull();
    expect(await newest()).toMatchObject({ action: 'job.created' });
    await runs.backfill(job.id, span, mei);
    expect(await newest()).toMatchObject({ action: 'backfill.started', subject: { name: job.definition.name } });
    const held = someScheduler();
    const { id } = held;
    await home.store.schedulers.register(held);
    await home.store.schedulers.setHold(id, { from: 0, to: 1 });
    await clock.confirm(mei);
    expect(await newest()).toMatchObject({ action: 'clock.confirmed', subject: { kind: 'installation' } });
    const nothing = { jobId: null, jobCreatedAt: null, runId: null, runCreatedAt: null, fromAt: null, toAt: null };
    const lost = { kind: 'worker_lost', severity: 'warning', title: 'Lost', text: 'It is lost.', count: 1 } as const;
    const alert = { ...lost, ...nothing, seen: null };
    const [id1 = 0, id2 = 0] = await home.store.ids(2);
    await home.store.alerts.raise([
      { ...alert, id: id1, fingerprint: 'one' },
      { ...alert, id: id2, fingerprint: 'two' },
    ]);
    expect(await alerts.acknowledgeAll(mei)).toBe(2);
    const { items } = await home.operations.audit.list({ actions: ['alert.acknowledged'] }, page);
    expect(items.map(({ subject }) => subject.name)).toEqual(['Lost', 'Lost']);
  });

  test('many changes at once, by two processes, are one chain; nobody waits for another for good', async () => {
    const { system } = home.context;
    const store = await openStore({ url: home.databaseUrl, system, migrate: false, databaseFollowsClock: true });
    const { jobs: others } = createOperations({ ...home.context, store });
    const { jobs } = home.operations;
    const made = await Promise.all(Array.from({ length: 6 }, () => jobs.create(script(), mei)));
    const { sequence } = await home.store.audit.head();
    await Promise.all(
      made.flatMap(({ job: { id } }, at) => [
        jobs.change(id, { tags: [`a${at}`] }, mei, null).catch(() => jobs.pause(id, mei)),
        others.change(id, { tags: [`b${at}`] }, mei, null).catch(() => others.pause(id, mei)),
      ]),
    );
    await store.close();
    expect((await home.store.audit.head()).sequence).toBe(sequence + 12);
    expect((await home.operations.audit.verify()).fault).toBeNull();
  });

  test('the database itself lets no row be changed or deleted', async () => {
    await someRows();
    const stay = /rows of the audit stay as they are/;
    await expect(tamper(`UPDATE audit SET name = 'x' WHERE sequence = 2`)).rejects.toThrow(stay);
    await expect(tamper(`DELETE FROM audit WHERE sequence = 2`)).rejects.toThrow(stay);
    if (database === 'PostgreSQL') await expect(tamper('TRUNCATE audit')).rejects.toThrow(stay);
  });

  test('the end is exported every ten minutes, signed by this installation alone', async () => {
    await someRows();
    const { store, dataDir, context } = home;
    const keeper = new AuditKeeper({ store, dataDir, system: context.system, secretKey: null });
    await keeper.tick();
    await keeper.tick();
    const head = await home.operations.audit.head();
    expect(await home.operations.audit.verify(head)).toMatchObject({ fault: null, heads: 2, foreign: 0 });
    const forged = { ...head, sequence: head.sequence + 1 };
    expect((await refusal(home.operations.audit.verify(forged))).message).toContain('not signed');
    const secretKey = 'another key of thirty-two bytes or more';
    const other = auditSeal(readKeys({ dataDir, secretKey, random: context.system.random }, 'audit head'));
    keepHead(dataDir, other.sign({ sequence: 999, hash: 'x' }, 1));
    expect(await home.operations.audit.verify()).toMatchObject({ fault: null, heads: 1, foreign: 1 });
  });

  test('who gets around the database is found: changed, deleted, written anew (SEC-H6)', async () => {
    await someRows();
    const { audit } = home.operations;
    const off =
      database === 'SQLite'
        ? ['DROP TRIGGER audit_stays_unchanged', 'DROP TRIGGER audit_stays_whole']
        : ['ALTER TABLE audit DISABLE TRIGGER ALL'];
    await tamper(...off, `UPDATE audit SET subject_name = 'Other' WHERE sequence = 3`);
    expect((await audit.verify()).fault).toMatchObject({ sequence: 3, problem: 'changed' });
    await tamper(`UPDATE audit SET subject_name = 'Report' WHERE sequence = 3`);
    expect((await audit.verify()).fault).toBeNull();
    const { store, dataDir, context } = home;
    await new AuditKeeper({ store, dataDir, system: context.system, secretKey: null }).tick();
    await home.operations.jobs.create(script(), mei);
    const exported = await audit.head();
    const kept = await home.store.audit.after(exported.sequence - 3, 3);
    const [anchor, first, last] = kept;
    if (anchor === undefined || first === undefined || last === undefined) throw new Error('There are three rows.');
    // The whole end goes, and the end that the database remembers with it: it shows against the exported head alone.
    await tamper(
      `DELETE FROM audit WHERE sequence > ${anchor.sequence}`,
      `UPDATE audit_head SET sequence = ${anchor.sequence}, hash = '${anchor.hash}'`,
    );
    expect((await audit.verify(exported)).fault).toMatchObject({
      sequence: anchor.sequence + 1,
      problem: 'tail_missing',
    });
    // An older database that went on: the head that was exported by itself is the first that does not fit.
    await home.operations.jobs.create(script(), mei);
    await home.operations.jobs.create(script(), mei);
    expect((await audit.verify(exported)).fault).toMatchObject({ sequence: first.sequence, problem: 'forked' });
    expect(auditHash(first.hash, last)).toBe(last.hash);
  });
});
