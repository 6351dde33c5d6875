/** Which installation a command line asks: flag over environment over context over data folder. */
import { readFileSync } from 'node:fs';
import type { GlobalFlags } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { resolveFrom } from '../paths.ts';
import { environmentOf } from '../settings-source.ts';
import type { Terminal } from '../terminal.ts';
import { contextNamed, readContexts, type Held } from './context-file.ts';

/** A server, with what it is shown; or the database of the settings. */
export type Way =
  | {
      readonly kind: 'server';
      /** Without a slash at the end. */
      readonly server: string;
      /** The context that it, or what it is shown, comes from; null for none. */
      readonly context: string | null;
      /** A token of a file or of the environment; what a context holds; null for nothing. */
      readonly shown: { readonly kind: 'token'; readonly token: string } | Held | null;
    }
  | { readonly kind: 'database' };

/** @throws CommandError (usage) for what is no address of HTTP */
export function serverAddress(text: string, flag: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw wrongFlag(
      flag,
      `'${text}' is no address: it begins with http:// or https://, such as https://jobs.example.org.`,
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function tokenOfFlag(terminal: Terminal, { tokenFile }: GlobalFlags): string | null {
  if (tokenFile === undefined) return null;
  try {
    return readFileSync(resolveFrom(terminal, tokenFile), 'utf8').trim();
  } catch {
    throw wrongFlag('--token-file', `${tokenFile} cannot be read.`);
  }
}

/** A server that is named itself is shown what a context holds for this very address, where nothing else is given. */
function toServer(terminal: Terminal, flags: GlobalFlags, server: string): Way {
  const token = tokenOfFlag(terminal, flags) ?? terminal.env['JOB_PORTAL_TOKEN'] ?? null;
  if (token !== null) return { kind: 'server', server, context: null, shown: { kind: 'token', token } };
  const { current, contexts } = readContexts(terminal);
  const named = Object.keys(contexts).toSorted((one, other) => Number(other === current) - Number(one === current));
  const context = named.find((name) => contexts[name]?.server === server) ?? null;
  return { kind: 'server', server, context, shown: context === null ? null : (contexts[context]?.held ?? null) };
}

/** What the environment holds is meant for the server that stands there, and is shown to no other. */
function toContext(terminal: Terminal, flags: GlobalFlags, context: string): Way {
  const { server, held } = contextNamed(readContexts(terminal), context);
  const token = tokenOfFlag(terminal, flags);
  return { kind: 'server', server, context, shown: token === null ? held : { kind: 'token', token } };
}

/** Whether the settings of an installation are named, by a flag or in the environment. */
function namesInstallation(terminal: Terminal, { config }: GlobalFlags): boolean {
  const env = environmentOf(terminal);
  const variables = ['JOB_PORTAL_DATA_DIR', 'JOB_PORTAL_DB_URL', 'JOB_PORTAL_CONFIG'];
  return config !== undefined || variables.some((name) => (env[name] ?? '') !== '');
}

/** @throws CommandError for a server that is none, a context that there is not, or two that are named at once */
export function wayOf(terminal: Terminal, flags: GlobalFlags): Way {
  if (flags.server !== undefined && flags.context !== undefined)
    throw new CommandError(exitStatus.usage, 'Name a server or a context, not both.', null, '--context');
  if (flags.server !== undefined) return toServer(terminal, flags, serverAddress(flags.server, '--server'));
  if (flags.context !== undefined) return toContext(terminal, flags, flags.context);
  if (flags.db !== undefined || flags.dataDir !== undefined) return { kind: 'database' };
  return byEnvironment(terminal, flags);
}

function byEnvironment(terminal: Terminal, flags: GlobalFlags): Way {
  const { JOB_PORTAL_SERVER: server, JOB_PORTAL_CONTEXT: context } = terminal.env;
  if (server !== undefined) return toServer(terminal, flags, serverAddress(server, 'JOB_PORTAL_SERVER'));
  if (context !== undefined) return toContext(terminal, flags, context);
  if (namesInstallation(terminal, flags)) return { kind: 'database' };
  const { current } = readContexts(terminal);
  return current === null ? { kind: 'database' } : toContext(terminal, flags, current);
}

/** Where the portal is reached, for what is told to people; its usual place where the database is asked. */
export function addressOf(terminal: Terminal, flags: GlobalFlags): string {
  const way = wayOf(terminal, flags);
  return way.kind === 'server' ? way.server : 'http://127.0.0.1:8080';
}
