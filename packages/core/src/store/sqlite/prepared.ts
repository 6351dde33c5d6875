/**
 * Prepared statements that answer rows as objects.
 *
 * Of its own accord the driver gives each row as an object without a shape, which costs more to make and to read than the
 * query itself. Here it gives arrays, and a function made once for each statement gives them their names: all rows of a
 * statement are then of one shape, which the engine reads at a fixed place.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

type Row = Readonly<Record<string, unknown>>;
type Named = (values: readonly unknown[]) => Row;

/** By place or by name. */
export type Bound = readonly unknown[] | Readonly<Record<string, unknown>>;

export class Prepared {
  readonly #statement: StatementSync;
  /** False for one that changes and tells nothing. */
  readonly answersRows: boolean;
  #width = 0;
  #named: Named = () => ({});

  constructor(database: DatabaseSync, text: string) {
    this.#statement = database.prepare(text);
    this.answersRows = this.#statement.columns().length > 0;
    if (!this.answersRows) return;
    this.#statement.setReturnArrays(true);
    this.#learn();
  }

  all(parameters: Bound): readonly Row[] {
    const rows = (isList(parameters)
      ? this.#statement.all(...parameters.map(toInput))
      : this.#statement.all(named(parameters))) as unknown as readonly (readonly unknown[])[];
    const [first] = rows;
    // The tables have changed since it was prepared, and it was prepared anew.
    if (first !== undefined && first.length !== this.#width) this.#learn();
    return rows.map(this.#named);
  }

  /** @returns how many rows it changed */
  change(parameters: Bound): number {
    const { changes } = isList(parameters)
      ? this.#statement.run(...parameters.map(toInput))
      : this.#statement.run(named(parameters));
    return Number(changes);
  }

  #learn(): void {
    const names = this.#statement.columns().map(({ name }) => name);
    this.#width = names.length;
    this.#named = namer(names);
  }
}

function namer(names: readonly string[]): Named {
  const pairs = names.map((name, place) => `[${JSON.stringify(name)}]: values[${place}]`);
  try {
    // Made of the names of columns alone, as JSON. One literal is one shape; filling an object name by name takes twice as long.
    // oxlint-disable-next-line typescript/no-implied-eval
    return new Function('values', `return { ${pairs.join(', ')} };`) as Named;
  } catch {
    // An engine may be told to make no code of texts.
    return (values) => Object.fromEntries(names.map((name, place) => [name, values[place]]));
  }
}

function toInput(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value as SQLInputValue;
}

function named(parameters: Readonly<Record<string, unknown>>): Record<string, SQLInputValue> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toInput(value)]));
}

function isList(parameters: Bound): parameters is readonly unknown[] {
  return Array.isArray(parameters);
}
