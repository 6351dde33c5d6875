/** Conditions on the kind of an event, in the words that the indexes are made for: success has one by time, all others one by kind and time. */
import { sql, type RawBuilder } from 'kysely';
import { isFinal, runStates } from '../../model/run.ts';

/** The one that most events are. */
export const usualKind = 'run.succeeded';

/** Those that tell of a run's end. */
export const endedKinds: readonly string[] = runStates.filter(isFinal).map((state) => `run.${state}`);

/** Every kind but that of success. */
export const isUnusual = sql<boolean>`kind <> ${sql.lit(usualKind)}`;

/** @param row its name in the query, where it has one */
export function isOfKind(kind: string, row?: string): RawBuilder<boolean> {
  const column = sql.ref(row === undefined ? 'kind' : `${row}.kind`);
  const is = sql<boolean>`${column} = ${sql.lit(kind)}`;
  return kind === usualKind ? is : sql`${is} AND ${column} <> ${sql.lit(usualKind)}`;
}
