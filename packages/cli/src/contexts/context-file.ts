/** The servers that this person's command line knows, with what it shows them: one private file in their own folder. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, exitStatus } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { whileLocked } from './file-lock.ts';

/** A sign-in that goes on by itself. */
export interface HeldSignIn {
  readonly kind: 'sign_in';
  readonly access_token: string;
  /** RFC 3339, by the clock of this machine. */
  readonly access_until: string;
  readonly refresh_token: string;
  /** When it is over unused. */
  readonly refresh_until: string;
}

interface HeldKey {
  readonly kind: 'key';
  readonly key: string;
}

export type Held = HeldSignIn | HeldKey;

export interface StoredContext {
  /** Without a slash at the end. */
  readonly server: string;
  /** Null where nothing is shown: nobody is signed in. */
  readonly held: Held | null;
}

export interface Contexts {
  /** The one in use; null for none. */
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, StoredContext>>;
}

const none: Contexts = { current: null, contexts: {} };

/** Where it lies, as the XDG base directories have it; null where nobody has a folder of their own. */
function contextPath({ env }: Pick<Terminal, 'env'>): string | null {
  const { XDG_CONFIG_HOME: configured = '', HOME: home = '' } = env;
  if (configured.startsWith('/')) return join(configured, 'jtp', 'contexts.json');
  return home === '' ? null : join(home, '.config', 'jtp', 'contexts.json');
}

function refuseOpen(path: string): void {
  const { mode, uid } = statSync(path);
  // Where there are no such modes, the folder is the person's own.
  if (process.getuid === undefined) return;
  if ((mode & 0o077) !== 0)
    throw new CommandError(
      exitStatus.usage,
      `${path} holds what signs you in, and others may open it (mode ${(mode & 0o777).toString(8).padStart(4, '0')}).`,
      `Make it yours alone: chmod 600 ${path}`,
    );
  if (uid !== process.getuid())
    throw new CommandError(exitStatus.usage, `${path} belongs to somebody else.`, 'Use a folder of your own.');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const holdsTexts = (value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean =>
  names.every((name) => typeof value[name] === 'string');

function isHeld(value: unknown): value is Held | null {
  if (!isRecord(value)) return value === null;
  if (value['kind'] === 'key') return holdsTexts(value, ['key']);
  const texts = ['access_token', 'access_until', 'refresh_token', 'refresh_until'];
  return value['kind'] === 'sign_in' && holdsTexts(value, texts);
}

function isContexts(value: unknown): value is Contexts {
  if (!isRecord(value) || !isRecord(value['contexts'])) return false;
  const { current, contexts } = value;
  if (current !== null && typeof current !== 'string') return false;
  return Object.values(contexts).every((one) => isRecord(one) && holdsTexts(one, ['server']) && isHeld(one['held']));
}

function read(path: string): Contexts {
  let text: string;
  try {
    refuseOpen(path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw error;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (isContexts(parsed)) return parsed;
  } catch {
    // Told below, as what is JSON and something else.
  }
  throw new CommandError(exitStatus.usage, `${path} cannot be read.`, `Remove it, then: jtp login URL`);
}

/** Whole or not at all: a reader sees the file before or after. */
function write(path: string, contexts: Contexts): void {
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(contexts, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
}

/** @throws CommandError (usage) where others may open it, or it holds something else */
export function readContexts(terminal: Pick<Terminal, 'env'>): Contexts {
  const path = contextPath(terminal);
  return path === null ? none : read(path);
}

/** Answer of a change: what is to be kept, or null to leave it as it is. */
interface Change<T> {
  readonly keep: Contexts | null;
  readonly value: T;
}

/**
 * Reads, lets `work` decide, and writes, while no other `jtp` of this person does: what a server takes once is shown once.
 * @throws as {@link readContexts}
 */
export async function changeContexts<T>(
  terminal: Pick<Terminal, 'env'>,
  work: (contexts: Contexts) => Change<T> | Promise<Change<T>>,
): Promise<T> {
  const path = contextPath(terminal);
  if (path === null)
    throw new CommandError(exitStatus.usage, 'There is no folder to keep it in.', 'Set HOME or XDG_CONFIG_HOME.');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return whileLocked(join(dirname(path), 'contexts.lock'), async () => {
    const { keep, value } = await work(read(path));
    if (keep !== null) write(path, keep);
    return value;
  });
}

/** The one of this name. @throws CommandError (not found) */
export function contextNamed({ contexts }: Contexts, name: string): StoredContext {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found !== undefined) return found;
  throw new CommandError(exitStatus.notFound, `No context is called '${name}'.`, 'List them with: jtp context ls');
}

/** The same with one of them new or changed. */
export function withContext(all: Contexts, name: string, context: StoredContext): Contexts {
  return { ...all, contexts: { ...all.contexts, [name]: context } };
}

/** The same without one; none is in use when it was. */
export function withoutContext({ current, contexts }: Contexts, name: string): Contexts {
  const { [name]: _, ...others } = contexts;
  return { current: current === name ? null : current, contexts: others };
}
