/** Turns what was written somewhere into the value of a setting, or says why it cannot be that. */
import { JobTriggerError } from '../errors.ts';
import type { SettingDefinition } from './setting.ts';

export function refuse(definition: SettingDefinition, source: string, message: string): JobTriggerError {
  return new JobTriggerError('configuration_invalid', `${definition.key} (from ${source}): ${message}`, {
    fields: [{ path: definition.key, message }],
  });
}

type Reader = (definition: SettingDefinition, value: unknown, source: string) => unknown;

/** The number that a value is, or says; NaN when it is none. */
function numberOf(value: unknown): number {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : Number.NaN;
}

const asNumber: Reader = (definition, value, source) => {
  const read = numberOf(value);
  if (Number.isNaN(read)) throw refuse(definition, source, `'${String(value)}' is no number`);
  if (definition.kind === 'whole' && !Number.isInteger(read))
    throw refuse(definition, source, `${read} is no whole number`);
  const { least = -Infinity, most = Infinity } = definition;
  if (read < least || read > most) throw refuse(definition, source, `${read} is outside ${least}-${most}`);
  return read;
};

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

const asFlag: Reader = (definition, value, source) => {
  const read = typeof value === 'boolean' ? value : flags[String(value).toLowerCase()];
  if (read === undefined) throw refuse(definition, source, `'${String(value)}' is neither true nor false`);
  return read;
};

/** `a, b` and a list of texts say the same. */
const asList: Reader = (definition, value, source) => {
  const written = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
  if (!Array.isArray(written) || !written.every((part): part is string => typeof part === 'string'))
    throw refuse(definition, source, 'must be a list of texts');
  return typeof value === 'string' ? written.filter((part) => part !== '') : written;
};

const asText: Reader = (definition, value, source) => {
  if (typeof value !== 'string') throw refuse(definition, source, 'must be a text');
  return value;
};

/** JSON in a variable, a list in the file. */
const asRecords: Reader = (definition, value, source) => {
  try {
    const read: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (Array.isArray(read)) return read;
  } catch {
    // Told below, without the text.
  }
  throw refuse(definition, source, 'must be a list; in a variable, as JSON');
};

const readers: Readonly<Record<SettingDefinition['kind'], Reader>> = {
  whole: asNumber,
  number: asNumber,
  flag: asFlag,
  list: asList,
  text: asText,
  records: asRecords,
};

/** A value as a setting takes it. @throws `configuration_invalid` naming key and source */
export function convert(definition: SettingDefinition, value: unknown, source: string): unknown {
  return readers[definition.kind](definition, value, source);
}
