import { sql, type RawBuilder } from 'kysely';
import { erasedName, storedWithoutTraces, type Traces } from '../../model/erasure.ts';
import type { ChainedAuditRow, ErasureTable } from '../erasure-table.ts';
import type { StoredAuditRow } from '../audit-chain.ts';
import { toStored } from './audit.ts';
import type { AuditTableRow } from './audit-schema.ts';
import { namingPlaces, type NamingPlace } from './naming-places.ts';
import { first, type Session } from './session.ts';

type Condition = RawBuilder<unknown>;
type Row = Readonly<Record<string, unknown>>;

/** Everything on which a person's account stands, on either database. */
export function erasureTable(session: Session): ErasureTable {
  const { build, kind } = session;
  const rows = <R>(query: RawBuilder<R>): Promise<readonly R[]> =>
    session.rows({ compile: () => query.compile(build) });
  const change = (query: RawBuilder<unknown>): Promise<number> =>
    session.change({ compile: () => query.compile(build) });
  const any = (conditions: readonly Condition[]): Condition =>
    conditions.length === 0 ? sql`1 = 0` : sql`(${sql.join(conditions, sql` OR `)})`;
  const textOf = (column: string): Condition => sql`CAST(${sql.ref(column)} AS text)`;
  const holds = (column: string, part: string): Condition =>
    kind === 'sqlite' ? sql`instr(${textOf(column)}, ${part}) > 0` : sql`strpos(${textOf(column)}, ${part}) > 0`;
  const holdsAddress = (column: string, email: string): Condition =>
    kind === 'sqlite'
      ? sql`instr(lower(${textOf(column)}), ${email}) > 0`
      : sql`strpos(lower(${textOf(column)}), ${email}) > 0`;

  const keyOf = (names: readonly string[]): readonly string[] => names.map((name) => `(key of ${name})`);
  const named = (column: string, { names }: Traces): Condition =>
    any([
      ...names.map((name) => sql`${sql.ref(column)} = ${name}`),
      ...keyOf(names).map((part) => holds(column, part)),
    ]);
  /** As JSON has it, where a name holds what must be escaped there. */
  const written = (name: string): readonly string[] => [...new Set([name, JSON.stringify(name).slice(1, -1)])];
  const mentioned = (column: string, { personId, uuid, email, names }: Traces): Condition =>
    any([
      holds(column, uuid),
      holds(column, `":${personId}`),
      holdsAddress(column, email),
      ...names.flatMap(written).map((name) => holds(column, name)),
    ]);

  const ofPlace = ({ ids = [], names = [], emails = [] }: NamingPlace, traces: Traces): readonly Condition[] => [
    ...ids.map((column) => sql`${sql.ref(column)} = ${traces.personId}`),
    ...names.map((column) => named(column, traces)),
    ...emails.map((column) => sql`${sql.ref(column)} = ${traces.email}`),
  ];

  async function takeTexts(traces: Traces, { table, key, texts = [] }: NamingPlace): Promise<void> {
    for (const column of texts) {
      const columns = sql.join([...key.map((each) => sql.ref(each)), sql`${textOf(column)} AS text_of_it`]);
      const where = mentioned(column, traces);
      const found = await rows<Row>(sql`SELECT ${columns} FROM ${sql.table(table)} WHERE ${where}`);
      for (const row of found) {
        const before = String(row['text_of_it']);
        const after = storedWithoutTraces(before, traces);
        if (after === before) continue;
        const same = sql.join(
          key.map((each) => sql`${sql.ref(each)} = ${row[each]}`),
          sql` AND `,
        );
        await change(sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${after} WHERE ${same}`);
      }
    }
  }

  /** Rows that were theirs are gone by now; those that only point at them stay. */
  async function takeIds({ personId }: Traces, { table, ids = [] }: NamingPlace): Promise<void> {
    for (const column of ids) {
      const it = sql.ref(column);
      await change(sql`UPDATE ${sql.table(table)} SET ${it} = NULL WHERE ${it} = ${personId}`);
    }
  }

  async function takeNames(traces: Traces, { table, names = [] }: NamingPlace): Promise<void> {
    for (const column of names)
      for (const name of traces.names) {
        const it = sql.ref(column);
        const [key = '', erased = ''] = keyOf([name, erasedName]);
        await change(sql`UPDATE ${sql.table(table)} SET ${it} = ${erasedName} WHERE ${it} = ${name}`);
        await change(
          sql`UPDATE ${sql.table(table)} SET ${it} = replace(${it}, ${key}, ${erased}) WHERE ${holds(column, key)}`,
        );
      }
  }

  return {
    async namesOf(personId) {
      const mine = build.selectFrom('audit').select('name').distinct().where('person_id', '=', personId);
      const found = await session.rows(mine.where('key_id', 'is', null).where('via', '<>', 'cli'));
      return found.map(({ name }) => name);
    },

    async rowsNaming(traces, limit) {
      const found: Record<string, Row[]> = {};
      for (const place of namingPlaces) {
        const { table, texts = [], secrets = [] } = place;
        const sure = ofPlace(place, traces);
        const maybe = texts.map((column) => mentioned(column, traces));
        const where = any([...sure, ...maybe]);
        const some = await rows<Row>(
          sql`SELECT *, CASE WHEN ${any(sure)} THEN 1 ELSE 0 END AS sure_of_it FROM ${sql.table(table)} WHERE ${where} LIMIT ${limit}`,
        );
        const theirs = some.filter(
          (row) => row['sure_of_it'] === 1 || texts.some((column) => isChanged(row[column], traces)),
        );
        if (theirs.length > 0)
          found[table] = theirs.map((row) =>
            Object.fromEntries(
              Object.entries(row).filter(([column]) => column !== 'sure_of_it' && !secrets.includes(column)),
            ),
          );
      }
      const audit = (await auditNaming(traces, 0)).slice(0, limit);
      if (audit.length > 0)
        found['audit'] = audit.map(({ sequence, at, who, action, subject, changes }) => ({
          sequence,
          at,
          name: who.name,
          via: who.via,
          address: who.address,
          action,
          subject_kind: subject.kind,
          subject_name: subject.name,
          changes,
        }));
      return found;
    },

    async jobsNaming({ email }) {
      const where = any([holdsAddress('v.definition', email), holdsAddress('s.spec', email)]);
      const found = await rows<{ name: string }>(
        sql`SELECT DISTINCT j.name FROM jobs AS j JOIN job_versions AS v ON v.job_id = j.id LEFT JOIN schedules AS s ON s.job_id = j.id
          WHERE ${where} ORDER BY j.name`,
      );
      return found.map(({ name }) => name);
    },

    async takeOut(traces) {
      const { personId, email } = traces;
      await session.change(build.deleteFrom('invitations').where('email', '=', email));
      await change(sql`DELETE FROM idempotency WHERE scope LIKE ${`${personId} %`}`);
      await change(
        sql`UPDATE settings SET value = '0' WHERE key = 'first_administrator' AND ${textOf('value')} = ${String(personId)}`,
      );
      // A line is told apart by whose jobs stand in it; no person has a number below nothing.
      await change(sql`UPDATE queues SET person = -id WHERE person = ${personId}`);
      for (const place of namingPlaces) {
        await takeIds(traces, place);
        await takeNames(traces, place);
        await takeTexts(traces, place);
      }
    },

    auditNaming,

    async lockAudit() {
      const head = build.selectFrom('audit_head').select('sequence');
      await first(session, kind === 'postgres' ? head.forUpdate() : head);
    },

    async rewriteAudit({ sequence, who, subject, changes, erased = null }) {
      const set: Partial<AuditTableRow> = {
        person_id: who.personId,
        name: who.name,
        address: who.address,
        request_id: who.requestId,
        key_id: who.keyId,
        subject_id: subject.id,
        subject_name: subject.name,
        changes,
        erased,
      };
      await session.change(build.updateTable('audit').set(set).where('sequence', '=', sequence));
    },
  };

  async function auditNaming(traces: Traces, sequence: number): Promise<readonly ChainedAuditRow[]> {
    const { personId, uuid } = traces;
    const where = any([
      sql`person_id = ${personId}`,
      sql`subject_id = ${uuid}`,
      named('name', traces),
      named('subject_name', traces),
      mentioned('changes', traces),
    ]);
    const found = await rows<AuditTableRow & { before: string | null }>(
      sql`SELECT a.*, (SELECT hash FROM audit AS b WHERE b.sequence = a.sequence - 1) AS before FROM audit AS a
        WHERE sequence > ${sequence} AND ${where} ORDER BY sequence`,
    );
    return found.map(({ before, ...row }): StoredAuditRow & { before: string } => ({
      ...toStored(row),
      before: before ?? '',
    }));
  }
}

function isChanged(value: unknown, traces: Traces): boolean {
  if (value === null || value === undefined) return false;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return storedWithoutTraces(text, traces) !== text;
}
