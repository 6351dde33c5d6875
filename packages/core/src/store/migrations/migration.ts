/** One step of the schema, the same on both databases. Steps are only ever added: a released one never changes. */
export interface Migration {
  /** Its place, counted from 1 without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sqlite: string;
  readonly postgres: string;
}
