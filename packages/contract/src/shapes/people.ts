import { roles } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { KeyScope } from './key.ts';

const Password = z.string().max(1100).describe('8 to 1024 bytes.');

export const SetupRequest = z
  .strictObject({
    token: z.string().max(200),
    email: z.string().max(320),
    name: z.string().max(200),
    password: Password,
    timezone: z.string().max(100),
  })
  .meta({ id: 'SetupRequest' });
export type SetupRequest = z.infer<typeof SetupRequest>;

/** What a program asks for that stays signed in. */
export const Refresh = z
  .boolean()
  .optional()
  .describe('True: a signed access token for ten minutes, with a `refresh_token` for the next; no cookie.');

export const LoginRequest = z
  .strictObject({
    email: z.string().max(320),
    password: z.string().max(2000),
    refresh: Refresh,
  })
  .meta({ id: 'LoginRequest' });

export const RefreshRequest = z.strictObject({ refresh_token: z.string().max(200) }).meta({ id: 'RefreshRequest' });

export const Tokens = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds.'),
    refresh_token: z
      .string()
      .optional()
      .describe('Where it was asked for. It works once: the answer to it brings the next.'),
    refresh_expires_in: z.int().optional().describe('Seconds until it is over unused.'),
    cookie: z
      .boolean()
      .describe('False where a browser would need HTTPS to get the session cookie, or none was asked for.'),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

export const Person = z
  .object({
    id: Uuid,
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    approver: z
      .boolean()
      .describe('May approve scripts, besides what the role allows; none of which they are the author.'),
    timezone: z.string(),
    created_at: Instant,
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof Person>;

export const SecondFactors = z
  .object({ one_time_codes: z.boolean(), passkeys: z.int() })
  .meta({ id: 'SecondFactors', description: 'What somebody shows besides the password, or in its place.' });

/** An account as administrators see it. */
export const User = Person.extend({
  active: z.boolean().describe('False: may not sign in, and no key of theirs counts.'),
  last_seen_at: Instant.nullable().describe('The last request with a sign-in, to the minute.'),
  second_factors: SecondFactors,
}).meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const UserPatch = z
  .strictObject({ role: z.enum(roles).optional(), approver: z.boolean().optional(), active: z.boolean().optional() })
  .meta({ id: 'UserChange' });

export const InvitationInput = z
  .strictObject({
    email: z.string().min(1).max(320),
    role: z.enum(roles),
    approver: z.boolean().optional(),
    valid_seconds: z.int().optional().describe('A minute to 30 days; 72 hours when absent.'),
  })
  .meta({ id: 'InvitationRequest' });

export const Invitation = z
  .object({
    id: Uuid,
    email: z.string(),
    role: z.enum(roles),
    approver: z.boolean(),
    invited_by: z.string(),
    expires_at: Instant,
    created_at: Instant,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

export const InvitationMade = Invitation.extend({
  token: z.string().describe('Told only now; it works once.'),
  path: z.string().describe('The page that takes it, with the token behind `#`, where no log keeps it.'),
}).meta({ id: 'InvitationMade' });
export type InvitationMade = z.infer<typeof InvitationMade>;

export const InvitationToken = z.strictObject({ token: z.string().max(200) }).meta({ id: 'InvitationTokenRequest' });

/** What the holder of an invitation may know. */
export const InvitationFor = z
  .object({ email: z.string(), role: z.enum(roles), approver: z.boolean(), invited_by: z.string() })
  .meta({ id: 'InvitationFor' });

export const AcceptRequest = z
  .strictObject({
    token: z.string().max(200),
    name: z.string().max(200),
    password: Password,
    timezone: z.string().max(100),
  })
  .meta({ id: 'AcceptRequest' });

export const ProfilePatch = z
  .strictObject({ name: z.string().max(200).optional(), timezone: z.string().max(100).optional() })
  .meta({ id: 'ProfileChange' });

export const PasswordRequest = z
  .strictObject({ current_password: z.string().max(2000), new_password: Password })
  .meta({ id: 'PasswordRequest' });

/** One thing that can be asked of the server, with who may. */
export const Right = z
  .object({
    method: z.string(),
    path: z.string(),
    summary: z.string(),
    tag: z.string(),
    roles: z.array(z.enum(roles)),
    scope: KeyScope.nullable().describe('What a key needs; null where none does, or none will do.'),
    approver: z.boolean().describe('For approvers, too, whatever their role.'),
    in_person: z.boolean().describe('Refused to keys.'),
    proof: z.boolean().describe('Needs a fresh proof of whoever asks in person.'),
    open: z.boolean().describe('For anybody, known or not.'),
  })
  .meta({ id: 'Right' });
export type Right = z.infer<typeof Right>;

/** Where somebody is signed in. */
export const SignedIn = z
  .object({
    id: z.string(),
    current: z.boolean().describe('The one that asks.'),
    user_agent: z.string().nullable(),
    address: z.string().nullable(),
    created_at: Instant,
    last_seen_at: Instant,
    expires_at: Instant,
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

/** Whose eyes a session looks with. */
export const ViewStarted = z
  .object({ id: Uuid, name: z.string(), email: z.string(), until: Instant.describe('It ends by itself then.') })
  .meta({ id: 'View' });
export type ViewStarted = z.infer<typeof ViewStarted>;

/** What the pages need before anyone is known. */
export const Session = z
  .object({
    setup_needed: z.boolean(),
    person: Person.nullable(),
    key: z
      .object({ id: Uuid, name: z.string(), scopes: z.array(KeyScope), expires_at: Instant })
      .nullable()
      .describe('The key that asks, with the scopes that count; `person` is its owner.'),
    view: z
      .object({ by: z.string(), until: Instant })
      .nullable()
      .describe('The administrator who looks with the eyes of `person`, and changes nothing meanwhile.'),
    second_factor_missing: z
      .boolean()
      .describe('True where this person must set up one-time codes or a passkey before anything else.'),
    settings: z.object({
      command_allowed: z.boolean(),
      authentication: z
        .enum(['portal', 'off', 'host'])
        .describe(
          '`off`: nobody signs in, and all acts are the first administrator’s. `host`: the host application says who asks.',
        ),
    }),
    installation: z.object({ name: z.string(), version: z.string(), timezone: z.string(), secure: z.boolean() }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
