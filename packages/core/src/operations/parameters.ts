/** Values for a run, checked against what its job declares. Pure. */
import { JobTriggerError, type FieldError } from '../errors.ts';
import { refuseValue } from '../handlers/environment.ts';
import type { Parameter } from '../model/job.ts';
import { fitsPattern } from './value-pattern.ts';

type Value = string | number | boolean;

/** A value in its declared type; a text that says one is taken, as forms and command lines know only texts. */
function convert(parameter: Parameter, given: unknown): Value | null {
  switch (parameter.type) {
    case 'boolean':
      return typeof given === 'boolean' ? given : given === 'true' ? true : given === 'false' ? false : null;
    case 'number':
    case 'integer': {
      const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      if (typeof value !== 'number' || !Number.isFinite(value)) return null;
      return parameter.type === 'integer' && !Number.isSafeInteger(value) ? null : value;
    }
    case 'string':
      return typeof given === 'string' ? given : null;
  }
}

/** Patterns are for names, numbers and codes: longer texts are not tried. */
const longestPatterned = 1000;

function wrong(parameter: Parameter, given: unknown): string | null {
  const value = convert(parameter, given);
  if (value === null) return `is no ${parameter.type}`;
  if (parameter.choices !== null && !parameter.choices.includes(value as string | number))
    return `is none of ${parameter.choices.join(', ')}`;
  const text = String(value);
  if (parameter.pattern !== null && (text.length > longestPatterned || !fitsPattern(parameter.pattern, text)))
    return `does not match ${parameter.pattern}`;
  return refuseValue(`JTP_PARAM_${parameter.name}`, text);
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
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : null;
    const path = `parameters.${parameter.name}`;
    if (value === null || value === undefined) {
      if (parameter.default !== null) values[parameter.name] = parameter.default;
      else if (parameter.required) fields.push({ path, message: 'is needed' });
      continue;
    }
    const message = wrong(parameter, value);
    if (message !== null) fields.push({ path, message });
    else values[parameter.name] = convert(parameter, value) ?? '';
  }
  const first = fields[0];
  if (first !== undefined) throw new JobTriggerError('invalid', `${first.path}: ${first.message}`, { fields });
  return values;
}
