import { hookKinds } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

const Name = z.string().min(1).max(100);
const Mapping = z
  .record(z.string().min(1).max(100), z.string().min(1).max(1000))
  .nullable()
  .describe(
    'Where each parameter stands in the body, as `commit.author.name`; null takes the fields named as parameters are.',
  );

export const HookInput = z
  .strictObject({
    name: Name,
    kind: z
      .enum(hookKinds)
      .default('signed')
      .describe('`signed`: each message is signed as Standard Webhooks has it; `keyed`: shows a key as bearer token.'),
    mapping: Mapping.optional(),
  })
  .meta({ id: 'HookRequest' });

export const HookPatch = z
  .strictObject({ name: Name.optional(), mapping: Mapping.optional(), active: z.boolean().optional() })
  .meta({ id: 'HookChange' });

/** A way in for another program: a POST to `path` starts a run of the job. */
export const Hook = z
  .object({
    id: Uuid,
    name: z.string(),
    kind: z.enum(hookKinds),
    active: z.boolean(),
    mapping: z.record(z.string(), z.string()).nullable(),
    path: z.string().describe('Where messages go. It is no secret.'),
    former_secret_until: Instant.nullable().describe('Until then the secret before this one is taken too.'),
    last_used_at: Instant.nullable().describe('The last message of its sender.'),
    created_at: Instant,
    updated_at: Instant,
  })
  .meta({ id: 'Hook' });
export type Hook = z.infer<typeof Hook>;

export const HookMade = Hook.extend({
  secret: z.string().describe('`whsec_…` to sign with, or the key `hk_…`; told only now.'),
}).meta({ id: 'HookMade' });
export type HookMade = z.infer<typeof HookMade>;
