import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

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

export const LoginRequest = z
  .strictObject({ email: z.string().max(320), password: z.string().max(2000) })
  .meta({ id: 'LoginRequest' });

export const Tokens = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds.'),
    cookie: z.boolean().describe('False where a browser would need HTTPS to get the session cookie.'),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

export const Person = z
  .object({
    id: Uuid,
    email: z.string(),
    name: z.string(),
    role: z.enum(['viewer', 'operator', 'editor', 'admin']),
    timezone: z.string(),
    created_at: Instant,
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof Person>;

/** What the pages need before anyone is known. */
export const Session = z
  .object({
    setup_needed: z.boolean(),
    person: Person.nullable(),
    settings: z.object({ command_allowed: z.boolean() }),
    installation: z.object({ name: z.string(), version: z.string(), timezone: z.string(), secure: z.boolean() }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
