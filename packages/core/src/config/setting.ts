/** What a setting is, and the short ways to write one of each kind. */

/** `records` is a list of things with fields of their own; in a variable it is written as JSON. */
type SettingKind = 'whole' | 'number' | 'flag' | 'text' | 'list' | 'records';

export interface SettingDefinition {
  readonly key: string;
  /** Without the prefix `JOB_PORTAL_`. */
  readonly variable: string;
  readonly kind: SettingKind;
  /** Null: decided at start (a folder below another, the host's zone), as the description says. */
  readonly default: number | boolean | string | readonly string[] | null;
  readonly least?: number;
  readonly most?: number;
  readonly description: string;
  /** Never shown, and may be read from a file named by the variable with `_FILE` behind it. */
  readonly secret?: true;
}

const bounded =
  (kind: 'whole' | 'number') =>
  (
    key: string,
    variable: string,
    value: number,
    least: number,
    most: number,
    description: string,
  ): SettingDefinition => ({ key, variable, kind, default: value, least, most, description });
export const whole = bounded('whole');
export const number = bounded('number');
export const flag = (key: string, variable: string, value: boolean, description: string): SettingDefinition => ({
  key,
  variable,
  kind: 'flag',
  default: value,
  description,
});
export const text = (key: string, variable: string, value: string | null, description: string): SettingDefinition => ({
  key,
  variable,
  kind: 'text',
  default: value,
  description,
});
export const list = (
  key: string,
  variable: string,
  value: readonly string[],
  description: string,
): SettingDefinition => ({
  key,
  variable,
  kind: 'list',
  default: value,
  description,
});
export const records = (key: string, variable: string, description: string): SettingDefinition => ({
  key,
  variable,
  kind: 'records',
  default: [],
  description,
});
