/** Shapes of the contract in words: what a field takes or tells. */
import type { Endpoint } from 'job-trigger-contract';
import { anchor, code, table } from './markdown.ts';

/** JSON Schema, as far as the contract's shapes need it. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** Named shapes that need no section of their own. */
const plain: Readonly<Record<string, string>> = { Instant: 'instant', Uuid: 'id' };

type Shape = NonNullable<Endpoint['answer']>;

export function schemaOf(shape: Shape, io: 'input' | 'output'): Schema {
  return shape.toJSONSchema({ io, unrepresentable: 'any' }) as Schema;
}

function nameOf(ref: string): string {
  return ref.replace('#/$defs/', '');
}

function numberText({ type, minimum, maximum }: Schema): string {
  const name = type === 'integer' ? 'whole number' : 'number';
  const bounded = (limit: number | undefined): boolean => limit !== undefined && Math.abs(limit) < 2 ** 53 - 1;
  if (bounded(minimum) && bounded(maximum)) return `${name}, ${minimum} to ${maximum}`;
  return bounded(minimum) ? `${name} from ${minimum}` : name;
}

function objectText(schema: Schema): string {
  const { properties, additionalProperties } = schema;
  if (properties === undefined)
    return typeof additionalProperties === 'object' ? `object of ${typeText(additionalProperties)}` : 'object';
  return `object: ${Object.entries(properties)
    .map(([name, field]) => `${code(name)} ${typeText(field)}`)
    .join('; ')}`;
}

/** `whole number, 1 to 500`, `list of id`, `skip` or `allow`. */
export function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return plain[name] ?? `[${name}](#${anchor(name)})`;
  }
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((each) => code(String(each))).join(' ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeText))].join(' or ');
  const names = Array.isArray(schema.type) ? schema.type : [schema.type ?? ''];
  return names.map((name: string) => plainTypes[name]?.(schema) ?? 'anything').join(' or ');
}

const plainTypes: Readonly<Record<string, (schema: Schema) => string>> = {
  string: () => 'text',
  null: () => '`null`',
  boolean: () => '`true` or `false`',
  integer: (schema) => numberText({ ...schema, type: 'integer' }),
  number: (schema) => numberText({ ...schema, type: 'number' }),
  array: ({ items }) => (items === undefined ? 'list' : `list of ${typeText(items)}`),
  object: objectText,
};

/** A table of an object's fields; a field that must be there is marked. */
export function fieldTable(schema: Schema, { marks }: { readonly marks: boolean }): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const needed = marks && schema.required?.includes(name) === true && field.default === undefined;
    const remarks = [
      ...(needed ? ['Needed.'] : []),
      ...(field.default === undefined ? [] : [`Default ${code(JSON.stringify(field.default))}.`]),
      ...(field.description === undefined ? [] : [field.description]),
    ];
    return [code(name), typeText(field), remarks.join(' ')];
  });
  return table(['field', 'takes', 'remark'], rows);
}
