import type { HookMapping } from '../model/incoming-hook.ts';
import type { Parameter } from '../model/job.ts';

/** What stands at a path of names and list places; undefined where nothing does. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, step) =>
        typeof found === 'object' && found !== null && Object.hasOwn(found, step)
          ? (found as Readonly<Record<string, unknown>>)[step]
          : undefined,
      value,
    );
}

/**
 * The values of a run from the body of a message: where the mapping says, without one the fields that are named as
 * parameters are. What is absent or null is not given; whether the others fit is asked of every run alike. Pure.
 */
export function valuesFromBody(
  body: unknown,
  mapping: HookMapping | null,
  declared: readonly Parameter[],
): Readonly<Record<string, unknown>> {
  const places = mapping === null ? declared.map(({ name }) => [name, name] as const) : Object.entries(mapping);
  const found = places.map(([name, path]) => [name, mapping === null ? own(body, path) : at(body, path)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== null));
}

/** A field of the body itself, also one whose name holds a dot. */
function own(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  return (body as Readonly<Record<string, unknown>>)[name];
}
