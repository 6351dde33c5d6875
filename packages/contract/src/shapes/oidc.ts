import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { Tokens } from './people.ts';

/** A provider on the sign-in page. */
export const Provider = z
  .object({ name: z.string(), label: z.string().describe('What its button says.') })
  .meta({ id: 'SignInProvider' });
export type Provider = z.infer<typeof Provider>;

export const OidcBegin = z
  .strictObject({
    invitation: z.string().max(200).optional().describe('Token of an invitation that is accepted by this sign-in.'),
    timezone: z.string().max(100).optional().describe('Of an account that is made; the installation’s when absent.'),
  })
  .meta({ id: 'OidcBeginRequest' });

export const OidcAway = z
  .object({ url: z.string().describe('The provider’s page, where the browser goes now.') })
  .meta({ id: 'OidcBegun' });

export const OidcBack = z
  .strictObject({
    query: z.string().max(8192).describe('What stands behind `?` in the address that the provider sent to.'),
  })
  .meta({ id: 'OidcReturnRequest' });

export const OidcDone = z
  .object({
    linked: z.boolean().describe('True where a sign-in was added to the account of whoever is signed in.'),
    tokens: Tokens.nullable().describe('Of the new sign-in; null where one was added.'),
  })
  .meta({ id: 'OidcReturned' });

/** A provider that vouches for whoever asks. */
export const LinkedSignIn = z
  .object({
    id: Uuid,
    provider: z.string().describe('The name on its button, or its address once it is not configured any more.'),
    account: z.string().describe('What the provider called them at the last sign-in.'),
    created_at: Instant,
    last_used_at: Instant,
  })
  .meta({ id: 'LinkedSignIn' });
export type LinkedSignIn = z.infer<typeof LinkedSignIn>;

export const LinkedSignIns = z
  .object({ items: z.array(LinkedSignIn), password: z.boolean().describe('Whether there is a password too.') })
  .meta({ id: 'LinkedSignIns' });
