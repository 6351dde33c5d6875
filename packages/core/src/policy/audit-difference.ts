/** What a change changed, field by field, fit to be kept for good. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from '../model/audit.ts';
import { formatInstant } from '../model/instant.ts';
import { maskedField } from './audit-mask.ts';

/** A thing as it was or is: its fields by name. */
export type Facts = Readonly<Record<string, unknown>>;

const mostFields = 200;
const longestValue = 2000;
const deepest = 8;

/** Below these, names are a person's own and stay as they are written. */
const ownNames = new Set(['env', 'headers', 'mapping', 'values', 'secrets']);

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

const isInstant = (name: string, value: unknown): value is number =>
  typeof value === 'number' && value > 1e11 && /(?:_at|_until|^at|^from|^to|^until)$/.test(name);

function isRecord(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parts of a value that are compared by themselves; null for one that is compared whole. */
function partsOf(value: unknown): readonly (readonly [string, unknown])[] | null {
  if (isRecord(value)) return Object.entries(value);
  if (Array.isArray(value) && value.some(isRecord)) return value.map((item, at) => [String(at), item] as const);
  return null;
}

function flatten(value: unknown, path: readonly string[], into: Map<string, unknown>): void {
  const parts = path.length >= deepest ? null : partsOf(value);
  if (parts === null) {
    if (value === undefined || value === null) return;
    const name = path.at(-1) ?? '';
    into.set(path.join('.'), isInstant(name, value) ? formatInstant(value) : value);
    return;
  }
  const isOwn = ownNames.has(path.at(-1) ?? '');
  for (const [name, item] of parts) flatten(item, [...path, isOwn ? name : snake(name)], into);
}

function clipped(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= longestValue ? value : `${text.slice(0, longestValue)}…`;
}

/**
 * Fields that differ, by their path, with secrets masked after they were compared: that a secret changed is told, and not
 * what it was. Null stands for a thing that was not there, or is there no more.
 */
export function differencesOf(before: Facts | null, after: Facts | null): readonly FieldChange[] {
  const [old, fresh] = [new Map<string, unknown>(), new Map<string, unknown>()];
  flatten(before ?? {}, [], old);
  flatten(after ?? {}, [], fresh);
  const fields = [...new Set([...old.keys(), ...fresh.keys()])];
  return fields
    .filter((field) => !isDeepStrictEqual(old.get(field), fresh.get(field)))
    .slice(0, mostFields)
    .map((field) => ({
      field,
      before: clipped(maskedField(field, old.get(field))),
      after: clipped(maskedField(field, fresh.get(field))),
    }));
}
