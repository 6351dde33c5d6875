import { databaseOf } from './database-url.ts';

/** What is wrong with the pages of a SQLite file, in SQLite's words; empty when nothing is, null for a server, which looks itself. */
export async function databaseDamage(url: string): Promise<string | null> {
  const { kind, place } = databaseOf(url);
  if (kind === 'postgres' || place === ':memory:') return null;
  const { damageOf } = await import('./sqlite/inspect.ts');
  return damageOf(place);
}
