import { sql, type RawBuilder } from 'kysely';
import type { AuditRow, AuditSubjectKind, AuditWay, FieldChange, NewAuditRow } from '../../model/audit.ts';
import type { Instant } from '../../model/instant.ts';
import { auditHash, canonicalRest, type StoredAuditRow } from '../audit-chain.ts';
import type { AuditFilter, AuditTable } from '../audit-table.ts';
import { decodeCursor, toPage } from './cursor.ts';
import type { AuditTableRow } from './audit-schema.ts';
import { first, type Session } from './session.ts';

export function toStored(row: AuditTableRow): StoredAuditRow {
  return {
    sequence: row.sequence,
    at: row.at,
    who: {
      personId: row.person_id,
      name: row.name,
      via: row.via as AuditWay,
      address: row.address,
      requestId: row.request_id,
      keyId: row.key_id,
    },
    action: row.action,
    subject: { kind: row.subject_kind as AuditSubjectKind, id: row.subject_id, name: row.subject_name },
    changes: row.changes,
    hash: row.hash,
    erased: row.erased,
  };
}

/** A spoiled row is still shown: what is wrong with it is the chain's to say. */
function changesOf(text: string): readonly FieldChange[] {
  try {
    const changes: unknown = JSON.parse(text);
    return Array.isArray(changes) ? (changes as readonly FieldChange[]) : [];
  } catch {
    return [];
  }
}

function toRow(row: AuditTableRow): AuditRow {
  const { erased: _, ...stored } = toStored(row);
  return { ...stored, changes: changesOf(row.changes) };
}

function toColumns({ sequence, at, who, action, subject, changes, hash }: StoredAuditRow): AuditTableRow {
  return {
    sequence,
    at,
    person_id: who.personId,
    name: who.name,
    via: who.via,
    address: who.address,
    request_id: who.requestId,
    key_id: who.keyId,
    action,
    subject_kind: subject.kind,
    subject_id: subject.id,
    subject_name: subject.name,
    changes,
    hash,
    erased: null,
  };
}

/** The row that a chain begins with. */
const genesis: NewAuditRow = {
  who: { personId: null, name: 'Job Trigger Portal', via: 'library', address: null, requestId: null, keyId: null },
  action: 'audit.began',
  subject: { kind: 'installation', id: null, name: null },
  changes: [],
};

/** Columns that a filter compares, by its fields. */
const compared = {
  personId: 'person_id',
  name: 'name',
  via: 'via',
  subjectKind: 'subject_kind',
  subjectId: 'subject_id',
  subjectName: 'subject_name',
} as const;

function whereOf(filter: AuditFilter, before: number | null): RawBuilder<boolean> {
  const { actions, from, until } = filter;
  const all = Object.entries(compared).flatMap(([field, column]) => {
    const value = filter[field as keyof typeof compared];
    return value === undefined ? [] : [sql<boolean>`${sql.ref(column)} = ${value}`];
  });
  if (actions !== undefined) all.push(sql`action IN (${sql.join([...actions, ''])})`);
  if (from !== undefined) all.push(sql`at >= ${from}`);
  if (until !== undefined) all.push(sql`at < ${until}`);
  if (before !== null) all.push(sql`sequence < ${before}`);
  return all.length === 0 ? sql`1 = 1` : sql`${sql.join(all, sql` AND `)}`;
}

/** A row as {@link AuditStatements} takes it: all but what its place in the chain decides. */
function given(row: NewAuditRow, place: number) {
  const changes = JSON.stringify(row.changes);
  const {
    at: _at,
    hash: _hash,
    sequence: _sequence,
    erased: _erased,
    ...columns
  } = toColumns({ ...row, changes, sequence: 0, at: 0, hash: '' });
  return { ...columns, place: place + 1, rest: canonicalRest({ ...row, changes }) };
}

/** The audit, on either database. */
export function auditTable(session: Session): AuditTable {
  const { build } = session;
  const all = () => build.selectFrom('audit').selectAll();
  let added: readonly NewAuditRow[] = [];

  const headRow = () => build.selectFrom('audit_head').select(['sequence', 'hash']);

  /** Numbers and chains rows behind the end of the chain. */
  function chained(rows: readonly NewAuditRow[], from: { sequence: number; hash: string }, at: Instant) {
    let { sequence, hash } = from;
    return rows.map((row) => {
      sequence += 1;
      const next = { ...row, sequence, at, changes: JSON.stringify(row.changes) };
      hash = auditHash(hash, next);
      return toColumns({ ...next, hash });
    });
  }

  return {
    add(rows) {
      added = [...added, ...rows];
      return Promise.resolve();
    },
    async write() {
      if (added.length === 0) return;
      const { lastly, letGoEarly, hot } = session;
      if (hot.audit !== undefined && lastly !== undefined) {
        const [{ append, moveHead }, rows] = [hot.audit, JSON.stringify([genesis, ...added].map(given))];
        const count = added.length;
        added = [];
        lastly(() => session.run(append, { rows }));
        lastly(() => session.run(moveHead, { count }));
        letGoEarly?.();
        return;
      }
      const end = await first(session, headRow().select(sql<number>`now_ms()`.as('now')));
      if (end === null) throw new Error('The end of the audit is missing.');
      const rows = chained(end.sequence === 0 ? [genesis, ...added] : added, end, end.now);
      added = [];
      const last = rows.at(-1);
      if (last === undefined) return;
      await session.change(build.insertInto('audit').values(rows));
      await session.change(build.updateTable('audit_head').set({ sequence: last.sequence, hash: last.hash }));
    },
    async head() {
      return (await first(session, headRow())) ?? { sequence: 0, hash: '' };
    },
    async list(filter, { limit, after }) {
      const before = decodeCursor(after, [0])?.[0] ?? null;
      const newest = all().where(whereOf(filter, before)).orderBy('sequence', 'desc');
      return toPage(await session.rows(newest.limit(limit + 1)), limit, { key: (row) => [row.sequence], item: toRow });
    },
    async after(sequence, limit) {
      return (await session.rows(all().where('sequence', '>', sequence).orderBy('sequence').limit(limit))).map(
        toStored,
      );
    },
  };
}
