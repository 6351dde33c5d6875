/** What groups of a provider give. Pure. */
import type { OidcProvider } from '../model/identity.ts';
import { holdsRole, type Person, type Role } from '../model/person.ts';

export type Rights = Pick<Person, 'role' | 'approver'>;

/**
 * The rights that a sign-in brings: the highest role of the groups, else the provider's default; approving only where some
 * group of the mapping gives it at all. Null when the provider lets nobody in without a group of the mapping.
 *
 * @param before as an administrator or the last sign-in left them; they stay where the provider maps no groups
 */
export function rightsBy(
  { groupsClaim, groups: mapping, defaultRole }: Pick<OidcProvider, 'groupsClaim' | 'groups' | 'defaultRole'>,
  groups: readonly string[] | null,
  before: Rights | null,
): Rights | null {
  if (groupsClaim === null) return before ?? (defaultRole === null ? null : { role: defaultRole, approver: false });
  const given = (groups ?? []).flatMap((group) => mapping.get(group) ?? []);
  const role = given.reduce<Role | null>((best, each) => {
    if (each === 'approver') return best;
    return best === null || holdsRole(each, best) ? each : best;
  }, null);
  const inForce = role ?? defaultRole;
  if (inForce === null) return null;
  const mapsApprovers = [...mapping.values()].includes('approver');
  return { role: inForce, approver: mapsApprovers ? given.includes('approver') : (before?.approver ?? false) };
}
