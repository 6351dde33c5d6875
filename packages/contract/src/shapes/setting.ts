import { z } from 'zod';
import { Retention } from './system.ts';

export const settingKinds = ['whole', 'number', 'flag', 'text', 'list', 'records'] as const;

/** What a setting takes, as far as it is a number. */
const range = { least: z.number().nullable(), most: z.number().nullable() };

/** One setting with its value, and where that comes from. */
export const SettingShape = z
  .object({
    key: z.string(),
    variable: z.string().nullable(),
    value: z.unknown(),
    source: z.string().describe('`default`, `page`, a file, the variable, or `flag`.'),
    description: z.string(),
    default: z.unknown(),
    kind: z.enum(settingKinds),
    ...range,
    changeable: z.boolean().describe('Whether it is looked at whenever it counts; all others are read at start.'),
    editable: z.boolean().describe('Whether it can be changed here: changeable, and not written elsewhere.'),
    page: z.unknown().describe('What was changed here, in force or not; null for nothing.'),
    line: z.string().describe('How it is written where it comes from, or could be.'),
  })
  .meta({ id: 'Setting' });
export type SettingShape = z.infer<typeof SettingShape>;

export const SettingValues = z
  .record(z.string().max(100), z.unknown())
  .refine((values) => Object.keys(values).length > 0, { message: 'name at least one setting' })
  .describe('By key, as `breaker.consecutive`. Null: as it is written elsewhere, or the default.');

export const SettingsPatch = z
  .strictObject({
    values: SettingValues,
    dry_run: z.boolean().optional().describe('Changes nothing, and counts what would be deleted.'),
  })
  .meta({ id: 'SettingsChange' });
export type SettingsPatch = z.infer<typeof SettingsPatch>;

export const SettingsChanged = z
  .object({
    dry_run: z.boolean(),
    items: z.array(SettingShape).describe('Those that were named, as they are in force.'),
    deletes: Retention.nullable().describe('What would go: of a dry run that shortens retention, else null.'),
  })
  .meta({ id: 'SettingsChanged' });
export type SettingsChanged = z.infer<typeof SettingsChanged>;

/** A threshold as it holds for the jobs that one person owns. */
export const PersonSettingShape = z
  .object({
    key: z.string(),
    value: z.unknown(),
    source: z.enum(['person', 'installation']),
    common: z.unknown().describe('Of everybody without their own.'),
    kind: z.enum(settingKinds),
    ...range,
    description: z.string(),
  })
  .meta({ id: 'PersonSetting' });
export type PersonSettingShape = z.infer<typeof PersonSettingShape>;
