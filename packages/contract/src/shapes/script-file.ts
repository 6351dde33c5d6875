import { scriptHintCodes, scriptVersionStates } from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, Uuid } from './common.ts';
import { DifferingLine, ScriptStanding } from './script.ts';

/** A file of the scripts folder that jobs may name. */
export const Script = z
  .object({
    path: z.string(),
    bytes: z.int(),
    modified_at: Instant,
    description: z.string().nullable().describe('Its first comment: what it does, in a line.'),
    approval: z
      .object({ id: Uuid, standing: ScriptStanding })
      .nullable()
      .describe('Null where none is required, and for what no job names.'),
    jobs: z.int().nullable().describe('How many jobs whoever asks sees that name it; null unless asked for.'),
  })
  .meta({ id: 'Script' });
export type Script = z.infer<typeof Script>;

const ScriptEditing = z
  .object({ allowed: z.boolean(), text: z.string().describe('What it means here, or how it comes about.') })
  .meta({ id: 'ScriptEditing' });

export const ScriptFiles = z
  .object({ folder: z.string(), editing: ScriptEditing, items: z.array(Script) })
  .meta({ id: 'Scripts' });

const KeptVersion = z.object({
  number: z.int(),
  sha256: z.string(),
  bytes: z.int(),
  state: z.enum(scriptVersionStates),
  at: Instant.describe('When it was seen first.'),
  written_by: z.array(z.string()).describe('Whoever put it there by the portal; nobody where it changed on disk.'),
});

export type ScriptFiles = z.infer<typeof ScriptFiles>;

export const ScriptFile = z
  .object({
    path: z.string(),
    text: z.string(),
    is_text: z.boolean().describe('False for bytes that are no UTF-8: `text` does not tell them all.'),
    sha256: z.string(),
    bytes: z.int(),
    editing: ScriptEditing,
    approval_required: z.boolean().describe('Whether another person has to approve a change before it runs.'),
    refusal: z.string().nullable().describe('Why whoever asks may not change this one; null for yes.'),
    review: Uuid.nullable().describe('Of its approval; null where nothing of it is kept.'),
    jobs: z
      .array(z.object({ id: Uuid, name: z.string(), active: z.boolean() }))
      .describe('Jobs that have it executed, of those whoever asks sees.'),
    hints: z.array(z.object({ code: z.enum(scriptHintCodes), text: z.string(), line: z.int().nullable() })),
    versions: z.array(KeptVersion).describe('Contents that are kept, newest first.'),
  })
  .meta({ id: 'ScriptFile' });
export type ScriptFile = z.infer<typeof ScriptFile>;

/** Stands in the problem document of a 412. */
export const ScriptConflict = z.object({
  sha256: z.string().nullable().describe('Of what it holds by now; null when it is gone.'),
  lines: z.array(DifferingLine).nullish().describe('What differs, with a little around it; absent when it is long.'),
});
export type ScriptConflict = z.infer<typeof ScriptConflict>;

export const ScriptVersionText = z
  .object({
    path: z.string(),
    number: z.int(),
    sha256: z.string(),
    content: z.string(),
    encoding: z.enum(['text', 'base64']),
  })
  .meta({ id: 'ScriptVersionText' });

export const ScriptContentBody = z
  .strictObject({
    content: z.string(),
    encoding: z.enum(['text', 'base64']).default('text').describe('How `content` tells the bytes.'),
  })
  .meta({ id: 'ScriptContent' });
