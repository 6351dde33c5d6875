import { z } from 'zod';
import { Uuid } from './common.ts';

/** A type that jobs may have. */
export const JobTypeShape = z
  .object({
    id: z.string().describe('What stands as `type` of a job.'),
    label: z.string(),
    description: z.string(),
    frequency_text: z.string().describe('How often its jobs usually run, in words.'),
    origin: z.enum(['built_in', 'code', 'program']),
    schema: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema of `config`, of the subset that a form can be made of.'),
    defaults: z
      .object({
        schedule: z.record(z.string(), z.unknown()).nullable(),
        retry: z.record(z.string(), z.unknown()).nullable(),
        breaker: z
          .object({ consecutive: z.int().nullable(), recent: z.int().nullable(), period_days: z.int() })
          .nullable(),
        timeout_seconds: z.number().nullable(),
      })
      .describe('What a new job of the type gets where nothing is said.'),
    provisions: z.boolean().describe('Its plugin asks for jobs by itself.'),
    cannot_run: z
      .string()
      .nullable()
      .describe('Why the machine of this portal could not carry it out; null when it could.'),
  })
  .meta({ id: 'JobType' });
export type JobTypeShape = z.infer<typeof JobTypeShape>;

/** A plugin that the configuration names. */
export const Plugin = z
  .object({
    source: z.string().describe('As the setting `plugins` names it.'),
    types: z.array(z.string()).describe('The job types it adds.'),
    problem: z.string().nullable().describe('Why it cannot be used; null while it can.'),
  })
  .meta({ id: 'Plugin' });
export type Plugin = z.infer<typeof Plugin>;

export const ProvisionRequest = z
  .strictObject({
    types: z.array(z.string().max(40)).max(100).optional().describe('All that ask for jobs, when absent.'),
  })
  .meta({ id: 'ProvisionRequest' });
export type ProvisionRequest = z.infer<typeof ProvisionRequest>;

/** What became of the jobs that one plugin asks for. */
export const ProvisionOutcome = z
  .object({
    type: z.string(),
    problem: z.string().nullable().describe('Why the plugin could not be asked; then nothing was changed.'),
    jobs: z.array(
      z.object({
        subject: z.string().describe('What the job is about, in the words of the plugin.'),
        name: z.string(),
        job_id: Uuid.nullable(),
        became: z
          .enum(['created', 'changed', 'removed', 'unchanged', 'left', 'refused'])
          .describe('`left`: a person has taken it over. `refused`: `message` says why.'),
        message: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ProvisionOutcome' });
export type ProvisionOutcome = z.infer<typeof ProvisionOutcome>;
