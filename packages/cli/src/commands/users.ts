import type { Command } from 'commander';
import type { Client, Invitation, InvitationMade, QuotaUses, Right, User } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { addressOf } from '../contexts/way.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

const roleNames = ['viewer', 'operator', 'editor', 'admin'] as const;
type Role = (typeof roleNames)[number];

function roleOf(text: string): Role {
  const role = roleNames.find((each) => each === text);
  if (role === undefined) throw wrongFlag('--role', `'${text}' is none of ${roleNames.join(', ')}.`);
  return role;
}

/** Somebody by their address or id. */
/** @throws CommandError for nobody */
export async function findUser(client: Client, emailOrId: string): Promise<User> {
  const wanted = emailOrId.toLowerCase();
  const found = (await client.listUsers()).items.find(({ id, email }) => id === wanted || email === wanted);
  if (found !== undefined) return found;
  throw new CommandError(
    exitStatus.notFound,
    `Nobody has the address '${emailOrId}'.`,
    'List people with: jtp users ls',
  );
}

async function findInvitation(client: Client, emailOrId: string): Promise<Invitation> {
  const wanted = emailOrId.toLowerCase();
  const found = (await client.listInvitations()).items.find(({ id, email }) => id === wanted || email === wanted);
  if (found !== undefined) return found;
  throw new CommandError(
    exitStatus.notFound,
    `Nobody is invited as '${emailOrId}'.`,
    'List invitations with: jtp users invitations',
  );
}

const rightsText = ({ role, approver }: Pick<User, 'role' | 'approver'>): string =>
  approver ? `${role}, approver` : role;

function factorsText({ second_factors: { one_time_codes: codes, passkeys } }: User): string {
  const all = [...(codes ? ['codes'] : []), ...(passkeys === 0 ? [] : [`passkeys (${passkeys})`])];
  return all.length === 0 ? 'none' : all.join(', ');
}

const columns = (times: Times): readonly Column<User>[] => [
  { title: 'E-MAIL', text: ({ email }) => email },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'ROLE', text: rightsText },
  { title: 'STATE', text: ({ active }) => (active ? 'on' : 'disabled') },
  { title: 'SECOND FACTOR', text: factorsText },
  { title: times.title('LAST SEEN'), text: ({ last_seen_at: at }) => times.text(at) },
  { title: 'ID', text: ({ id }) => id, wide: true },
];

const invitationColumns = (times: Times): readonly Column<Invitation>[] => [
  { title: 'E-MAIL', text: ({ email }) => email },
  { title: 'ROLE', text: rightsText },
  { title: 'INVITED BY', text: ({ invited_by: by }) => by },
  { title: times.title('GOOD UNTIL'), text: ({ expires_at: at }) => times.text(at) },
  { title: 'ID', text: ({ id }) => id, wide: true },
];

const rightColumns: readonly Column<Right>[] = [
  { title: 'WHAT', text: ({ summary }) => summary, cut: 'first' },
  {
    title: 'LEAST ROLE',
    text: ({ open, approver, roles: [least = 'nobody'] }) => (open ? 'anybody' : approver ? 'approver' : least),
  },
  { title: 'SCOPE', text: ({ scope, in_person: inPerson }) => (inPerson ? 'no key' : (scope ?? '')) },
  { title: 'CALL', text: ({ method, path }) => `${method} ${path}`, wide: true },
];

/** The link alone goes to stdout, so that it can be piped on; the narration does not. */
function tellLink(context: Context, made: InvitationMade): Promise<void> {
  const server = addressOf(context.terminal, context.flags);
  return emit(context, made, () => {
    tell(
      context,
      `Send this to ${printable(made.email)}. It is shown only now and works once, until ${made.expires_at}:`,
    );
    context.terminal.stdout.write(`${server}${made.path}\n`);
  });
}

interface SetFlags {
  readonly role?: string;
  readonly approver?: boolean;
}

/** One act on an account, asked first where it takes something away. */
interface Act {
  readonly verb: string;
  readonly description: string;
  readonly question?: (user: User) => string;
  readonly carryOut: (client: Client, user: User) => Promise<{ readonly answer: unknown; readonly said: string }>;
}

/** Writes the whole answer, whether asked for JSON or not: it is for a machine, or for a file. */
function addErasure(users: Command, context: () => Context): void {
  users
    .command('export <email>')
    .description('Everything that names somebody, as JSON on stdout.')
    .action(async (email: string) => {
      const answer = await withConnection(context(), async ({ client }) =>
        client.exportUser({ params: { id: (await findUser(client, email)).id } }),
      );
      await emit(context(), answer, () => context().terminal.stdout.write(`${JSON.stringify(answer, null, 2)}\n`));
    });
  users
    .command('erase <email>')
    .description(
      'Delete an account, and take what names its person out of everything that is kept. It cannot be undone.',
    )
    .action(async (email: string) => {
      const answer = await withConnection(context(), async ({ client }) => {
        const user = await findUser(client, email);
        await confirmed(
          context(),
          `Erase ${printable(user.name)}? The account goes, and no table names them any more; what was done stays, by an erased person. Backups keep what they hold. It cannot be undone.`,
        );
        return client.eraseUser({ params: { id: user.id }, body: { confirm: user.email } });
      });
      await emit(context(), answer, () => {
        tell(
          context(),
          `Erased. Jobs without an owner now: ${answer.jobs}. Rows of the audit without a name now: ${answer.audit_rows}.`,
        );
        if (answer.jobs_naming.length > 0)
          tell(
            context(),
            `The address still stands in the definitions of: ${answer.jobs_naming.map(printable).join(', ')}.`,
          );
      });
    });
}

const quotaWords: Readonly<Record<QuotaUses['items'][number]['kind'], string>> = {
  jobs: 'jobs',
  schedules: 'schedules',
  waiting_runs: 'waiting runs',
};

const quotaColumns: readonly Column<QuotaUses['items'][number]>[] = [
  { title: 'WHAT', text: ({ kind }) => quotaWords[kind] },
  { title: 'HELD', text: ({ held }) => String(held) },
  { title: 'AT MOST', text: ({ limit }) => (limit === null ? 'no limit' : String(limit)) },
  { title: 'SETTING', text: ({ setting }) => setting },
];

function addQuota(users: Command, context: () => Context): void {
  users
    .command('quota [email]')
    .description('How much somebody holds of what one person may; without an e-mail, oneself.')
    .action(async (email: string | undefined) => {
      const answer = await withConnection(context(), async ({ client }) =>
        email === undefined
          ? client.ownQuota()
          : client.userQuota({ params: { id: (await findUser(client, email)).id } }),
      );
      await emit(context(), answer, () => writeTable(context(), answer.items, quotaColumns, 'Nothing is counted.'));
    });
}

const acts: readonly Act[] = [
  {
    verb: 'disable',
    description: 'Shut somebody out: sign-ins end, keys are refused; what they own goes on.',
    question: ({ name }) => `Shut ${printable(name)} out? Sign-ins end at once, and keys are refused.`,
    carryOut: async (client, { id, name }) => ({
      answer: await client.patchUser({ params: { id }, body: { active: false } }),
      said: `${printable(name)} is shut out.`,
    }),
  },
  {
    verb: 'enable',
    description: 'Let somebody in again.',
    carryOut: async (client, { id, name }) => ({
      answer: await client.patchUser({ params: { id }, body: { active: true } }),
      said: `${printable(name)} may sign in again.`,
    }),
  },
  {
    verb: 'end-sign-ins',
    description: 'Sign somebody out everywhere; keys go on.',
    carryOut: async (client, { id, name }) => {
      const answer = await client.endSignIns({ params: { id } });
      return { answer, said: `${printable(name)} is signed out everywhere (${answer.ended}).` };
    },
  },
  {
    verb: 'clear-second-factors',
    description: 'Take one-time codes and passkeys away from somebody who has lost them.',
    question: ({ name }) => `Clear the second factor of ${printable(name)}? The password alone comes in then.`,
    carryOut: async (client, { id, name }) => ({
      answer: await client.clearSecondFactors({ params: { id } }),
      said: `${printable(name)} signs in by the password alone.`,
    }),
  },
  {
    verb: 'rm',
    description: 'Delete an account with its sign-ins and keys; jobs go on without an owner.',
    question: ({ name }) =>
      `Delete the account of ${printable(name)}? Keys are dead at once; jobs go on without an owner.`,
    carryOut: async (client, { id, name }) => {
      const answer = await client.deleteUser({ params: { id } });
      return { answer, said: `Deleted ${printable(name)}. Jobs without an owner now: ${answer.jobs}.` };
    },
  },
];

function addInvitations(users: Command, context: () => Context): void {
  users
    .command('invite <email>')
    .description('Invite somebody by a link that works once. It is written once, to stdout.')
    .requiredOption('--role <role>', 'viewer, operator, editor or admin')
    .option('--approver', 'may approve scripts too')
    .option('--valid <time>', 'how long the link is good for: up to 30d, 72h when absent')
    .action(
      async (email: string, flags: { readonly role: string; readonly approver?: boolean; readonly valid?: string }) => {
        const { approver = false, valid } = flags;
        const seconds =
          valid === undefined ? {} : { valid_seconds: Math.round(parseDuration(valid, '--valid') / 1000) };
        const body = { email, role: roleOf(flags.role), approver, ...seconds };
        await tellLink(context(), await withConnection(context(), ({ client }) => client.invite({ body })));
      },
    );
  users
    .command('invitations')
    .description('Who is invited and has not come yet.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listInvitations());
      const empty = 'Nobody is invited. Do it with: jtp users invite EMAIL --role viewer';
      await emit(context(), answer, () =>
        writeTable(context(), answer.items, invitationColumns(timesOf(context())), empty),
      );
    });
  users
    .command('withdraw <email>')
    .description('Withdraw an invitation; its link is void.')
    .action(async (email: string) => {
      const gone = await withConnection(context(), async ({ client }) => {
        const found = await findInvitation(client, email);
        await confirmed(context(), `Withdraw the invitation of ${printable(found.email)}? Its link is void then.`);
        await client.withdrawInvitation({ params: { id: found.id } });
        return found;
      });
      await emit(context(), gone, () => tell(context(), `Withdrew the invitation of ${printable(gone.email)}.`));
    });
}

/** Accounts and invitations. */
export function addUserCommands(program: Command, context: () => Context): void {
  const users = program.command('users').description('People with an account, and what they may do.');
  users
    .command('ls')
    .description('List people by name.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listUsers());
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          columns(timesOf(context())),
          'Nobody has an account yet. Run: jtp setup-token',
        ),
      );
    });
  users
    .command('roles')
    .description('What each role, and a key of each scope, may.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listRoles());
      await emit(context(), answer, () => writeTable(context(), answer.items, rightColumns, 'Nothing can be asked.'));
    });
  addQuota(users, context);
  addInvitations(users, context);
  addErasure(users, context);
  users
    .command('set <email>')
    .description('Give another role, or the right to approve scripts. It counts at once.')
    .option('--role <role>', 'viewer, operator, editor or admin')
    .option('--approver', 'may approve scripts')
    .option('--no-approver', 'may not approve scripts')
    .action(async (email: string, { role, approver }: SetFlags) => {
      if (role === undefined && approver === undefined)
        throw new CommandError(exitStatus.usage, 'Say what to change: --role, --approver or --no-approver.');
      const body = {
        ...(role === undefined ? {} : { role: roleOf(role) }),
        ...(approver === undefined ? {} : { approver }),
      };
      const user = await withConnection(context(), async ({ client }) =>
        client.patchUser({ params: { id: (await findUser(client, email)).id }, body }),
      );
      await emit(context(), user, () => tell(context(), `${printable(user.name)} is ${rightsText(user)}.`));
    });
  for (const { verb, description, question, carryOut } of acts)
    users
      .command(`${verb} <email>`)
      .description(description)
      .action(async (email: string) => {
        const { answer, said } = await withConnection(context(), async ({ client }) => {
          const user = await findUser(client, email);
          if (question !== undefined) await confirmed(context(), question(user));
          return carryOut(client, user);
        });
        await emit(context(), answer, () => tell(context(), said));
      });
}
