import type { Client, Follower } from 'job-trigger-contract';
import type { Terminal } from './terminal.ts';

/** Flags that every command knows. */
export interface GlobalFlags {
  readonly config?: string;
  readonly server?: string;
  readonly db?: string;
  readonly dataDir?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  readonly input?: boolean;
  readonly timeout?: string;
}

/** An open way to the installation: over HTTP, or straight to its database. `close` leaves nothing behind. */
export interface Connection {
  readonly client: Client;
  /** Output as it is written. */
  readonly follow: Follower;
  close(): Promise<void>;
}

/** What a command gets: where to write, and how to reach the installation. */
export interface Context {
  readonly terminal: Terminal;
  readonly flags: GlobalFlags;
  connect(): Promise<Connection>;
}

/** Writes a value as JSON for machines, else lets `render` write for people. */
export function emit(context: Context, value: unknown, render: () => void): void {
  if (context.flags.json === true) context.terminal.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  else render();
}

/** Narration: stderr, and silent with `--quiet`. */
export function tell(context: Context, text: string): void {
  if (context.flags.quiet !== true) context.terminal.stderr.write(`${text}\n`);
}

/** Connects, works, and closes whatever happens. */
export async function withConnection<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await context.connect();
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
