import { longestSecretBytes, secretProviders, secretScopes } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

const Value = z.string().max(longestSecretBytes).describe('Of the provider `local`. It is never told again.');
const Reference = z
  .string()
  .max(500)
  .describe(
    'Where another provider finds it: `JOB_SECRET_X`, a file of the secrets folder, `path#field` in Vault or AWS.',
  );
const value = {
  provider: z.enum(secretProviders).optional(),
  value: Value.optional(),
  reference: Reference.optional(),
  expires_at: Instant.nullable().optional().describe('A reminder: runs go on.'),
};

export const SecretInput = z
  .strictObject({
    name: z.string().min(1).max(100),
    scope: z.enum(secretScopes).optional().describe('Whose jobs may use it; `installation` when absent.'),
    job_id: Uuid.optional().describe('Of the scope `job`.'),
    ...value,
  })
  .meta({ id: 'SecretRequest' });
export type SecretInput = z.infer<typeof SecretInput>;

export const SecretValue = z.strictObject(value).meta({ id: 'SecretValue' });
export type SecretValue = z.infer<typeof SecretValue>;

/** A secret, without what is secret of it. */
export const Secret = z
  .object({
    id: Uuid,
    name: z.string(),
    scope: z.enum(secretScopes),
    job: z.object({ id: Uuid, name: z.string() }).nullable().describe('Of the scope `job`.'),
    provider: z.enum(secretProviders),
    reference: z.string().nullable(),
    version: z.int(),
    used_by: z
      .array(z.object({ id: Uuid, name: z.string(), next_due_at: Instant.nullable() }))
      .describe('Jobs whose runs are given it, and when the next one is due.'),
    problem: z
      .string()
      .nullable()
      .describe('Why it cannot be read where the portal runs, as far as that is known without asking another store.'),
    last_used_at: Instant.nullable(),
    rotated_at: Instant,
    expires_at: Instant.nullable(),
    created_by: z.string().nullable(),
    created_at: Instant,
  })
  .meta({ id: 'Secret' });
export type Secret = z.infer<typeof Secret>;

export const SecretSaved = Secret.extend({
  warnings: z.array(z.string()).describe('What one should know of the value, as that it is not masked.'),
}).meta({ id: 'SecretSaved' });
export type SecretSaved = z.infer<typeof SecretSaved>;

export const SecretList = z.object({
  items: z.array(Secret),
  providers: z
    .array(z.object({ provider: z.enum(secretProviders), off: z.string().nullable() }))
    .describe('`off`: why one cannot be used here.'),
});
export type SecretList = z.infer<typeof SecretList>;

export const SecretTest = z
  .object({
    ok: z.boolean(),
    problem: z.string().nullable(),
    warning: z.string().nullable().describe('Why it would be shown in output.'),
  })
  .meta({ id: 'SecretTest' });
export type SecretTest = z.infer<typeof SecretTest>;

export const MaskRequest = z.strictObject({ line: z.string().max(10_000) }).meta({ id: 'MaskRequest' });
export const MaskAnswer = z.object({
  masked: z.string(),
  unread: z.array(z.string()).describe('Secrets that could not be read, so were not looked for.'),
});

export const InstallationKeyState = z
  .object({
    key_id: z.string().nullable().describe('Names the key in force, without telling it; null where there is none.'),
    source: z.enum(['file', 'settings']).describe('`secret.key` in the data folder, or `security.secret_key`.'),
    former_keys: z.int().describe('Keys before it that are still at hand: one while a rotation is not over.'),
    to_reseal: z.int().describe('What is sealed with another key; counted up to 1,000.'),
    hosts: z.array(z.string()).describe('Machines whose workers and schedulers are at work; each needs the key.'),
    problem: z.string().nullable().describe('Why nothing can be sealed; null where it can.'),
  })
  .meta({ id: 'InstallationKeyState' });
export type InstallationKeyState = z.infer<typeof InstallationKeyState>;

export const InstallationKeyRotation = z
  .object({
    key_id: z.string().describe('Names the key in force, without telling it.'),
    is_new: z.boolean().describe('False where a rotation was gone on with, or the key comes from the settings.'),
    resealed: z.int(),
  })
  .meta({ id: 'InstallationKeyRotation' });
