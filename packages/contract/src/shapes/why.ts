import { z } from 'zod';
import { Uuid } from './common.ts';

export { spokenParts, type SpokenInstant } from 'job-trigger-core/model';

/** An answer to "why?" from the code that decided. */
export const Explanation = z
  .object({
    code: z.string().describe('Of the reason catalogue; of why a run exists its trigger.'),
    sentence: z.string(),
    facts: z
      .record(z.string(), z.union([z.string(), z.number(), z.null()]))
      .describe(
        'What the sentence is made of, as far as it is known; instants on the wall clock of the schedule, as `2027-03-28 03:00 (UTC+02:00, Europe/Berlin)`.',
      ),
    links: z
      .array(z.object({ kind: z.enum(['run', 'job']), id: Uuid, text: z.string() }))
      .describe('What stood, or stands, in the way.'),
    action: z
      .object({ code: z.string(), text: z.string() })
      .nullable()
      .describe('What would clear it; null where nothing is to be cleared.'),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
