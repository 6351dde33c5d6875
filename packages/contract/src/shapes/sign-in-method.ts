/** What people show besides a password. The answers of authenticators are those of WebAuthn, level 3, in JSON. */
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { Refresh } from './people.ts';

const Code = z
  .string()
  .min(1)
  .max(60)
  .describe('The six digits that the app shows, or a recovery code; spaces and hyphens do not count.');
const Token = z.string().max(200).describe('From the answer before; it counts once, for five minutes.');

/** Base64url, with room for the longest statement of an authenticator. */
const Bytes = z.string().max(20_000);

/** What `navigator.credentials` is asked with, in JSON. */
const Options = z.record(z.string(), z.unknown()).describe('For `navigator.credentials`, in JSON.');

export const PasskeyChallenge = z.object({ token: z.string(), options: Options }).meta({ id: 'PasskeyChallenge' });
export type PasskeyChallenge = z.infer<typeof PasskeyChallenge>;

const credential = {
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(50).nullish(),
  clientExtensionResults: z.record(z.string(), z.unknown()),
};

export const NewCredential = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: Bytes,
      attestationObject: Bytes,
      transports: z.array(z.string().max(50)).max(10).optional(),
    }),
  })
  .meta({ id: 'NewCredential' });
export type NewCredential = z.infer<typeof NewCredential>;

export const KnownCredential = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: Bytes,
      authenticatorData: Bytes,
      signature: Bytes,
      userHandle: z.string().max(200).nullish(),
    }),
  })
  .meta({ id: 'KnownCredential' });
export type KnownCredential = z.infer<typeof KnownCredential>;

export const SecondStepRequest = z
  .strictObject({ token: Token, code: Code, refresh: Refresh })
  .meta({ id: 'SecondStepRequest' });

export const PasskeySignInRequest = z
  .strictObject({ token: Token, credential: KnownCredential })
  .meta({ id: 'PasskeySignInRequest' });

export const ProofRequest = z
  .strictObject({
    password: z.string().max(2000).optional(),
    code: Code.optional(),
    passkey: PasskeySignInRequest.optional(),
  })
  .meta({ id: 'ProofRequest', description: 'Exactly one of them.' });

export const CodeRequest = z.strictObject({ code: Code }).meta({ id: 'CodeRequest' });

export const CodesBegun = z
  .object({
    secret: z.string().describe('Base32, to be typed; told only now.'),
    uri: z.string().describe('`otpauth://totp/…`, for a picture or a link.'),
  })
  .meta({ id: 'CodesBegun' });
export type CodesBegun = z.infer<typeof CodesBegun>;

export const RecoveryCodes = z
  .object({ recovery_codes: z.array(z.string()).describe('Told only now; each works once.') })
  .meta({ id: 'RecoveryCodes' });

export const Passkey = z
  .object({ id: Uuid, name: z.string(), created_at: Instant, last_used_at: Instant.nullable() })
  .meta({ id: 'Passkey' });
export type Passkey = z.infer<typeof Passkey>;

export const PasskeyInput = z
  .strictObject({ token: Token, name: z.string().max(200), credential: NewCredential })
  .meta({ id: 'PasskeyRequest' });

export const PasskeyPatch = z.strictObject({ name: z.string().max(200) }).meta({ id: 'PasskeyChange' });

export const SignInMethods = z
  .object({
    one_time_codes: z
      .object({ since: Instant, recovery_codes: z.int().describe('How many are left.') })
      .nullable()
      .describe('Null where no codes are asked for.'),
    passkeys: z.array(Passkey),
    passkeys_refused: z.string().nullable().describe('Why passkeys do not work at this address; null where they do.'),
  })
  .meta({ id: 'SignInMethods' });
export type SignInMethods = z.infer<typeof SignInMethods>;
