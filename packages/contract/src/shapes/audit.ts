import { auditSubjects, auditWays } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, PageQuery, Uuid } from './common.ts';

const Name = z.string().min(1).max(500);

export const auditFormats = ['json', 'jsonl', 'csv'] as const;

export const AuditQuery = z.strictObject({
  ...PageQuery,
  who: Name.optional().describe('Id of a person, or the name as it stands in the row.'),
  via: z.enum(auditWays).optional(),
  action: z.string().max(1000).optional().describe('Actions, or groups as `job.*`, separated by commas.'),
  subject: Name.optional().describe('Id of what was acted on, or its name as it stands in the row.'),
  subject_kind: z.enum(auditSubjects).optional(),
  since: Instant.optional(),
  until: Instant.optional().describe('Exclusive.'),
  format: z
    .enum(auditFormats)
    .default('json')
    .describe('`jsonl` and `csv` send every row that fits, one a line, as a file; limit and cursor say nothing then.'),
});

export const AuditRow = z
  .object({
    sequence: z.int().describe('Place in the chain, from 1 without gaps.'),
    at: Instant,
    who: z.object({
      id: Uuid.nullable().describe('Null for nobody known, and for a person who is gone.'),
      name: z.string(),
      via: z.enum(auditWays),
      address: z.string().nullable(),
      request_id: z.string().nullable(),
      key_id: z.string().nullable().describe('Of the API key that was shown.'),
    }),
    action: z.string(),
    action_text: z.string().describe('The sentence of the action.'),
    subject: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
    changes: z.array(
      z.object({
        field: z.string(),
        before: z.unknown().describe('Null where there was none; secrets are `[masked]`.'),
        after: z.unknown(),
      }),
    ),
    hash: z.string().describe('SHA-256 over the hash before and this row.'),
  })
  .meta({ id: 'AuditRow' });
export type AuditRow = z.infer<typeof AuditRow>;

/** The end of the chain, signed by the installation: kept elsewhere it shows later that rows are gone. */
export const AuditHead = z
  .object({
    sequence: z.int().min(0),
    hash: z.string().max(64),
    at: Instant.describe('When it was signed.'),
    key_id: z.string().max(64),
    signature: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  })
  .meta({ id: 'AuditHead' });
export type AuditHead = z.infer<typeof AuditHead>;

export const AuditVerifyRequest = z
  .strictObject({ head: AuditHead.optional().describe('One that was exported before.') })
  .meta({ id: 'AuditVerifyRequest' });

export const AuditVerdict = z
  .object({
    ok: z.boolean(),
    rows: z.int().describe('Rows that stand as they were written, or as an erasure left them, from the first on.'),
    erased: z.int().describe('Of these, rows that a person was erased from; the chain vouches for what is left.'),
    heads: z.int().describe('Exported heads that they were held against.'),
    foreign_heads: z.int().describe('Lines of `audit-heads.jsonl` that this installation did not sign.'),
    fault: z
      .object({
        sequence: z.int().describe('The first bad row.'),
        problem: z.enum(['changed', 'missing', 'tail_missing', 'beyond_head', 'forked']),
        text: z.string(),
      })
      .nullable(),
    text: z.string(),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.infer<typeof AuditVerdict>;

export const AuditActions = z
  .object({ items: z.array(z.object({ action: z.string(), text: z.string() })) })
  .meta({ id: 'AuditActions' });
