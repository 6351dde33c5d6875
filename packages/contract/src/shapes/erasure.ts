import { z } from 'zod';
import { User } from './people.ts';

export const UserExport = z
  .object({
    user: User,
    names: z.array(z.string()).describe('What they are and were called, here and at providers of their sign-ins.'),
    rows: z
      .record(z.string(), z.array(z.record(z.string(), z.unknown())))
      .describe('Rows that name them, by table, as the database has them: instants in milliseconds since 1970, UTC.'),
    cut: z.array(z.string()).describe('Tables of which only 100,000 rows are told.'),
  })
  .meta({ id: 'UserExport' });
export type UserExport = z.infer<typeof UserExport>;

export const EraseRequest = z
  .strictObject({ confirm: z.string().max(320).describe('The mail address of the account.') })
  .meta({ id: 'EraseRequest' });

export const Erased = z
  .object({
    jobs: z.int().describe('How many jobs nobody owns now.'),
    audit_rows: z.int().describe('Rows of the audit that lost what named them.'),
    jobs_naming: z
      .array(z.string())
      .describe('Jobs in whose definitions the address still stands: change those, what a job does is not erased.'),
  })
  .meta({ id: 'Erased' });
