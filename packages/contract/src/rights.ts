import { holdsRole, roles, scopeOfRole } from 'job-trigger-core/model';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import type { Right } from './shapes/people.ts';

/** The published matrix, made from the table that the portal asks. */
export function rights(): readonly Right[] {
  return Object.values(endpoints).map(
    ({ method, path, summary, tag, access, inPerson, proof, approver }: Endpoint) => ({
      method,
      path,
      summary,
      tag,
      roles: roles.filter(
        (role) => access === 'open' || (holdsRole(role, access) && (approver !== true || role === 'admin')),
      ),
      approver: approver === true,
      scope: access === 'open' || inPerson === true ? null : scopeOfRole[access],
      in_person: inPerson === true,
      proof: proof === true,
      open: access === 'open',
    }),
  );
}
