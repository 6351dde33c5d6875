import type { Command } from 'commander';
import { fetchTransport } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, type Context } from '../context.ts';
import {
  changeContexts,
  contextNamed,
  readContexts,
  withContext,
  withoutContext,
  type StoredContext,
} from '../contexts/context-file.ts';
import { checkContextName } from '../contexts/context-name.ts';
import { endSignIn } from '../contexts/end-sign-in.ts';
import { serverAddress } from '../contexts/way.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { printable, writeTable, type Column } from '../output/table.ts';

/** What may be told of a context: nothing that signs anybody in. */
interface Told {
  readonly name: string;
  readonly server: string;
  readonly current: boolean;
  readonly how: 'sign_in' | 'key' | null;
  /** When the sign-in is over unused. */
  readonly until: string | null;
}

function told(name: string, { server, held }: StoredContext, current: string | null): Told {
  const until = held?.kind === 'sign_in' ? held.refresh_until : null;
  return { name, server, current: name === current, how: held?.kind ?? null, until };
}

const signedIn = ({ how, until }: Told): string => {
  if (how === null) return 'no';
  if (how === 'key') return 'by a key';
  return Date.parse(until ?? '') <= Date.now() ? 'over' : 'yes';
};

const columns: readonly Column<Told>[] = [
  { title: 'IN USE', text: ({ current }) => (current ? '*' : '') },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'SERVER', text: ({ server }) => server },
  { title: 'SIGNED IN', text: signedIn },
];

async function use(context: Context, name: string | undefined, isNone: boolean): Promise<void> {
  if ((name === undefined) !== isNone)
    throw new CommandError(exitStatus.usage, 'Name the context to use, or say --none.', 'See them: jtp context ls');
  const current = name ?? null;
  const server = await changeContexts(context.terminal, (all) => ({
    keep: { ...all, current },
    value: current === null ? null : contextNamed(all, current).server,
  }));
  await emit(context, { current, server }, () =>
    tell(
      context,
      current === null
        ? 'Commands ask the database of the data folder again.'
        : `Commands go to ${server} now, where neither flag nor environment say otherwise.`,
    ),
  );
}

/** Ends what it holds at its server, where that can be asked: forgetting it here must not depend on that. */
async function remove(context: Context, name: string): Promise<void> {
  const { server } = contextNamed(readContexts(context.terminal), name);
  await confirmed(context, `Forget the context ${printable(name)} of ${printable(server)}?`);
  const isEnded = await changeContexts(context.terminal, async (all) => {
    const known = contextNamed(all, name);
    const value = await endSignIn(known.held, fetchTransport({ base: known.server })).then(
      () => true,
      () => false,
    );
    return { keep: withoutContext(all, name), value };
  });
  await emit(context, { name, server, ended: isEnded }, () =>
    tell(
      context,
      isEnded
        ? `Forgot ${printable(name)}.`
        : `Forgot ${printable(name)}. Its server could not be told: end the sign-in there in your profile.`,
    ),
  );
}

/** The servers that this person's command line knows. */
export function addContextCommands(program: Command, context: () => Context): void {
  const contexts = program.command('context').description('Servers that this command line knows, one of them in use.');
  contexts
    .command('ls')
    .description('List contexts by name.')
    .action(async () => {
      const { current, contexts: known } = readContexts(context().terminal);
      const items = Object.entries(known)
        .map(([name, each]) => told(name, each, current))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1));
      const empty = 'No context yet. Make one with: jtp login URL';
      await emit(context(), { items }, () => writeTable(context(), items, columns, empty));
    });
  contexts
    .command('use [name]')
    .description('Ask the server of this context from now on.')
    .option('--none', 'ask the database of the data folder again')
    .action((name: string | undefined, { none = false }: { readonly none?: boolean }) => use(context(), name, none));
  contexts
    .command('add <name> <url>')
    .description('Keep the address of a server, without a sign-in; jtp login signs in there.')
    .action(async (name: string, url: string) => {
      const server = serverAddress(url, 'URL');
      checkContextName(name);
      const added = await changeContexts(context().terminal, (all) => {
        if (Object.hasOwn(all.contexts, name))
          throw new CommandError(
            exitStatus.notPermitted,
            `There is a context ${name} already.`,
            `Forget it first: jtp context rm ${name}`,
          );
        const made = { server, held: null };
        return { keep: withContext(all, name, made), value: told(name, made, all.current) };
      });
      await emit(context(), added, () =>
        tell(context(), `Added ${printable(name)}. Use it: jtp context use ${printable(name)}`),
      );
    });
  contexts
    .command('rm <name>')
    .description('Forget a context, and end its sign-in.')
    .action((name: string) => remove(context(), name));
}
