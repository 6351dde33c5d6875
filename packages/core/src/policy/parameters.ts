/** Values for a run, checked against what its job declares. Pure. */
import { JobTriggerError, type FieldError } from '../errors.ts';
import type { Parameter } from '../model/job.ts';
import { refuseValue } from '../model/process-entry.ts';
import { fitsPattern } from '../model/value-pattern.ts';

type Value = string | number | boolean;

const flags: Readonly<Record<string, boolean>> = { true: true, false: false };

function asNumber(given: unknown): number | null {
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function asInteger(given: unknown): number | null {
  const value = asNumber(given);
  return Number.isSafeInteger(value) ? value : null;
}

/** A value in its declared type; a text that says one is taken, as forms and command lines know only texts. */
const readers: Readonly<Record<Parameter['type'], (given: unknown) => Value | null>> = {
  boolean: (given) => (typeof given === 'boolean' ? given : (flags[String(given)] ?? null)),
  number: asNumber,
  integer: asInteger,
  string: (given) => (typeof given === 'string' ? given : null),
};

/** Patterns are for names, numbers and codes: longer texts are not tried. */
const longestPatterned = 1000;

function wrong(parameter: Parameter, given: unknown): string | null {
  const value = readers[parameter.type](given);
  if (value === null) return `is no ${parameter.type}`;
  if (parameter.choices !== null && !parameter.choices.includes(value as string | number))
    return `is none of ${parameter.choices.join(', ')}`;
  const text = String(value);
  if (parameter.pattern !== null && (text.length > longestPatterned || !fitsPattern(parameter.pattern, text)))
    return `does not match ${parameter.pattern}`;
  return refuseValue(`JTP_PARAM_${parameter.name}`, text);
}

/** The value of one parameter, or the refusal; neither where there is none and none is needed. */
export function valueOf(parameter: Parameter, given: unknown): { readonly value?: Value; readonly message?: string } {
  if (given === null || given === undefined) {
    if (parameter.default !== null) return { value: parameter.default };
    return parameter.required ? { message: 'is needed' } : {};
  }
  const message = wrong(parameter, given);
  return message === null ? { value: readers[parameter.type](given) ?? '' } : { message };
}

/** The values of a run: given ones, else defaults. @throws `invalid` with paths `parameters.NAME` */
export function valuesOf(
  declared: readonly Parameter[],
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Value>> {
  const fields: FieldError[] = [];
  const values: Record<string, Value> = {};
  for (const name of Object.keys(given))
    if (!declared.some((parameter) => parameter.name === name))
      fields.push({ path: `parameters.${name}`, message: 'is not declared by this job' });
  for (const parameter of declared) {
    const { name } = parameter;
    const { value, message } = valueOf(parameter, Object.hasOwn(given, name) ? given[name] : null);
    if (message !== undefined) fields.push({ path: `parameters.${name}`, message });
    else if (value !== undefined) values[name] = value;
  }
  const first = fields[0];
  if (first !== undefined) throw new JobTriggerError('invalid', `${first.path}: ${first.message}`, { fields });
  return values;
}
