import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ProblemError } from 'job-trigger-contract';
import { overHttp } from '../connect.ts';
import { emit, tell, type Connection, type Context } from '../context.ts';
import {
  changeContexts,
  readContexts,
  withContext,
  type Contexts,
  type Held,
  type StoredContext,
} from '../contexts/context-file.ts';
import { signInByCode } from '../contexts/device-login.ts';
import { endSignIn } from '../contexts/end-sign-in.ts';
import { checkContextName } from '../contexts/context-name.ts';
import { heldOf } from '../contexts/renewal.ts';
import { serverAddress, wayOf } from '../contexts/way.ts';
import { whoAsks, whoLines, type WhoAsks } from '../contexts/who-asks.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { printable } from '../output/table.ts';
import { resolveFrom } from '../paths.ts';
import { portalAt } from '../portal-at.ts';

interface LoginFlags {
  readonly browser: boolean;
  readonly keyFile?: string;
}

/** Where to sign in: what is named, else where the context in use leads. */
function serverOf({ terminal, flags }: Context, named: string | undefined): string {
  if (named !== undefined) return serverAddress(named, 'URL');
  const { contexts } = readContexts(terminal);
  const isNew = flags.context !== undefined && !Object.hasOwn(contexts, flags.context);
  const way = isNew ? null : wayOf(terminal, flags);
  if (way?.kind === 'server') return way.server;
  throw new CommandError(exitStatus.usage, 'Say where to sign in.', 'For example: jtp login https://jobs.example.org');
}

/** What the context is called: as asked for, else as one of this server is called, else after its host. */
function nameFor({ flags }: Context, { current, contexts }: Contexts, server: string): string {
  if (flags.context !== undefined) return checkContextName(flags.context);
  const isOfServer = (name: string): boolean => contexts[name]?.server === server;
  if (current !== null && isOfServer(current)) return current;
  return Object.keys(contexts).find(isOfServer) ?? checkContextName(new URL(server).host.replace(/[[\]]/g, ''));
}

function keyIn(context: Context, file: string): Held {
  try {
    const key = readFileSync(resolveFrom(context.terminal, file), 'utf8').trim();
    if (key.startsWith('jtp_')) return { kind: 'key', key };
  } catch {
    throw wrongFlag('--key-file', `${file} cannot be read.`);
  }
  throw wrongFlag('--key-file', `${file} holds no API key; one begins with jtp_.`);
}

const over = ({ terminal, flags }: Context, server: string, held: Held | null): Connection =>
  overHttp(terminal, flags, { kind: 'server', server, context: null, shown: held });

/** @throws CommandError where nobody signs in there, or nobody can yet */
async function checkSignsIn(context: Context, server: string): Promise<void> {
  if (!(await portalAt(server)))
    throw new CommandError(exitStatus.unreachable, `Nothing answers as a portal at ${server}.`);
  const { setup_needed: isEmpty, settings } = await over(context, server, null).client.session();
  if (isEmpty)
    throw new CommandError(exitStatus.notPermitted, 'The portal waits for its set-up.', `Open ${server} in a browser.`);
  if (settings.authentication === 'portal') return;
  throw new CommandError(
    exitStatus.notPermitted,
    settings.authentication === 'off'
      ? 'Nobody signs in there: authentication is off.'
      : 'The application that the portal is part of signs people in there.',
    settings.authentication === 'off' ? `Keep its address: jtp context add NAME ${server}` : null,
  );
}

async function login(context: Context, named: string | undefined, { browser, keyFile }: LoginFlags): Promise<WhoAsks> {
  const { terminal } = context;
  const server = serverOf(context, named);
  // Before somebody confirms a code for nothing.
  nameFor(context, readContexts(terminal), server);
  await checkSignsIn(context, server);
  if (server.startsWith('http:') && !/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(server).hostname))
    tell(context, 'This address is plain HTTP: whoever is on the way reads what is sent, this sign-in too.');
  const held =
    keyFile === undefined
      ? heldOf(await signInByCode(context, over(context, server, null).client, browser), Date.now())
      : keyIn(context, keyFile);
  const way = { kind: 'server', server, context: null, shown: held } as const;
  const who = await whoAsks(over(context, server, held).client, way);
  if (who === null)
    throw new CommandError(exitStatus.notPermitted, `${server} does not take this key.`, 'List keys with: jtp keys ls');
  const { name, former } = await changeContexts(terminal, (all) => {
    const called = nameFor(context, all, server);
    const before = Object.hasOwn(all.contexts, called) ? all.contexts[called] : undefined;
    const keep = { ...withContext(all, called, { server, held }), current: called };
    return { keep, value: { name: called, former: before ?? null } };
  });
  // The one before would only lie about in the list of sign-ins.
  if (former !== null) await ended(context, former).catch(() => undefined);
  return { ...who, context: name };
}

const ended = (context: Context, { server, held }: StoredContext): Promise<void> =>
  endSignIn(held, over(context, server, null).send);

async function logout(context: Context): Promise<string> {
  const { terminal, flags } = context;
  const way = wayOf(terminal, flags);
  const name = way.kind === 'server' ? way.context : null;
  if (name === null)
    throw new CommandError(exitStatus.notFound, 'No context is in use.', 'List them with: jtp context ls');
  const failure = await changeContexts(terminal, async (all) => {
    const known = all.contexts[name];
    if (known === undefined) return { keep: null, value: null };
    const value: unknown = await ended(context, known).then(
      () => null,
      (error: unknown) => error,
    );
    return { keep: withContext(all, name, { ...known, held: null }), value };
  });
  if (failure !== null) {
    tell(context, 'The sign-in is forgotten here, and the server could not be told. End it there in your profile.');
    throw failure;
  }
  return name;
}

function writeWho(context: Context, who: WhoAsks): void {
  for (const line of whoLines(who)) context.terminal.stdout.write(`${printable(line)}\n`);
}

/** Coming in at a server, going out again, and who one is there. */
export function addLoginCommands(program: Command, context: () => Context): void {
  program
    .command('login [url]')
    .description('Sign in at a server by a code that you confirm in a browser; its context is in use from then on.')
    .option('--no-browser', 'open no browser, only say where to go')
    .option('--key-file <file>', 'keep the API key in this file instead of signing in')
    .action(async (url: string | undefined, flags: LoginFlags) => {
      const who = await login(context(), url, flags);
      await emit(context(), who, () => writeWho(context(), who));
    });
  program
    .command('logout')
    .description('End the sign-in of the context in use, here and at its server. The context stays.')
    .action(async () => {
      const name = await logout(context());
      await emit(context(), { context: name }, () =>
        tell(context(), `Signed out of ${printable(name)}. Its address is kept: jtp context rm forgets it too.`),
      );
    });
  program
    .command('whoami')
    .description('As whom this command line acts, where, by what, and until when.')
    .action(async () => {
      const { terminal, flags } = context();
      const way = wayOf(terminal, flags);
      const connection = await context().connect();
      const who = await whoAsks(connection.client, way).finally(() => connection.close());
      if (who === null) throw nobody(way.kind === 'server' ? way.server : '');
      await emit(context(), who, () => writeWho(context(), who));
    });
}

const nobody = (server: string): ProblemError =>
  new ProblemError({
    type: 'about:blank',
    title: 'Sign in first',
    status: 401,
    code: 'unauthenticated',
    detail: `Nobody is signed in at ${server}.`,
    request_id: '',
  });
