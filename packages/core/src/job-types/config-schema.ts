/**
 * What the configuration of a job type may hold: a subset of JSON Schema that a form can be made of. A text, a number,
 * a flag, a list of texts, names with texts, and one level of groups of these; nothing refers to anything else.
 */
interface Described {
  /** The label of the field. Default: its name. */
  readonly title?: string;
  /** Stands below the label. */
  readonly description?: string;
}

export const textFormats = ['uri', 'password', 'multiline'] as const;

export interface TextField extends Described {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Must match the text as a whole. */
  readonly pattern?: string;
  /** `uri` must be an absolute http or https address; `password` is not shown while it is typed. */
  readonly format?: (typeof textFormats)[number];
}

export interface NumberField extends Described {
  readonly type: 'number' | 'integer';
  readonly enum?: readonly number[];
  readonly default?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface FlagField extends Described {
  readonly type: 'boolean';
  readonly default?: boolean;
}

export interface ListField extends Described {
  readonly type: 'array';
  readonly items: Omit<TextField, 'default' | 'format'>;
  readonly default?: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Names with texts, both free. */
interface PairsField extends Described {
  readonly type: 'object';
  readonly additionalProperties: { readonly type: 'string' };
  readonly default?: Readonly<Record<string, string>>;
}

type SimpleField = TextField | NumberField | FlagField | ListField | PairsField;

interface Fields<F> extends Described {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, F>>;
  /** Names of `properties` that must be given; one with a default always is. */
  readonly required?: readonly string[];
  /** Nothing else is ever taken. */
  readonly additionalProperties?: false;
}

/** Fields that stand together. Left out, it is made of the defaults of its fields, if they have any. */
export type GroupField = Fields<SimpleField>;
export type ConfigField = SimpleField | GroupField;
export type ConfigSchema = Fields<ConfigField>;

/** A configuration that fits its schema, with its defaults. */
export type ConfigValues = Readonly<Record<string, unknown>>;

type Simplify<T> = { readonly [K in keyof T]: T[K] };
type RequiredNames<S> = S extends { readonly required: readonly (infer N)[] } ? N : never;
type GivenNames<S extends { readonly properties: object }> = {
  [K in keyof S['properties']]: K extends RequiredNames<S>
    ? K
    : S['properties'][K] extends { readonly default: unknown }
      ? K
      : never;
}[keyof S['properties']];

type ValueOf<F> = F extends { readonly enum: readonly (infer E)[] }
  ? E
  : F extends { readonly type: 'string' }
    ? string
    : F extends { readonly type: 'number' | 'integer' }
      ? number
      : F extends { readonly type: 'boolean' }
        ? boolean
        : F extends { readonly type: 'array'; readonly items: infer I }
          ? readonly ValueOf<I>[]
          : F extends { readonly properties: object }
            ? ConfigOf<F>
            : F extends { readonly type: 'object' }
              ? Readonly<Record<string, string>>
              : unknown;

/** The type of the configurations that fit a schema: required fields and those with a default are there. */
export type ConfigOf<S extends { readonly properties: object }> = Simplify<
  { readonly [K in GivenNames<S>]: ValueOf<S['properties'][K]> } & {
    readonly [K in Exclude<keyof S['properties'], GivenNames<S>>]?: ValueOf<S['properties'][K]>;
  }
>;

export function isGroup(field: ConfigField): field is GroupField {
  return field.type === 'object' && 'properties' in field;
}
