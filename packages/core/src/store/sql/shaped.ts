/**
 * Queries whose text is always the same, on the paths that every request takes: to build one and to compile it takes this
 * process longer than the database takes to answer it.
 */
import type { CompiledQuery, Compilable } from 'kysely';
import type { Session } from './session.ts';

type Ground = Pick<Session, 'build' | 'kind'>;

/** Stands in the compiled query for what is given later. */
class Hole {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const holes = new Proxy({}, { get: (_, name) => new Hole(String(name)) });

/**
 * @param make called once for each kind of database, with holes in the place of what is given: it passes them on as values, and
 *   decides nothing by them
 * @returns the query with what is given in its place
 */
export function shaped<Row, Given extends Readonly<Record<string, unknown>> = Record<never, never>>(
  make: (ground: Ground, given: Given) => Compilable<Row>,
): (session: Ground, given: Given) => Compilable<Row> {
  const made = new WeakMap<Ground['build'], CompiledQuery<Row>>();
  return (session, given) => {
    const known = made.get(session.build) ?? make(session, holes as Given).compile();
    made.set(session.build, known);
    const parameters = known.parameters.map((value) => (value instanceof Hole ? given[value.name] : value));
    return { compile: () => ({ ...known, parameters }) };
  };
}
