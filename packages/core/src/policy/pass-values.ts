/** What the results of prerequisites give a job's parameters. Pure. */
import type { Id } from '../model/id.ts';
import type { JobDefinition, Parameter } from '../model/job.ts';
import { valueOf } from './parameters.ts';

export type Passed =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, unknown>> }
  /** A parameter that is required got no value that it may have, from this job. */
  | { readonly kind: 'missing'; readonly jobId: Id };

/**
 * A value that is missing or that the parameter may not have leaves the default; a required parameter without one is
 * missing.
 *
 * @param results of the prerequisites that have ended, by job
 */
export function passValues(
  { dependsOn = null, parameters }: Pick<JobDefinition, 'dependsOn' | 'parameters'>,
  results: ReadonlyMap<Id, unknown>,
): Passed {
  const values: Record<string, unknown> = {};
  for (const parameter of parameters) {
    const source = dependsOn?.pass?.find((one) => one.parameter === parameter.name);
    const given =
      source === undefined ? undefined : asGiven(parameter, within(results.get(source.job.id), source.field));
    const fitting = valueOf(parameter, given).message === undefined ? given : undefined;
    const { value, message } = valueOf(parameter, fitting);
    if (message !== undefined && source !== undefined) return { kind: 'missing', jobId: source.job.id };
    if (value !== undefined) values[parameter.name] = value;
  }
  return { kind: 'values', values };
}

/** Numbers and flags of a result are taken as texts where a text is wanted. */
function asGiven({ type }: Parameter, given: unknown): unknown {
  return type === 'string' && (typeof given === 'number' || typeof given === 'boolean') ? String(given) : given;
}

function within(result: unknown, field: string): unknown {
  let value = result;
  for (const step of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
