import { keyScopes } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, QueryFlag, Uuid } from './common.ts';

export const KeyScope = z.enum(keyScopes);

const validDays = z.int().optional().describe('1 to 366; 90 when absent.');

export const KeyInput = z
  .strictObject({
    name: z.string().min(1).max(100),
    scopes: z
      .array(KeyScope)
      .min(1)
      .max(keyScopes.length)
      .describe('What it may do: none holds another, and the role of its owner bounds each.'),
    addresses: z
      .array(z.string().max(100))
      .optional()
      .describe('Addresses and ranges it is taken from; any when absent.'),
    valid_days: validDays,
  })
  .meta({ id: 'KeyRequest' });

export const KeyRotation = z
  .strictObject({
    overlap_seconds: z
      .int()
      .optional()
      .describe('How long the key before is taken too: 0 to 7 days; a day when absent.'),
    valid_days: validDays,
  })
  .meta({ id: 'KeyRotationRequest' });

export const KeyQuery = z.strictObject({
  all: QueryFlag.optional().describe('Those of everybody, for administrators.'),
});

/** A credential of a program, which acts for its owner. */
export const Key = z
  .object({
    id: Uuid,
    name: z.string(),
    owner: z.object({ id: Uuid, name: z.string() }).nullable(),
    mine: z.boolean(),
    scopes: z.array(KeyScope),
    scopes_in_force: z.array(KeyScope).describe('Those that the role of its owner allows now.'),
    addresses: z.array(z.string()),
    expires_at: Instant,
    former_until: Instant.nullable().describe('Until then the key before the last rotation is taken too.'),
    last_used_at: Instant.nullable().describe('To the minute.'),
    last_used_from: z.string().nullable(),
    unused: z.boolean().describe('Not used for 60 days.'),
    created_at: Instant,
  })
  .meta({ id: 'Key' });
export type Key = z.infer<typeof Key>;

export const KeyMade = Key.extend({ secret: z.string().describe('The key itself, told only now.') }).meta({
  id: 'KeyMade',
});
export type KeyMade = z.infer<typeof KeyMade>;
