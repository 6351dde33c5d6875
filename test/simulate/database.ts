/**
 * The product's own SQLite store in memory. One migrated connection serves one world after the other; every process of a
 * world has a store of its own on it. Its calls come one at a time, so that each transaction is whole.
 */
import { migrations } from '../../packages/core/src/store/migrations/index.ts';
import { openConnection, type Connection } from '../../packages/core/src/store/sqlite/connection.ts';
import { migrateSqlite } from '../../packages/core/src/store/sqlite/migrate.ts';
import { sqliteStore } from '../../packages/core/src/store/sqlite/store.ts';
import type { Store } from '../../packages/core/src/store/store.ts';
import { realSystem, type System } from '../../packages/core/src/system/system.ts';
import { worldStart } from './machine.ts';

type Row = Readonly<Record<string, unknown>>;

export class Database {
  readonly #connection: Connection;
  readonly #tables: readonly string[];
  readonly #template: ReadonlyMap<string, readonly Row[]>;
  readonly #time: { wall: () => number };

  private constructor(connection: Connection, time: { wall: () => number }) {
    this.#connection = connection;
    this.#time = time;
    const named = this.rows(`SELECT name FROM sqlite_schema WHERE type = 'table'`) as readonly { name: string }[];
    this.#tables = named.map(({ name }) => name);
    this.#template = new Map(this.#tables.map((name) => [name, this.rows(`SELECT * FROM "${name}"`)]));
  }

  static async open(): Promise<Database> {
    const time = { wall: () => worldStart };
    const clock = { ...realSystem().clock, wall: () => time.wall() };
    const system = realSystem({ clock });
    const connection = await openConnection(':memory:', system);
    await migrateSqlite(connection, system, migrations);
    // Every world begins with an empty audit, whose rows are otherwise kept for good.
    connection.database.exec('DROP TRIGGER audit_stays_unchanged; DROP TRIGGER audit_stays_whole');
    return new Database(connection, time);
  }

  /** As it was after the migrations, and from now on in the time that `wall` tells. */
  reset(wall: () => number): void {
    this.#time.wall = wall;
    this.setRoom(null);
    for (const name of this.#tables) {
      this.#connection.run(`DELETE FROM "${name}"`, []);
      for (const row of this.#template.get(name) ?? []) {
        const marks = Object.keys(row).map(() => '?');
        const columns = Object.keys(row).join(', ');
        this.#connection.run(`INSERT INTO "${name}" (${columns}) VALUES (${marks.join(', ')})`, Object.values(row));
      }
    }
  }

  store(system: System): Promise<Store> {
    return sqliteStore(':memory:', system, this.#connection);
  }

  /**
   * Lets the file grow by so many pages and no more; null lets it grow on. What earlier worlds left free in it is given back
   * first, as the room of one must not depend on them (seed 10970).
   */
  setRoom(pages: number | null): void {
    if (pages !== null) this.#connection.run('VACUUM', []);
    const [row] = this.rows('PRAGMA page_count') as readonly { page_count: number }[];
    this.#connection.run(`PRAGMA max_page_count = ${pages === null ? 1_000_000 : (row?.page_count ?? 1) + pages}`, []);
  }

  rows(sql: string): readonly Row[] {
    return this.#connection.run(sql, []).rows as readonly Row[];
  }

  close(): void {
    this.#connection.close();
  }
}
