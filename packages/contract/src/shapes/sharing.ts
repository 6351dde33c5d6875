import { z } from 'zod';
import { Uuid } from './common.ts';

export const ShareLevel = z.enum(['view', 'run', 'edit']).describe('Each holds the one before.');
export type ShareLevel = z.infer<typeof ShareLevel>;

/** Of a job: `own` also shares it and gives it away. */
export const JobLevel = z.enum(['view', 'run', 'edit', 'own']);

const Email = z.string().min(3).max(320);
export const TeamName = z.string().min(1).max(100);

/** Somebody, by name. */
export const PersonName = z.object({ id: Uuid, name: z.string(), email: z.string() }).meta({ id: 'PersonName' });
export type PersonName = z.infer<typeof PersonName>;

export const Share = z
  .object({
    with: z.enum(['person', 'team', 'everyone']),
    name: z.string().nullable().describe('Of the person or team; null for everyone.'),
    email: z.string().nullable(),
    level: ShareLevel,
  })
  .meta({ id: 'Share' });
export type Share = z.infer<typeof Share>;

export const Shares = z
  .object({
    owner: PersonName.nullable().describe('Null: nobody’s. Administrators see it, and whom it is shared with.'),
    items: z.array(Share),
  })
  .meta({ id: 'Shares' });
export type Shares = z.infer<typeof Shares>;

const ShareInput = z.discriminatedUnion('with', [
  z.strictObject({ with: z.literal('person'), email: Email, level: ShareLevel }),
  z.strictObject({ with: z.literal('team'), team: TeamName, level: ShareLevel }),
  z.strictObject({ with: z.literal('everyone'), level: ShareLevel }),
]);

export const SharesInput = z
  .strictObject({
    owner: Email.nullable().optional().describe('Gives the job to the person of this address; null to nobody.'),
    items: z.array(ShareInput).max(200).optional().describe('In place of those there are.'),
  })
  .meta({ id: 'SharesRequest' });
export type SharesInput = z.infer<typeof SharesInput>;

export const AccessQuery = z.strictObject({
  person: Email.optional().describe('By address; the caller when absent.'),
});

/** What a person may do to a job, and why. */
export const JobAccess = z
  .object({
    person: PersonName.nullable().describe('Null for a caller who is no person.'),
    role: z.enum(['viewer', 'operator', 'editor', 'admin']),
    owner: z.object({ name: z.string() }).nullable(),
    level: JobLevel.nullable().describe(
      'The lesser of what the role allows and of what the job is to them. Null: they do not see it.',
    ),
    ceiling: JobLevel.describe('The most that the role allows.'),
    given: JobLevel.nullable().describe('The most that the reasons give.'),
    reasons: z.array(
      z.object({
        kind: z.enum(['admin', 'owner', 'person', 'team', 'everyone']),
        team: z.string().nullable(),
        level: JobLevel,
      }),
    ),
    text: z.string().describe('The same in a sentence.'),
  })
  .meta({ id: 'JobAccess' });
export type JobAccess = z.infer<typeof JobAccess>;

export const TeamShape = z
  .object({
    id: Uuid,
    name: z.string(),
    members: z.array(PersonName).describe('Told to administrators and to its members; empty for others.'),
    member_count: z.int(),
  })
  .meta({ id: 'Team' });
export type TeamShape = z.infer<typeof TeamShape>;

export const TeamInput = z
  .strictObject({
    name: TeamName.optional().describe('A new name.'),
    members: z.array(Email).max(1000).optional().describe('By address, in place of those there are.'),
  })
  .meta({ id: 'TeamRequest' });
export type TeamInput = z.infer<typeof TeamInput>;
