/** A configuration against the schema of its type: defaults filled in, every fault with its path. Pure. */
import type { FieldError } from '../errors.ts';
import { fitsPattern } from '../model/value-pattern.ts';
import {
  isGroup,
  type ConfigField,
  type ConfigSchema,
  type ConfigValues,
  type GroupField,
  type ListField,
  type NumberField,
  type TextField,
} from './config-schema.ts';

const longestText = 100_000;
const mostItems = 1000;

type Values = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The configuration with the defaults of what it leaves out; what does not fit stays as it is. */
export function withDefaults(schema: ConfigSchema | GroupField, given: Values): ConfigValues {
  const filled: Record<string, unknown> = { ...given };
  for (const [name, field] of Object.entries<ConfigField>(schema.properties)) {
    const value = Object.hasOwn(filled, name) ? filled[name] : undefined;
    const whole = isGroup(field) ? groupWithDefaults(field, value) : (value ?? field.default);
    if (whole !== undefined) filled[name] = whole;
  }
  return filled;
}

/** Left out, it is made only where one of its fields has a default. */
function groupWithDefaults(field: GroupField, value: unknown): unknown {
  if (value !== undefined && !isRecord(value)) return value;
  const group = withDefaults(field, value ?? {});
  return value === undefined && Object.keys(group).length === 0 ? undefined : group;
}

/** What is wrong with it, below `path`; none when it fits. */
export function configFaults(
  schema: ConfigSchema | GroupField,
  values: Values,
  path = 'config',
): readonly FieldError[] {
  const names = Object.keys(schema.properties);
  const faults: FieldError[] = [];
  for (const name of Object.keys(values))
    if (!names.includes(name)) {
      const others = names.length === 0 ? 'nothing is asked for' : `${names.join(', ')} are`;
      faults.push({ path: `${path}.${name}`, message: `is not known; ${others}` });
    }
  for (const [name, field] of Object.entries<ConfigField>(schema.properties)) {
    const place = `${path}.${name}`;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) faults.push(...checkField(field, value, place));
    else if (schema.required?.includes(name) === true) faults.push({ path: place, message: 'is needed' });
  }
  return faults;
}

/** One value against its field. */
export function checkField(field: ConfigField, value: unknown, path: string): readonly FieldError[] {
  if (isGroup(field))
    return isRecord(value) ? configFaults(field, value, path) : [{ path, message: 'must be an object' }];
  switch (field.type) {
    case 'string':
      return told(path, refuseText(field, value));
    case 'number':
    case 'integer':
      return told(path, refuseNumber(field, value));
    case 'boolean':
      return told(path, typeof value === 'boolean' ? null : 'must be true or false');
    case 'array':
      return refuseList(field, value, path);
    case 'object':
      return refusePairs(value, path);
  }
}

function told(path: string, message: string | null): readonly FieldError[] {
  return message === null ? [] : [{ path, message }];
}

function refuseText(field: Omit<TextField, 'default'>, value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a text';
  if (field.enum !== undefined && !field.enum.includes(value)) return `must be one of ${field.enum.join(', ')}`;
  if (value.includes('\0')) return 'holds a NUL character';
  return refuseLength(field, value) ?? refuseForm(field, value);
}

function refuseLength(
  { minLength = 0, maxLength = longestText }: Pick<TextField, 'minLength' | 'maxLength'>,
  { length }: string,
): string | null {
  if (length === 0 && minLength > 0) return 'must not be empty';
  if (length < minLength) return `must have at least ${minLength} characters`;
  return length > maxLength ? `must have at most ${maxLength} characters` : null;
}

function refuseForm({ pattern, format }: Pick<TextField, 'pattern' | 'format'>, value: string): string | null {
  if (pattern !== undefined && !fitsPattern(pattern, value)) return `must match ${pattern}`;
  return format === 'uri' && !isAddress(value) ? 'must be an address such as https://example.org/feed' : null;
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function refuseNumber(field: NumberField, value: unknown): string | null {
  const whole = field.type === 'integer';
  if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return whole ? 'must be a whole number' : 'must be a number';
  return refuseSize(field, value);
}

function refuseSize(field: NumberField, value: number): string | null {
  if (field.enum !== undefined && !field.enum.includes(value)) return `must be one of ${field.enum.join(', ')}`;
  const { minimum = -Infinity, maximum = Infinity } = field;
  if (value < minimum) return `must be at least ${minimum}`;
  return value > maximum ? `must be at most ${maximum}` : null;
}

function refuseList(field: ListField, value: unknown, path: string): readonly FieldError[] {
  const { minItems = 0, maxItems = mostItems } = field;
  if (!Array.isArray(value)) return [{ path, message: 'must be a list of texts' }];
  if (value.length < minItems) return [{ path, message: `must have at least ${minItems} of them` }];
  if (value.length > maxItems) return [{ path, message: `must have at most ${maxItems} of them` }];
  return value.flatMap((one: unknown, at) => told(`${path}.${at}`, refuseText(field.items, one)));
}

function refusePairs(value: unknown, path: string): readonly FieldError[] {
  if (!isRecord(value)) return [{ path, message: 'must be names with texts' }];
  if (Object.keys(value).length > mostItems) return [{ path, message: `must have at most ${mostItems} of them` }];
  return Object.entries(value).flatMap(([name, one]) => told(`${path}.${name}`, refuseText({ type: 'string' }, one)));
}
