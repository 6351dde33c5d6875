import type { Client, Follower, Transport } from 'job-trigger-contract';
import { parseDuration } from './duration-flag.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import { formatted, outputFormats, type OutputFormat } from './output/format.ts';
import type { Terminal } from './terminal.ts';

/** Flags that every command knows. */
export interface GlobalFlags {
  readonly config?: string;
  readonly server?: string;
  readonly context?: string;
  readonly db?: string;
  readonly dataDir?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly fields?: string;
  readonly tz?: string;
  readonly time?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  readonly input?: boolean;
  readonly timeout?: string;
}

/** An open way to the installation: over HTTP, or straight to its database. `close` leaves nothing behind. */
export interface Connection {
  readonly client: Client;
  /** The same way for calls that the client has no method for. */
  readonly send: Transport;
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

/** How long `--timeout` lets a command wait for a run; null without it. */
export function timeoutOf({ flags: { timeout } }: Context): number | null {
  return timeout === undefined ? null : parseDuration(timeout, '--timeout');
}

/** `--json` is `-o json`; `--fields` alone means JSON too. @throws CommandError (usage) for an unknown format */
export function outputFormat({ output, json, fields }: GlobalFlags): OutputFormat {
  if (output === undefined) return json === true || fields !== undefined ? 'json' : 'table';
  const format = outputFormats.find((one) => one === output);
  if (format === undefined)
    throw new CommandError(exitStatus.usage, `-o: '${output}' is none of ${outputFormats.join(', ')}.`);
  return format;
}

/** Writes a value in the form that was asked for, or lets `render` write for people. */
export async function emit(context: Context, value: unknown, render: () => void): Promise<void> {
  const format = outputFormat(context.flags);
  if (format === 'table' || format === 'wide') {
    render();
    return;
  }
  const fields = context.flags.fields?.split(',').map((field) => field.trim()) ?? null;
  context.terminal.stdout.write(await formatted(value, format, fields));
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
