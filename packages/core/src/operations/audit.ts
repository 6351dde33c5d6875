/** What administrators ask of the audit: to read it, to have it verified, to take its signed end away. */
import { auditSeal, keptHeads, type AuditSeal, type SignedHead } from '../channels/audit-seal.ts';
import { invalidField } from '../errors.ts';
import type { AuditHead, AuditRow } from '../model/audit.ts';
import { ChainWalk, type AuditFault } from '../store/audit-chain.ts';
import type { AuditFilter } from '../store/audit-table.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import { keysFor } from '../secrets/canary.ts';
import { formerAuditKeys } from './audit-keys.ts';
import type { OperationContext } from './context.ts';
import { keysOf } from './installation-box.ts';

export interface AuditVerdict {
  /** The last row that stands as it was written. */
  readonly good: AuditHead;
  /** The end that the database remembers. */
  readonly head: AuditHead;
  /** Null when every row does. */
  readonly fault: AuditFault | null;
  /** Of the good rows, those that stand as an erasure left them, which the chain vouches for. */
  readonly erased: number;
  /** Exported heads that the rows were held against. */
  readonly heads: number;
  /** Exported heads in the data folder that this installation's key did not sign. */
  readonly foreign: number;
}

export interface AuditOperations {
  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;
  /** The same, all of them, page after page. */
  each(filter: AuditFilter): AsyncGenerator<readonly AuditRow[]>;
  /** @throws `secret_unreadable` when the installation's key cannot be used */
  head(): Promise<SignedHead>;
  /**
   * Follows the whole chain, and holds it against the heads that were exported.
   * @param given one that somebody kept elsewhere; those of the data folder count anyway
   * @throws `invalid` when it was signed with another key, or changed
   */
  verify(given?: SignedHead | null): Promise<AuditVerdict>;
}

const readAtOnce = 500;
const walkedAtOnce = 1000;

export function auditOperations(context: OperationContext): AuditOperations {
  const { store, dataDir } = context;

  /** Read each time: the installation may have got another key meanwhile. */
  const sealOf = async (): Promise<AuditSeal> =>
    auditSeal(await keysFor(store, keysOf(context), 'audit head'), await formerAuditKeys(context));

  /** The end is read before each batch: what it remembers then must be there. */
  async function walk(known: readonly AuditHead[]): Promise<Omit<AuditVerdict, 'heads' | 'foreign'>> {
    const chain = new ChainWalk(known);
    let head = await store.audit.head();
    for (;;) {
      const rows = await store.audit.after(chain.end.sequence, walkedAtOnce);
      if ((rows.at(-1)?.sequence ?? 0) > head.sequence) head = await store.audit.head();
      const isGood = rows.every((row) => chain.take(row));
      if (rows.length === 0 || !isGood)
        return { good: chain.end, erased: chain.erased, head, fault: chain.finish(head) };
    }
  }

  return {
    list: (filter, page) => store.audit.list(filter, page),

    async *each(filter) {
      let after: string | null | undefined;
      while (after !== null) {
        const page: Page<AuditRow> = await store.audit.list(filter, { limit: readAtOnce, after: after ?? null });
        if (page.items.length > 0) yield page.items;
        after = page.next;
      }
    },

    async head() {
      return (await sealOf()).sign(await store.audit.head(), await store.now());
    },

    async verify(given = null) {
      const seal = await sealOf();
      if (given !== null && !seal.isOurs(given))
        throw invalidField('head', 'was not signed with the key of this installation, or was changed');
      const kept = keptHeads(dataDir);
      const ours = kept.filter((head) => seal.isOurs(head));
      const known = [...ours, ...(given === null ? [] : [given])];
      return { ...(await walk(known)), heads: known.length, foreign: kept.length - ours.length };
    },
  };
}
