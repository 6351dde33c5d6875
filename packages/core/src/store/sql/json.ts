/** JSON columns. What stands there was written by us; a damaged one is named instead of spreading as `undefined`. */
import { JobTriggerError } from '../../errors.ts';

function parse(text: string, column: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new JobTriggerError('internal', `Column ${column} holds no JSON.`, { column }, { cause });
  }
}

/** An object of the shape that was stored. @throws `internal` when it is no object */
export function readObject<T extends object>(text: string, column: string): T {
  const value = parse(text, column);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  throw new JobTriggerError('internal', `Column ${column} holds no object.`, { column });
}

/** The same, or null where nothing stands. */
export function readObjectOrNull<T extends object>(text: string | null, column: string): T | null {
  return text === null ? null : readObject<T>(text, column);
}

/** A list of texts. @throws `internal` when it is none */
export function readTexts(text: string, column: string): readonly string[] {
  const value = parse(text, column);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new JobTriggerError('internal', `Column ${column} holds no list of texts.`, { column });
}

/** Any value; null where nothing stands. */
export function readValue(text: string | null, column: string): unknown {
  return text === null ? null : parse(text, column);
}

/** The text of a value, null for absent ones. */
export function writeValue(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
