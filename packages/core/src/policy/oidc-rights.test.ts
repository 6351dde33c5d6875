import { describe, expect, test } from 'vitest';
import { rightsBy } from './oidc-rights.ts';

const groups = new Map([
  ['staff', 'viewer'],
  ['ops', 'operator'],
  ['chiefs', 'admin'],
  ['readers', 'approver'],
] as const);
const mapped = { groupsClaim: 'groups', groups, defaultRole: null } as const;
const before = { role: 'editor', approver: true } as const;

describe('rights by the groups of a provider', () => {
  test('the highest role of the groups counts, whatever stood before', () => {
    expect(rightsBy(mapped, ['staff', 'ops', 'unknown'], before)).toEqual({ role: 'operator', approver: false });
    expect(rightsBy(mapped, ['chiefs', 'readers'], null)).toEqual({ role: 'admin', approver: true });
  });

  test('without a group of the mapping the default counts, and without a default nobody comes in', () => {
    expect(rightsBy({ ...mapped, defaultRole: 'viewer' }, ['unknown'], before)).toEqual({
      role: 'viewer',
      approver: false,
    });
    for (const none of [null, [], ['unknown'], ['readers']]) expect(rightsBy(mapped, none, before)).toBeNull();
  });

  test('a mapping that makes no approvers leaves approving as it was', () => {
    const roles = { ...mapped, groups: new Map([['ops', 'operator']] as const) };
    expect(rightsBy(roles, ['ops'], before)).toEqual({ role: 'operator', approver: true });
  });

  test('a provider that maps no groups leaves rights to administrators', () => {
    const plain = { groupsClaim: null, groups: new Map(), defaultRole: 'viewer' } as const;
    expect(rightsBy(plain, ['chiefs'], before)).toBe(before);
    expect(rightsBy(plain, null, null)).toEqual({ role: 'viewer', approver: false });
  });
});
