/** One connection to a SQLite file: its settings, its statements, and its errors as ours. */
import { DatabaseSync } from 'node:sqlite';
import { JobTriggerError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { untilFree } from './busy.ts';
import { thisSqliteHost, type SqliteHost } from './host.ts';
import { Prepared, type Bound } from './prepared.ts';
import { isSafeVersion, safeVersions } from './version.ts';

/** Statements kept prepared; the least recently used goes first. */
const statementsKept = 250;

export interface Answer {
  readonly rows: readonly unknown[];
  readonly changes: number;
}

export interface ConnectionOptions {
  readonly host?: SqliteHost;
  /** Called when the disk refused to make a commit durable; it should end the process. */
  readonly syncFailed?: ((error: Error) => void) | undefined;
}

export interface Connection {
  readonly database: DatabaseSync;
  /** Runs one statement; parameters by place or by name. @throws our errors for a full disk and a busy file */
  readonly run: (text: string, parameters: Bound) => Answer;
  /** Runs a statement once for each list of parameters; answers the rows of all. @throws as {@link Connection.run} does */
  readonly runEach: (text: string, lists: readonly (readonly unknown[])[]) => Answer;
  close(): void;
}

/**
 * Opens `path` (or `:memory:`) with write-ahead log and full synchronisation.
 *
 * @throws {JobTriggerError} `sqlite_too_old` when this SQLite can lose data of two connections,
 *   `database_unreachable` when the file cannot be opened
 */
export async function openConnection(
  path: string,
  system: System,
  { host = thisSqliteHost, syncFailed }: ConnectionOptions = {},
): Promise<Connection> {
  const database = open(path);
  try {
    database.function('now_ms', () => system.clock.wall());
    await untilFree(system.random, () => configure(database, host));
  } catch (error) {
    database.close();
    throw error;
  }
  const prepared = new Map<string, Prepared>();

  const prepare = (text: string): Prepared => {
    const known = prepared.get(text);
    if (known) {
      prepared.delete(text);
      prepared.set(text, known);
      return known;
    }
    const fresh = new Prepared(database, text);
    prepared.set(text, fresh);
    const [oldest] = prepared.keys();
    if (prepared.size > statementsKept && oldest !== undefined) prepared.delete(oldest);
    return fresh;
  };

  const telling = (work: () => Answer): Answer => {
    try {
      return work();
    } catch (error) {
      if (isFailedSync(error)) syncFailed?.(error);
      throw ours(error);
    }
  };

  return {
    database,
    run: (text, parameters) =>
      telling(() => {
        const statement = prepare(text);
        if (statement.answersRows) return { rows: statement.all(parameters), changes: 0 };
        return { rows: [], changes: statement.change(parameters) };
      }),
    runEach: (text, lists) =>
      telling(() => {
        const statement = prepare(text);
        const rows: unknown[] = [];
        let changes = 0;
        for (const parameters of lists) {
          if (statement.answersRows) rows.push(...statement.all(parameters));
          else changes += statement.change(parameters);
        }
        return { rows, changes };
      }),
    close() {
      prepared.clear();
      if (database.isOpen) database.close();
    },
  };
}

function checkSafe(database: DatabaseSync, host: SqliteHost): void {
  const version = host.version(database);
  if (isSafeVersion(version)) return;
  throw new JobTriggerError('sqlite_too_old', `SQLite ${version} can lose data; ${safeVersions} is needed.`, {
    version,
  });
}

const settings = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'journal_size_limit = 67108864',
  // In pages, 16 MB: whoever commits copies the log into the file, and a page that changed in many commits is copied once.
  'wal_autocheckpoint = 4000',
];

/**
 * Changing the journal and recovering after a crash take the file's lock, so another opener may be in the way: even of
 * the question for the version, as every statement reads the schema first.
 */
function configure(database: DatabaseSync, host: SqliteHost): void {
  try {
    checkSafe(database, host);
    for (const setting of settings) database.exec(`PRAGMA ${setting}`);
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    throw ours(error);
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw new JobTriggerError('database_unreachable', `The database ${path} cannot be opened.`, { path }, { cause });
  }
}

const damagedText =
  'The database file is damaged. Nothing is written any more. Stop the portal, look with `jtp doctor`, and restore the newest ' +
  'backup into another folder: jtp --data-dir FOLDER restore FILE.';

const busy = 5;
const locked = 6;
const full = 13;
const ioError = 10;
const cannotOpen = 14;
const corrupt = 11;
const noDatabase = 26;
/** SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not grow, which only a full disk explains. */
const noRoomForIndex = 4874;
/** SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC. */
const failedSyncs: readonly number[] = [1034, 1290];

function extendedCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
}

/** After a failed sync nobody knows what of the log is on disk, and asking again would say that all is well. */
function isFailedSync(error: unknown): error is Error {
  return failedSyncs.includes(extendedCode(error) ?? 0);
}

/** The result code of SQLite without its extension, or null for another error. */
function resultCode(error: unknown): number | null {
  const code = extendedCode(error);
  if (code === noRoomForIndex) return full;
  return code === null ? null : code & 0xff;
}

function ours(cause: unknown): unknown {
  switch (resultCode(cause)) {
    case busy:
    case locked:
      return new JobTriggerError('database_busy', 'Another process is writing to the database.', {}, { cause });
    case full:
      return new JobTriggerError('no_space', 'There is no space left for the database.', {}, { cause });
    case ioError:
    case cannotOpen:
      return new JobTriggerError('database_unreachable', 'The database file cannot be read or written.', {}, { cause });
    case corrupt:
    case noDatabase:
      return new JobTriggerError('database_damaged', damagedText, {}, { cause });
    default:
      return cause;
  }
}
