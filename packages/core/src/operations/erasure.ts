/** What is kept of a person: handed out, and taken away with everything that names them. */
import { invalidField, JobTriggerError } from '../errors.ts';
import { toUuid, type Id } from '../model/id.ts';
import type { Person } from '../model/person.ts';
import { auditWithoutTraces, erasedName, type Traces } from '../model/erasure.ts';
import { contentDigest, ErasureSum, erasuresOf, isAsWritten } from '../store/audit-chain.ts';
import type { ChainedAuditRow, NamingRows } from '../store/erasure-table.ts';
import type { Tables } from '../store/store.ts';
import { audited, namedSubject, note, record, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { notFound } from './jobs.ts';
import { keepAnAdmin, stillAdmin } from './people.ts';

export interface PersonExport {
  readonly person: Person;
  readonly names: readonly string[];
  /** Rows as the database has them, by table, without what signs somebody in. */
  readonly rows: NamingRows;
  /** Tables of which more rows name them than are told. */
  readonly cut: readonly string[];
}

export interface Erasure {
  /** Living jobs that nobody owns now. */
  readonly jobs: number;
  /** Rows of the audit that lost what named them. */
  readonly auditRows: number;
  /** Jobs in whose definitions the mail address still stands: what a job does is for its owner to change. */
  readonly jobsNaming: readonly string[];
}

export interface ErasureOperations {
  /** @throws `not_found` */
  exportPerson(id: Id, actor: Actor): Promise<PersonExport>;
  /**
   * Deletes the account with all that stands on it, and takes id, mail address and names out of everything that is kept
   * besides. What was done and when stays, by nobody in particular.
   *
   * @param confirm their mail address
   * @throws `not_found`, `invalid` for another address, `last_admin`, `conflict` for oneself and where the audit is spoiled
   */
  erase(id: Id, confirm: string, actor: Actor): Promise<Erasure>;
}

const mostRows = 100_000;

export function erasureOperations({ store, system }: OperationContext): ErasureOperations {
  async function tracesOf(tables: Pick<Tables, 'erasure' | 'identities'>, person: Person): Promise<Traces> {
    const names = await tables.erasure.namesOf(person.id);
    const linked = (await tables.identities.list(person.id)).flatMap(({ account, subject }) => [account, subject]);
    return {
      personId: person.id,
      uuid: toUuid(person),
      email: person.email,
      names: [...new Set([person.name, ...names, ...linked])].filter((name) => name !== erasedName),
    };
  }

  const random = (bytes: number): string => Buffer.from(system.random.bytes(bytes)).toString('base64url');

  /** What is left of a row, with what vouches for it; null when it names nobody. */
  function leftOf(row: ChainedAuditRow, traces: Traces, erasure: string): ChainedAuditRow | null {
    const parts = auditWithoutTraces(row, traces);
    if (parts === null) return null;
    if (!isAsWritten(row.before, row))
      throw new JobTriggerError(
        'conflict',
        `Row ${row.sequence} of the audit is not as it was written, and is not erased over. See: jtp audit verify`,
      );
    // The id of the request was the salt of the hash that stays; another takes its place as the salt of the digest.
    const left = { ...row, ...parts, who: { ...parts.who, requestId: random(12) } };
    const erasures = [...(erasuresOf(row) ?? []), { erasure, digest: contentDigest(row.before, left) }];
    return { ...left, erased: JSON.stringify(erasures) };
  }

  /** Everything that is there, then what came meanwhile with the end held: the long part keeps nobody waiting. */
  async function eraseAudit(
    tables: Tables,
    traces: Traces,
    erasure: string,
  ): Promise<ReturnType<ErasureSum['finish']>> {
    const sum = new ErasureSum();
    let last = 0;
    async function some(): Promise<void> {
      for (const row of await tables.erasure.auditNaming(traces, last)) {
        last = row.sequence;
        const left = leftOf(row, traces, erasure);
        if (left === null) continue;
        await tables.erasure.rewriteAudit(left);
        sum.add(left.sequence, erasuresOf(left)?.at(-1)?.digest ?? '');
      }
    }
    await some();
    await tables.erasure.lockAudit();
    await some();
    return sum.finish();
  }

  return {
    async exportPerson(id, actor) {
      const person = await store.people.get(id);
      if (person === null) throw notFound('person');
      await record(store, actor, { action: 'person.exported', subject: subjectOf('person', person) });
      const traces = await tracesOf(store, person);
      const rows = await store.erasure.rowsNaming(traces, mostRows);
      const cut = Object.keys(rows).filter((table) => (rows[table]?.length ?? 0) >= mostRows);
      return { person, names: traces.names, rows, cut };
    },

    async erase(id, confirm, actor) {
      const erasure = await audited(store, async (tables) => {
        await tables.people.lock();
        const person = await tables.people.get(id);
        if (person === null) throw notFound('person');
        if (confirm.trim().toLowerCase() !== person.email)
          throw invalidField('confirm', 'must be the mail address of the account');
        // The command line on the machine acts as the first administrator, and is nobody with an account.
        const isOneself = actor.personId === id && actor.via !== 'cli';
        if (isOneself)
          throw new JobTriggerError(
            'conflict',
            'Nobody erases themselves: what did it must be told. Ask another administrator.',
          );
        await stillAdmin(tables, actor);
        await keepAnAdmin(tables, person, null);
        const traces = await tracesOf(tables, person);
        const jobs = await tables.jobs.disown(id);
        await tables.people.remove(id);
        await tables.erasure.takeOut(traces);
        const who = actor.personId === id ? { ...actor, personId: null } : actor;
        await tables.events.append([
          { kind: 'person.erased', actor: who.name, data: { via: actor.via, jobs: jobs.length } },
          ...jobs.map(({ id: jobId, createdAt: jobCreatedAt, name }) => ({
            kind: 'job.orphaned',
            jobId,
            jobCreatedAt,
            actor: who.name,
            data: { name, owner_before: erasedName, via: actor.via },
          })),
        ]);
        const jobsNaming = await tables.erasure.jobsNaming(traces);
        const token = random(16);
        const { rows, digest } = await eraseAudit(tables, traces, token);
        await note(tables, who, {
          action: 'person.erased',
          subject: namedSubject('person', null),
          after: { erasure: token, rows, digest, jobs: jobs.length },
        });
        return { jobs: jobs.length, auditRows: rows, jobsNaming };
      });
      store.bell.ring('change');
      return erasure;
    },
  };
}
