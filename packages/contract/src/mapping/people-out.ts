import {
  formatInstant,
  toUuid,
  type Invitation as CoreInvitation,
  type Person as CorePerson,
  type SecondFactors,
  type SignIn,
} from 'job-trigger-core';
import type { Invitation, Person, SignedIn, User } from '../shapes/people.ts';
import { secondFactorsToWire } from './sign-in-method-out.ts';

export function personToWire(person: CorePerson): Person {
  return {
    id: toUuid(person),
    email: person.email,
    name: person.name,
    role: person.role,
    approver: person.approver,
    timezone: person.timezone,
    created_at: formatInstant(person.createdAt),
  };
}

/** @param factors undefined for somebody who has none */
export function userToWire(person: CorePerson, factors: SecondFactors | undefined): User {
  return {
    ...personToWire(person),
    active: person.active,
    last_seen_at: person.seenAt === null ? null : formatInstant(person.seenAt),
    second_factors: secondFactorsToWire(factors ?? { oneTimeCodes: false, passkeys: 0 }),
  };
}

export function invitationToWire(invitation: CoreInvitation): Invitation {
  return {
    id: toUuid(invitation),
    email: invitation.email,
    role: invitation.role,
    approver: invitation.approver,
    invited_by: invitation.invitedBy,
    expires_at: formatInstant(invitation.expiresAt),
    created_at: formatInstant(invitation.createdAt),
  };
}

/** @param current the hash of the sign-in that asks. The id is the beginning of a hash, which leads to no credential. */
export function signInToWire(signIn: SignIn, current: string | null): SignedIn {
  return {
    id: signIn.hash.slice(0, 16),
    current: signIn.hash === current,
    user_agent: signIn.userAgent,
    address: signIn.address,
    created_at: formatInstant(signIn.createdAt),
    last_seen_at: formatInstant(signIn.seenAt),
    expires_at: formatInstant(signIn.expiresAt),
  };
}
