/** A connection to PostgreSQL whose statements go one by one, each when the test says so. */
import pg from 'pg';
import { configOf } from '../../packages/core/src/store/postgres/connections.ts';
import { postgresStore } from '../../packages/core/src/store/postgres/store.ts';
import type { Store } from '../../packages/core/src/store/store.ts';
import type { System } from '../../packages/core/src/system/system.ts';

/** Where an actor stands: before a statement, inside one that waits for a lock, or at its end. */
export type Standing = 'ready' | 'blocked' | 'over';

const opensOrUndoes = /^(BEGIN|ROLLBACK|SELECT set_config)/;
/** A statement that takes longer may be waiting for a lock: then the server is asked. */
const askAfterMs = 4;

/** Where statements of one actor stand until they are let through. Statements that come at once stand in line. */
class Gate {
  readonly #waiting: (() => void)[] = [];
  #changed = Promise.withResolvers<void>();
  #open = false;
  running = 0;

  async pass<T>(send: () => Promise<T>): Promise<T> {
    if (!this.#open)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#tell();
      });
    this.running += 1;
    try {
      return await send();
    } finally {
      this.running -= 1;
      this.#tell();
    }
  }

  get stands(): boolean {
    return this.#waiting.length > 0;
  }

  letOne(): void {
    this.#waiting.shift()?.();
  }

  /** From now on nothing is held back. */
  open(): void {
    this.#open = true;
    while (this.stands) this.letOne();
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  tellEnd(): void {
    this.#tell();
  }
}

const silentBell = { ring: () => undefined, listen: () => () => undefined, close: () => Promise.resolve() };

/** One connection with a store of the product on it, and the piece of work that goes through it. */
export class Stepped {
  readonly store: Store;
  /** What went through since the work began, for the report of a failure. */
  readonly statements: string[] = [];
  readonly #client: pg.Client;
  readonly #monitor: pg.Client;
  readonly #pid: number;
  #gate = new Gate();
  #isOver = true;

  private constructor(client: pg.Client, monitor: pg.Client, { pid, system }: { pid: number; system: System }) {
    this.#client = client;
    this.#monitor = monitor;
    this.#pid = pid;
    const query = (config: pg.QueryConfig | string): Promise<pg.QueryResult> => this.#query(config);
    const pool = {
      query,
      connect: () => Promise.resolve({ query, release: () => undefined }),
      end: () => Promise.resolve(),
    };
    const only = pool as unknown as pg.Pool;
    const parts = { pool: only, hot: only, heart: only };
    const store = postgresStore({
      ...parts,
      connect: () => Promise.reject(new Error('no bell')),
      system,
      follow: null,
    });
    this.store = { ...store, bell: silentBell };
  }

  /** @param now what the database's clock says on this connection, for good */
  static async open(
    url: string,
    { monitor, system, now }: { monitor: pg.Client; system: System; now: number },
  ): Promise<Stepped> {
    const config = configOf(pg, { url, role: 'stepped' });
    const client = new pg.Client({ ...config, options: `${String(config.options)} -c deadlock_timeout=20ms` });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`SELECT set_config('jtp.now', '${now}', false)`);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new Stepped(client, monitor, { pid: rows[0]?.pid ?? 0, system });
  }

  async #query(config: pg.QueryConfig | string): Promise<pg.QueryResult> {
    const text = typeof config === 'string' ? config : config.text;
    if (opensOrUndoes.test(text)) return this.#client.query(config);
    return this.#gate.pass(() => {
      this.statements.push(text.replace(/\s+/g, ' ').slice(0, 60));
      return this.#client.query(config);
    });
  }

  /** Begins; the first statement stands before the gate when this resolves, or the work is over. */
  async begin<T>(work: (store: Store) => Promise<T>): Promise<{ readonly result: Promise<T> }> {
    this.#gate = new Gate();
    this.#isOver = false;
    this.statements.length = 0;
    const gate = this.#gate;
    const result = work(this.store);
    const end = (): void => {
      this.#isOver = true;
      gate.tellEnd();
    };
    result.then(end, end);
    await this.settle();
    return { result };
  }

  /** Lets one statement through, and waits until it is done or waits for another actor. */
  async step(): Promise<Standing> {
    this.#gate.letOne();
    return this.settle();
  }

  /** Waits until it is plain where this actor stands. */
  async settle(): Promise<Standing> {
    for (;;) {
      if (this.#isOver) return 'over';
      if (this.#gate.stands && this.#gate.running === 0) return 'ready';
      const rang = await Promise.race([
        this.#gate.changed.then(() => true),
        new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), askAfterMs)),
      ]);
      if (!rang && this.#gate.running > 0 && (await this.#isBlocked())) return 'blocked';
    }
  }

  /** Lets everything through that is still to come. */
  open(): void {
    this.#gate.open();
  }

  async #isBlocked(): Promise<boolean> {
    const asked = await this.#monitor.query<{ blocked: boolean }>(
      'SELECT cardinality(pg_blocking_pids($1)) > 0 AS blocked',
      [this.#pid],
    );
    return asked.rows[0]?.blocked === true;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
