import {
  formatInstant,
  toUuid,
  type Passkey as CorePasskey,
  type SecondFactors,
  type SignInMethods as CoreMethods,
} from 'job-trigger-core';
import type { User } from '../shapes/people.ts';
import type { Passkey, SignInMethods } from '../shapes/sign-in-method.ts';

export const secondFactorsToWire = ({ oneTimeCodes, passkeys }: SecondFactors): User['second_factors'] => ({
  one_time_codes: oneTimeCodes,
  passkeys,
});

export function passkeyToWire(passkey: CorePasskey): Passkey {
  const { name, createdAt, usedAt } = passkey;
  return {
    id: toUuid(passkey),
    name,
    created_at: formatInstant(createdAt),
    last_used_at: usedAt === null ? null : formatInstant(usedAt),
  };
}

/** @param refused why passkeys do not work where this is asked; null where they do */
export function signInMethodsToWire({ codes, passkeys }: CoreMethods, refused: string | null): SignInMethods {
  return {
    one_time_codes: codes === null ? null : { since: formatInstant(codes.since), recovery_codes: codes.recoveryCodes },
    passkeys: passkeys.map(passkeyToWire),
    passkeys_refused: refused,
  };
}
