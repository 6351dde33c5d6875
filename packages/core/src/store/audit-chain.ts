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
}

/** Every field in a fixed order, as JSON: the same row always gives the same text. */
function canonical({ sequence, at, who, action, subject, changes }: Omit<StoredAuditRow, 'hash'>): string {
  const { personId, name, via, address, requestId, keyId } = who;
  return JSON.stringify([
    'jtp-audit-1',
    sequence,
    at,
    [personId, name, via, address, requestId, keyId],
    action,
    [subject.kind, subject.id, subject.name],
    changes,
  ]);
}

/** @param before hash of the row before it; an empty text for the first */
export function auditHash(before: string, row: Omit<StoredAuditRow, 'hash'>): string {
  return createHash('sha256').update(before).update(canonical(row)).digest('hex');
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
  readonly #known: ReadonlyMap<number, string>;

  /** @param known heads that were exported before: their rows must have these hashes */
  constructor(known: readonly AuditHead[] = []) {
    this.#known = new Map(known.map(({ sequence, hash }) => [sequence, hash]));
  }

  /** The last good row. */
  get end(): AuditHead {
    return this.#end;
  }

  /** @returns false at a bad row, after which nothing more is looked at */
  take(row: StoredAuditRow): boolean {
    this.#fault ??= this.#faultOf(row);
    if (this.#fault === null) this.#end = { sequence: row.sequence, hash: row.hash };
    return this.#fault === null;
  }

  #faultOf(row: StoredAuditRow): AuditFault | null {
    const next = this.#end.sequence + 1;
    if (row.sequence > next) return { sequence: next, problem: 'missing', text: gapText(next, row.sequence - 1) };
    if (row.sequence !== next || auditHash(this.#end.hash, row) !== row.hash)
      return {
        sequence: row.sequence,
        problem: 'changed',
        text: `Row ${row.sequence} is not as it was written: it was changed, moved, or put in later.`,
      };
    const exported = this.#known.get(row.sequence);
    if (exported === undefined || exported === row.hash) return null;
    return {
      sequence: row.sequence,
      problem: 'forked',
      text: `Row ${row.sequence} is another one than when its head was exported: the chain was written anew, or an older database was restored and went on.`,
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
    return null;
  }
}
