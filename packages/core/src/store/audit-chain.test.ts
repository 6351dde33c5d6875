import { describe, expect, test } from 'vitest';
import { auditHash, ChainWalk, type AuditFault, type StoredAuditRow } from './audit-chain.ts';
import type { AuditHead } from '../model/audit.ts';

const who = { personId: 1, name: 'Mei', via: 'page', address: '127.0.0.1', requestId: 'r', keyId: null } as const;

/** Rows that say who they are, chained from the first. */
function chainOf(names: readonly string[], behind: readonly StoredAuditRow[] = []): readonly StoredAuditRow[] {
  const rows = [...behind];
  for (const name of names) {
    const { sequence, hash } = rows.at(-1) ?? { sequence: 0, hash: '' };
    const subject = { kind: 'job', id: null, name } as const;
    const row = { sequence: sequence + 1, at: 1000 + sequence, who, action: 'job.changed', subject, changes: '[]' };
    rows.push({ ...row, hash: auditHash(hash, row) });
  }
  return rows;
}

const headOf = (rows: readonly StoredAuditRow[]): AuditHead => rows.at(-1) ?? { sequence: 0, hash: '' };
const whole = chainOf(['a', 'b', 'c', 'd', 'e']);

function faultOf(
  rows: readonly StoredAuditRow[],
  { head = headOf(whole), known = [] }: { head?: AuditHead; known?: readonly AuditHead[] } = {},
): AuditFault | null {
  const walk = new ChainWalk(known);
  for (const row of rows) if (!walk.take(row)) break;
  return walk.finish(head);
}

/** A row put in its place with the rows behind it numbered and hashed anew, as somebody would who knows how. */
const rewritten = (from: number, names: readonly string[]): readonly StoredAuditRow[] =>
  chainOf(names, whole.slice(0, from));

describe('the chain of the audit (SEC-H6)', () => {
  test('what stands as it was written has no fault, an empty chain neither', () => {
    expect(faultOf(whole)).toBeNull();
    expect(faultOf([], { head: headOf([]) })).toBeNull();
    expect(faultOf(whole, { known: [{ sequence: 3, hash: whole[2]?.hash ?? '' }] })).toBeNull();
  });

  test.each(['at', 'action', 'changes', 'hash'] as const)('names the row whose %s was changed', (field) => {
    const spoiled = whole.map((row) => (row.sequence === 3 ? { ...row, [field]: field === 'at' ? 1 : 'x' } : row));
    expect(faultOf(spoiled)).toMatchObject({ sequence: 3, problem: 'changed' });
  });

  test.each(Object.keys(who))('names the row of which somebody else is said to have %s', (field) => {
    const spoiled = whole.map((row) => (row.sequence === 2 ? { ...row, who: { ...who, [field]: 'x' } } : row));
    expect(faultOf(spoiled as readonly StoredAuditRow[])).toMatchObject({ sequence: 2, problem: 'changed' });
  });

  test('names the first of the rows that were deleted', () => {
    const fault = faultOf(whole.filter(({ sequence }) => sequence !== 2 && sequence !== 3));
    expect(fault).toEqual({ sequence: 2, problem: 'missing', text: 'Rows 2 to 3 are missing.' });
    expect(faultOf(whole.slice(1))).toMatchObject({ sequence: 1, problem: 'missing', text: 'Row 1 is missing.' });
  });

  test('names the first of two rows that changed places', () => {
    const moved = whole.map((row) => {
      const other = { 2: 4, 4: 2 }[row.sequence];
      return other === undefined ? row : { ...(whole[other - 1] ?? row), sequence: row.sequence };
    });
    expect(faultOf(moved)).toMatchObject({ sequence: 2, problem: 'changed' });
  });

  test('names a row that was put in later with an old time', () => {
    const late = { ...whole[1], sequence: 3, at: 1001, hash: whole[1]?.hash ?? '' } as StoredAuditRow;
    const behind = whole.slice(2).map((row) => ({ ...row, sequence: row.sequence + 1 }));
    expect(faultOf([...whole.slice(0, 2), late, ...behind])).toMatchObject({ sequence: 3, problem: 'changed' });
    expect(faultOf(chainOf(['f'], whole))).toMatchObject({ sequence: 6, problem: 'beyond_head' });
  });

  test('tells that the end is gone, against the end that the database remembers and against an exported one', () => {
    const cut = whole.slice(0, 3);
    expect(faultOf(cut)).toMatchObject({ sequence: 4, problem: 'tail_missing' });
    expect(faultOf(cut, { head: headOf(cut) })).toBeNull();
    expect(faultOf(cut, { head: headOf(cut), known: [headOf(whole)] })).toMatchObject({
      sequence: 4,
      problem: 'tail_missing',
      text: 'The end is missing: there is no row after 3, and there were 5.',
    });
  });

  test('tells a chain that forked: written anew, or an older database that went on', () => {
    const forked = rewritten(2, ['x', 'y', 'z', 'more']);
    expect(faultOf(forked, { head: headOf(forked) })).toBeNull();
    const exported = whole.slice(0, 4).map(({ sequence, hash }) => ({ sequence, hash }));
    expect(faultOf(forked, { head: headOf(forked), known: exported })).toMatchObject({
      sequence: 3,
      problem: 'forked',
    });
  });
});
