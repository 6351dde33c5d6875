import {
  scriptActs,
  scriptDecisions,
  scriptHintCodes,
  scriptStandings,
  scriptVersionStates,
} from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

export const ScriptStanding = z.enum(scriptStandings);

/** A job that has the script executed. */
const UsingJob = z.object({ id: Uuid, name: z.string(), active: z.boolean(), next_due_at: Instant.nullable() });

const ScriptVersion = z
  .object({
    number: z.int().describe('From 1, in the order in which they were seen.'),
    sha256: z.string(),
    bytes: z.int(),
    state: z.enum(scriptVersionStates),
    seen_at: Instant,
    decided_at: Instant.nullable(),
    decided_by: z.string().nullable(),
    note: z.string().nullable(),
    approvals: z
      .int()
      .describe('People who approved it since it was last refused; it runs with as many as are needed.'),
  })
  .meta({ id: 'ScriptVersion' });

/** A script that jobs name, and how what it holds now stands. */
export const ScriptApproval = z
  .object({
    id: Uuid,
    path: z.string(),
    standing: ScriptStanding.describe('`new` and `changed` wait for a decision; `changed` was approved before.'),
    problem: z.string().nullable().describe('Why it cannot be read.'),
    seen_at: Instant.describe('When it came to hold this.'),
    version: ScriptVersion.nullable().describe('What it holds now; null when it is missing.'),
    jobs: z.array(UsingJob).describe('The one that is due next before all.'),
  })
  .meta({ id: 'ScriptApproval' });
export type ScriptApproval = z.infer<typeof ScriptApproval>;

export const ScriptApprovals = z
  .object({
    required: z.boolean().describe('Whether scripts need approval here.'),
    approvals_needed: z.int().describe('How many people approve a content before it runs.'),
    items: z.array(ScriptApproval),
  })
  .meta({ id: 'ScriptApprovals' });

export type ScriptApprovals = z.infer<typeof ScriptApprovals>;

const ScriptNote = z.object({
  id: Uuid,
  version: z.int(),
  kind: z.enum(['comment', ...scriptDecisions, ...scriptActs]),
  line: z.int().nullable().describe('From 1; null for the whole.'),
  text: z.string(),
  by: z.string(),
  at: Instant,
});

export const DifferingLine = z.object({
  kind: z.enum(['same', 'removed', 'added']),
  before: z.int().nullable(),
  after: z.int().nullable(),
  text: z.string(),
});

/** Everything a reviewer needs. */
export const ScriptReview = ScriptApproval.extend({
  required: z.boolean(),
  approvals_needed: z.int(),
  approved_by: z.array(z.string()).describe('Whoever approved what it holds, the first before all.'),
  authors: z
    .array(z.string())
    .describe('Whoever wrote what it holds by the portal; else whoever made a job name it. They do not approve it.'),
  is_written: z.boolean().describe('Whether the authors wrote what it holds.'),
  refusal: z.string().nullable().describe('Why whoever asks may not approve it; null for yes.'),
  versions: z.array(ScriptVersion).describe('Newest first.'),
  notes: z.array(ScriptNote).describe('Comments and decisions, oldest first.'),
  hints: z.array(z.object({ code: z.enum(scriptHintCodes), text: z.string(), line: z.int().nullable() })),
  text: z.string().nullable().describe('Null when it is missing, or no text.'),
  base: z.int().nullable().describe('The newest approved version besides; the lines begin from it.'),
  lines: z.array(DifferingLine).describe('From the base to what it holds now, complete; from nothing without a base.'),
}).meta({ id: 'ScriptReview' });
export type ScriptReview = z.infer<typeof ScriptReview>;

export const ScriptDecisionBody = z
  .strictObject({
    decision: z.enum(scriptDecisions),
    sha256: Sha256.describe('Of what was looked at; refused when the file holds something else by now.'),
    note: z.string().max(2000).nullable().optional().describe('Needed unless it is an approval.'),
  })
  .meta({ id: 'ScriptDecisionRequest' });

export const ScriptCommentBody = z
  .strictObject({ sha256: Sha256, line: z.int().nullable().optional(), text: z.string().max(2000) })
  .meta({ id: 'ScriptCommentRequest' });
