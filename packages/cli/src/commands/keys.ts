import type { Command } from 'commander';
import type { Client, Key, KeyMade } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { addressOf } from '../contexts/way.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

/** A key by its id or its name, whatever the case: one's own first. */
async function findKey(client: Client, nameOrId: string): Promise<Key> {
  const wanted = nameOrId.toLowerCase();
  const isIt = ({ id, name }: Key): boolean => id === wanted || name.toLowerCase() === wanted;
  const found =
    (await client.listKeys({})).items.find(isIt) ?? (await ofOthers(client)).find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  throw new CommandError(exitStatus.notFound, `No key is called '${nameOrId}'.`, 'List them with: jtp keys ls');
}

/** Those of everybody, for whoever may ask. */
async function ofOthers(client: Client): Promise<readonly Key[]> {
  const { person } = await client.session();
  return person?.role === 'admin' ? (await client.listKeys({ query: { all: 'true' } })).items : [];
}

const scopeNames = ['read', 'run', 'write', 'admin'] as const;
type Scope = (typeof scopeNames)[number];

function scopesOf(text: string): Scope[] {
  return text.split(',').map((word) => {
    const scope = scopeNames.find((each) => each === word.trim());
    if (scope === undefined) throw wrongFlag('--scopes', `'${word}' is none of ${scopeNames.join(', ')}.`);
    return scope;
  });
}

function daysOf(text: string | undefined): { valid_days?: number } {
  if (text === undefined) return {};
  if (!/^\d{1,4}$/.test(text)) throw wrongFlag('--days', `'${text}' is no number of days.`);
  return { valid_days: Number(text) };
}

/** The key alone goes to stdout, so that it can be piped into a file; the narration does not. */
function tellKey(context: Context, made: KeyMade, what: string): Promise<void> {
  const server = addressOf(context.terminal, context.flags);
  return emit(context, made, () => {
    tell(context, `${what} ${printable(made.name)}, until ${made.expires_at}. It is shown only now:`);
    context.terminal.stdout.write(`${made.secret}\n`);
    const former = made.former_until;
    if (former !== null) tell(context, `The key before it is taken too until ${former}.`);
    tell(context, `Try it: curl -H 'Authorization: Bearer KEY' ${server}/api/auth/me`);
  });
}

function stateText({ expires_at: end, scopes, scopes_in_force: inForce, unused }: Key, now: number): string {
  if (Date.parse(end) <= now) return 'expired';
  if (inForce.length < scopes.length) return 'less than its scopes';
  return unused ? 'unused' : 'on';
}

function columns(times: Times, isAll: boolean): readonly Column<Key>[] {
  return [
    { title: 'NAME', text: ({ name }) => name },
    ...(isAll ? [{ title: 'OWNER', text: ({ owner }: Key) => owner?.name ?? '' }] : []),
    { title: 'STATE', text: (key) => stateText(key, Date.now()) },
    { title: 'SCOPES', text: ({ scopes }) => scopes.join(',') },
    {
      title: 'FROM',
      text: ({ addresses }) => (addresses.length === 0 ? 'anywhere' : addresses.join(',')),
      cut: 'first',
    },
    { title: times.title('EXPIRES'), text: ({ expires_at: at }) => times.text(at) },
    { title: times.title('LAST USED'), text: ({ last_used_at: at }) => times.text(at) },
    { title: 'ID', text: ({ id }) => id, wide: true },
  ];
}

/** Credentials of programs. */
export function addKeyCommands(program: Command, context: () => Context): void {
  const keys = program.command('keys').description('Keys by which programs act for you, within your role.');
  keys
    .command('ls')
    .description('List your keys.')
    .option('--all', 'those of everybody, for administrators')
    .action(async ({ all = false }: { readonly all?: boolean }) => {
      const answer = await withConnection(context(), ({ client }) =>
        client.listKeys(all ? { query: { all: 'true' } } : {}),
      );
      const empty = 'No key yet. Make one with: jtp keys create NAME --scopes read,run';
      await emit(context(), answer, () => writeTable(context(), answer.items, columns(timesOf(context()), all), empty));
    });
  keys
    .command('create <name>')
    .description('Make a key. It is written once, to stdout.')
    .requiredOption('--scopes <list>', 'what it may do: read, run, write, admin; none holds another')
    .option(
      '--from <address>',
      'take it from this address or range alone, as 10.0.0.0/8; repeat it for more',
      (value: string, all: readonly string[] | undefined): readonly string[] => [...(all ?? []), value],
    )
    .option('--days <n>', 'how long it is good for: 1 to 366, 90 when absent')
    .action(
      async (
        name: string,
        flags: { readonly scopes: string; readonly from?: readonly string[]; readonly days?: string },
      ) => {
        const addresses = flags.from === undefined ? {} : { addresses: [...flags.from] };
        const body = { name, scopes: scopesOf(flags.scopes), ...addresses, ...daysOf(flags.days) };
        const made = await withConnection(context(), ({ client }) => client.createKey({ body }));
        await tellKey(context(), made, 'Made the key');
      },
    );
  keys
    .command('rotate <key>')
    .description('Make a new key in the place of one of yours, written once to stdout.')
    .option('--overlap <time>', 'how long the one before is taken too: up to 7d, 1d when absent')
    .option('--days <n>', 'how long it is good for: 1 to 366, 90 when absent')
    .action(async (name: string, flags: { readonly overlap?: string; readonly days?: string }) => {
      const overlap =
        flags.overlap === undefined
          ? {}
          : { overlap_seconds: Math.round(parseDuration(flags.overlap, '--overlap') / 1000) };
      const made = await withConnection(context(), async ({ client }) => {
        const { id } = await findKey(client, name);
        return client.rotateKey({ params: { id }, body: { ...overlap, ...daysOf(flags.days) } });
      });
      await tellKey(context(), made, 'New key for');
    });
  keys
    .command('revoke <key>')
    .description('End a key at once; an administrator may name another’s by its id.')
    .action(async (name: string) => {
      const key = await withConnection(context(), async ({ client }) => {
        const found = await findKey(client, name);
        await confirmed(context(), `Revoke the key ${printable(found.name)}? What uses it is refused from then on.`);
        await client.revokeKey({ params: { id: found.id } });
        return found;
      });
      await emit(context(), key, () => tell(context(), `Revoked ${printable(key.name)}.`));
    });
}
