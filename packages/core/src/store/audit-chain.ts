/** The chain of the audit: what a row's hash is made of, and whether rows still stand as they were written. Pure. */
import { createHash } from 'node:crypto';
import type { AuditHead, AuditSubject, AuditWho } from '../model/audit.ts';
import type { Instant } from '../model/instant.ts';

/** A row as it stands in the database: its differences are the text that was hashed. */
export interface StoredAuditRow extends AuditHead {
  readonly at: Instant;
  readonly who: AuditWho;
  readonly action: string;
  readonly subject: AuditSubject;
  readonly changes: string;
  /** What erasures left of it: {@link Erased} as JSON; null for a row that stands as it was written. */
  readonly erased?: string | null;
}

/** What of a row's text does not depend on its place in the chain. */
export function canonicalRest({
  who,
  action,
  subject,
  changes,
}: Pick<StoredAuditRow, 'who' | 'action' | 'subject' | 'changes'>): string {
  const { personId, name, via, address, requestId, keyId } = who;
  const fields = [
    [personId, name, via, address, requestId, keyId],
    action,
    [subject.kind, subject.id, subject.name],
    changes,
  ];
  return JSON.stringify(fields).slice(1);
}

/** Every field in a fixed order, as JSON: the same row always gives the same text. */
function canonical(row: Omit<StoredAuditRow, 'hash'>): string {
  return `["jtp-audit-1",${row.sequence},${row.at},${canonicalRest(row)}`;
}

/** @param before hash of the row before it; an empty text for the first */
export function auditHash(before: string, row: Omit<StoredAuditRow, 'hash'>): string {
  return createHash('sha256').update(before).update(canonical(row)).digest('hex');
}

/** One erasure that took a person's traces out of a row. */
export interface Erased {
  /** Of the erasure, as its own row says it. */
  readonly erasure: string;
  /** {@link contentDigest} of what it left. */
  readonly digest: string;
}

/**
 * What an erasure vouches for of a row: its content, and that its hash stands where it stood. The hash itself cannot be
 * made anew, as what it was made of is gone.
 */
export function contentDigest(before: string, row: StoredAuditRow): string {
  return createHash('sha256')
    .update('jtp-erased-1')
    .update(before)
    .update(canonical(row))
    .update(row.hash)
    .digest('hex');
}

/** The rows of one erasure as one: what its own row in the chain keeps of them. Fed in their order. */
export class ErasureSum {
  readonly #sum = createHash('sha256');
  #rows = 0;

  add(sequence: number, digest: string): void {
    this.#rows += 1;
    this.#sum.update(`${sequence} ${digest}\n`);
  }

  /** Once. */
  finish(): { readonly rows: number; readonly digest: string } {
    return { rows: this.#rows, digest: this.#sum.digest('hex') };
  }
}

export function erasuresOf({ erased = null }: Pick<StoredAuditRow, 'erased'>): readonly Erased[] | null {
  if (erased === null) return null;
  try {
    const list: unknown = JSON.parse(erased);
    const isWhole = (item: Partial<Erased> | null): boolean =>
      typeof item?.erasure === 'string' && typeof item.digest === 'string';
    return Array.isArray(list) && list.length > 0 && list.every(isWhole) ? (list as readonly Erased[]) : [];
  } catch {
    return [];
  }
}

/** Whether a row stands as it was written, or as the last erasure left it. @param before hash of the row before it */
export function isAsWritten(before: string, row: StoredAuditRow): boolean {
  const erasures = erasuresOf(row);
  return erasures === null
    ? auditHash(before, row) === row.hash
    : erasures.at(-1)?.digest === contentDigest(before, row);
}

/** What the row of an erasure says of it. */
function saidOf({ changes }: StoredAuditRow): { erasure: unknown; rows: unknown; digest: unknown } {
  const said = new Map<unknown, unknown>();
  try {
    const list = JSON.parse(changes) as readonly { field?: unknown; after?: unknown }[];
    for (const { field, after } of list) said.set(field, after);
  } catch {
    // Says nothing, and so vouches for nothing.
  }
  return { erasure: said.get('erasure'), rows: said.get('rows'), digest: said.get('digest') };
}

/** What is wrong with a chain, at its first bad row. */
export interface AuditFault {
  readonly sequence: number;
  readonly problem: 'changed' | 'missing' | 'tail_missing' | 'beyond_head' | 'forked';
  readonly text: string;
}

function gapText(from: number, to: number): string {
  return from === to ? `Row ${from} is missing.` : `Rows ${from} to ${to} are missing.`;
}

/** Follows a chain row by row, in their order, and stops at the first that is not as it was written. */
export class ChainWalk {
  #end: AuditHead = { sequence: 0, hash: '' };
  #fault: AuditFault | null = null;
  /** Erasures whose own row has not come yet: what they left so far, and their first row. */
  readonly #erasures = new Map<string, { readonly first: number; readonly sum: ErasureSum }>();
  readonly #known: ReadonlyMap<number, string>;

  /** @param known heads that were exported before: their rows must have these hashes */
  constructor(known: readonly AuditHead[] = []) {
    this.#known = new Map(known.map(({ sequence, hash }) => [sequence, hash]));
  }

  #erased = 0;

  /** Good rows that an erasure took a person out of. */
  get erased(): number {
    return this.#erased;
  }

  /** The last good row. */
  get end(): AuditHead {
    return this.#end;
  }

  /** @returns false at a bad row, after which nothing more is looked at */
  take(row: StoredAuditRow): boolean {
    this.#fault ??= this.#faultOf(row);
    if (this.#fault !== null) return false;
    this.#end = { sequence: row.sequence, hash: row.hash };
    if (erasuresOf(row) !== null) this.#erased += 1;
    return true;
  }

  #faultOf(row: StoredAuditRow): AuditFault | null {
    const next = this.#end.sequence + 1;
    if (row.sequence > next) return { sequence: next, problem: 'missing', text: gapText(next, row.sequence - 1) };
    if (row.sequence !== next || !isAsWritten(this.#end.hash, row))
      return {
        sequence: row.sequence,
        problem: 'changed',
        text: `Row ${row.sequence} is not as it was written: it was changed, moved, or put in later.`,
      };
    const vouching = this.#erasureFault(row);
    if (vouching !== null) return vouching;
    const exported = this.#known.get(row.sequence);
    if (exported === undefined || exported === row.hash) return null;
    return {
      sequence: row.sequence,
      problem: 'forked',
      text: `Row ${row.sequence} is another one than when its head was exported: the chain was written anew, or an older database was restored and went on.`,
    };
  }

  /** Each erased row must be vouched for by the row of its erasure, further on. */
  #erasureFault(row: StoredAuditRow): AuditFault | null {
    for (const { erasure, digest } of erasuresOf(row) ?? []) {
      const open = this.#erasures.get(erasure) ?? { first: row.sequence, sum: new ErasureSum() };
      open.sum.add(row.sequence, digest);
      this.#erasures.set(erasure, open);
    }
    if (row.action !== 'person.erased') return null;
    const said = saidOf(row);
    const erasure = String(said.erasure);
    const { first, sum } = this.#erasures.get(erasure) ?? { first: row.sequence, sum: new ErasureSum() };
    const { rows, digest } = sum.finish();
    this.#erasures.delete(erasure);
    if (said.rows === rows && said.digest === digest) return null;
    return {
      sequence: first,
      problem: 'changed',
      text: `Of the rows that row ${row.sequence} says were erased, one or more are not as that left them.`,
    };
  }

  /** What is wrong with what was taken, and with where it ends. @param head the end that the database remembers */
  finish(head: AuditHead): AuditFault | null {
    if (this.#fault !== null) return this.#fault;
    const last = Math.max(head.sequence, ...this.#known.keys());
    const { sequence, hash } = this.#end;
    if (sequence < last)
      return {
        sequence: sequence + 1,
        problem: 'tail_missing',
        text: `The end is missing: there is no row after ${sequence}, and there were ${last}.`,
      };
    if (sequence > head.sequence)
      return {
        sequence: head.sequence + 1,
        problem: 'beyond_head',
        text: `Row ${head.sequence + 1} was put in behind the end that the database remembers.`,
      };
    if (hash !== head.hash)
      return { sequence, problem: 'changed', text: `Row ${sequence} is not the end that the database remembers.` };
    const [unvouched] = this.#erasures.values();
    if (unvouched !== undefined)
      return {
        sequence: unvouched.first,
        problem: 'changed',
        text: `Row ${unvouched.first} is not as it was written, and no row says that it was erased.`,
      };
    return null;
  }
}
