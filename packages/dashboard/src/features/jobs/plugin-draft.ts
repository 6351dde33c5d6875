/** The configuration of a plugin's job while it is being written, and back to what its schema asks for. */
import type { Pair } from './job-draft.ts';

/** One field of a schema, as far as a form needs to know it. */
export interface SchemaField {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: 'uri' | 'password' | 'multiline';
  readonly items?: { readonly enum?: readonly string[] };
  /** Of a group of fields. */
  readonly properties?: Readonly<Record<string, SchemaField>>;
  readonly required?: readonly string[];
}

export type Values = Readonly<Record<string, unknown>>;

export const isGroup = (field: SchemaField): boolean => field.type === 'object' && field.properties !== undefined;

/** What a new job of the type begins with. */
export function startOf({ properties = {} }: SchemaField): Values {
  const started = Object.entries(properties).map(([name, field]) => [
    name,
    isGroup(field) ? startOf(field) : field.default,
  ]);
  return Object.fromEntries(started.filter(([, value]) => value !== undefined)) as Values;
}

/** Rows of names with values, as they are typed or as they were saved. */
export function pairsOf(value: unknown): readonly Pair[] {
  if (Array.isArray(value)) return value as readonly Pair[];
  return Object.entries((value ?? {}) as Readonly<Record<string, string>>).map(([name, one]) => ({ name, value: one }));
}

/** Empty texts and numbers are fields that were left out: the type then says what holds. */
export function configOf({ properties = {} }: SchemaField, values: Values): Values {
  const sent: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = properties[name];
    const said = field === undefined ? value : valueOf(field, value);
    if (said !== undefined) sent[name] = said;
  }
  return sent;
}

function valueOf(field: SchemaField, value: unknown): unknown {
  if (value === '' || value === undefined) return undefined;
  if (isGroup(field)) {
    const group = configOf(field, value as Values);
    return Object.keys(group).length === 0 ? undefined : group;
  }
  if (field.type === 'object') {
    const rows = pairsOf(value).map(({ name, value: one }) => [name.trim(), one] as const);
    return Object.fromEntries(rows.filter(([name, one]) => name !== '' || one !== ''));
  }
  if (field.type !== 'array') return value;
  const items = value as readonly string[];
  return items.slice(0, items.findLastIndex((one) => one !== '') + 1);
}
