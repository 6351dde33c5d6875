import { dependencyModes } from 'job-trigger-core/model';
import { z } from 'zod';
import { Uuid } from './common.ts';

const passed = {
  parameter: z.string().max(100).describe('Of this job.'),
  job_id: Uuid.describe('One of the jobs that it waits for.'),
  field: z.string().max(1000).describe('Way into its result, such as `file` or `files.0.name`.'),
};

/** What a job waits for, as it comes in. */
export const DependsOnInput = z.strictObject({
  mode: z.enum(dependencyModes).optional().describe('Default `all_success`.'),
  jobs: z.array(Uuid).min(1).max(100),
  window_seconds: z
    .int()
    .min(1)
    .max(31_622_400)
    .nullable()
    .optional()
    .describe('How long ago a run outside the chain may have ended to count; null is a day.'),
  pass: z
    .array(z.strictObject(passed))
    .max(100)
    .optional()
    .describe('Parameters that take their values from results, where its jobs start it.'),
});

/** What a job waits for. */
export const DependsOn = z
  .object({
    mode: z.enum(dependencyModes),
    jobs: z.array(Uuid),
    window_seconds: z.int().nullable(),
    pass: z.array(z.object(passed)),
  })
  .meta({ id: 'DependsOn' });
