import type { Parameters, Statement } from '../sql/statement.ts';

/** A statement as the server takes it: `$1` in place of `:now`, and the names in that order. */
export interface Numbered {
  readonly name: string;
  readonly text: string;
  readonly names: readonly string[];
}

const known = new WeakMap<Statement, Numbered>();

/** Numbers the parameters of a text once; `::type` is a cast and no parameter. */
export function numbered(statement: Statement): Numbered {
  const before = known.get(statement);
  if (before) return before;
  const names: string[] = [];
  const text = statement.text.replaceAll(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  const fresh = { name: `jtp_${statement.name}`, text, names };
  known.set(statement, fresh);
  return fresh;
}

export function valuesOf({ names }: Numbered, parameters: Parameters): unknown[] {
  return names.map((name) => parameters[name] ?? null);
}
