import type { Command } from 'commander';
import type { Client, Secret, SecretInput, SecretSaved } from 'job-trigger-contract';
import { formatInstant, secretProviders } from 'job-trigger-core';
import { askSecret } from '../ask-secret.ts';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { instantFlag } from '../instant-flag.ts';
import { writeFacts } from '../output/facts.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

interface ScopeFlags {
  readonly job?: string;
  readonly mine?: boolean;
}

interface ValueFlags {
  readonly provider?: string;
  readonly ref?: string;
  readonly expires?: string;
}

const scopeText = ({ scope, job }: Secret): string =>
  scope === 'job' ? `job ${job?.name ?? 'that is gone'}` : scope === 'person' ? 'yours' : 'everybody';

/** By its id, or by its name, whatever the case; a name that several have needs its scope. */
async function findSecret(client: Client, nameOrId: string, { job, mine = false }: ScopeFlags = {}): Promise<Secret> {
  const { items } = await client.listSecrets();
  const wanted = nameOrId.toLowerCase();
  const named = items.filter(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  const jobId = job === undefined ? undefined : (await findJob(client, job)).id;
  const found = named.filter(
    (secret) => (jobId === undefined || secret.job?.id === jobId) && (!mine || secret.scope === 'person'),
  );
  const [one, ...more] = found;
  if (one === undefined)
    throw new CommandError(
      exitStatus.notFound,
      `There is no secret called '${nameOrId}'.`,
      'List them with: jtp secrets ls',
    );
  if (more.length === 0) return one;
  const which = found.map((secret) => `${secret.id} (${scopeText(secret)})`).join(', ');
  throw new CommandError(
    exitStatus.usage,
    `Several are called '${nameOrId}': ${which}.`,
    'Say --job or --mine, or give the id.',
  );
}

function providerOf(text: string | undefined): SecretInput['provider'] {
  const provider = secretProviders.find((one) => one === text);
  if (text !== undefined && provider === undefined)
    throw wrongFlag('--provider', `'${text}' is none of ${secretProviders.join(', ')}.`);
  return provider;
}

/** Asks for the value where it is kept here. */
async function valueOf(context: Context, { provider, ref, expires }: ValueFlags, stored?: Secret) {
  const known = providerOf(provider);
  const isLocal = ref === undefined && (known ?? stored?.provider ?? 'local') === 'local';
  return {
    ...(known === undefined ? {} : { provider: known }),
    ...(isLocal ? { value: await askSecret(context, 'Its value (it is not shown):') } : {}),
    ...(ref === undefined ? {} : { reference: ref }),
    ...(expires === undefined ? {} : { expires_at: formatInstant(instantFlag(expires, '--expires')) }),
  };
}

async function tellSaved(context: Context, saved: SecretSaved, what: string): Promise<void> {
  await emit(context, saved, () => {
    tell(context, `${what} ${printable(saved.name)}, version ${saved.version}.`);
    for (const warning of saved.warnings) tell(context, warning);
    const times = timesOf(context);
    for (const { name, next_due_at: at } of saved.used_by)
      tell(context, `Given to ${printable(name)}${at === null ? ' when it runs' : `, next at ${times.text(at)}`}.`);
  });
}

const columns = (times: Times): readonly Column<Secret>[] => [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'FOR', text: scopeText },
  { title: 'PROVIDER', text: ({ provider }) => provider },
  { title: 'USED BY', text: ({ used_by: jobs }) => (jobs.length === 1 ? '1 job' : `${jobs.length} jobs`) },
  { title: times.title('LAST USED'), text: ({ last_used_at: at }) => times.text(at) },
  { title: times.title('ROTATED'), text: ({ rotated_at: at }) => times.text(at) },
  { title: times.title('EXPIRES'), text: ({ expires_at: at }) => times.text(at) },
];

const scoped = (command: Command): Command =>
  command.option('--job <job>', 'the one that belongs to this job').option('--mine', 'the one for your jobs');

const valued = (command: Command): Command =>
  command
    .option('--provider <name>', `where its value lies: ${secretProviders.join(', ')}`)
    .option('--ref <reference>', 'where another provider finds it, as team/mail#token')
    .option('--expires <instant>', 'a reminder; runs go on');

/** Values go in by standard input, or are asked for; no command shows one. */
export function addSecretCommands(program: Command, context: () => Context): void {
  const secrets = program.command('secrets').description('Values that jobs need and nobody is shown.');
  secrets
    .command('ls')
    .description('List secrets, and how many jobs use each.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listSecrets());
      await emit(context(), answer, () => {
        const none = 'There is none. Set one with: jtp secrets set NAME';
        writeTable(context(), answer.items, columns(timesOf(context())), none);
        for (const { name, problem } of answer.items)
          if (problem !== null) tell(context(), `${printable(name)} cannot be read here: ${problem}`);
      });
    });
  valued(secrets.command('set <name>'))
    .description('Set a new secret. Its value comes from standard input, or is asked for.')
    .option('--job <job>', 'for this job alone')
    .option('--mine', 'for your jobs alone')
    .action(async (name: string, { job, mine = false, ...flags }: ScopeFlags & ValueFlags) => {
      const value = await valueOf(context(), flags);
      const saved = await withConnection(context(), async ({ client }) => {
        const of = job === undefined ? {} : { scope: 'job' as const, job_id: (await findJob(client, job)).id };
        return client.createSecret({ body: { name, ...(mine ? { scope: 'person' as const } : of), ...value } });
      });
      await tellSaved(context(), saved, 'Set');
    });
  valued(scoped(secrets.command('rotate <name>')))
    .description('Give it another value; runs that start from now on get it.')
    .action(async (name: string, { job, mine, ...flags }: ScopeFlags & ValueFlags) => {
      const scope = { ...(job === undefined ? {} : { job }), ...(mine === undefined ? {} : { mine }) };
      const saved = await withConnection(context(), async ({ client }) => {
        const secret = await findSecret(client, name, scope);
        const body = await valueOf(context(), flags, secret);
        return client.rotateSecret({ params: { id: secret.id }, body });
      });
      await tellSaved(context(), saved, 'Rotated');
    });
  scoped(secrets.command('rm <name>'))
    .description('Delete a secret that no job uses.')
    .action(async (name: string, scope: ScopeFlags) => {
      await withConnection(context(), async ({ client }) => {
        const secret = await findSecret(client, name, scope);
        await confirmed(context(), `Delete the secret ${printable(secret.name)}? Its value is lost.`);
        await client.deleteSecret({ params: { id: secret.id } });
      });
      tell(context(), `Deleted ${printable(name)}.`);
    });
  scoped(secrets.command('test <name>'))
    .description('Whether its value can be read now; it is not shown.')
    .action(async (name: string, scope: ScopeFlags) => {
      const answer = await withConnection(context(), async ({ client }) =>
        client.testSecret({ params: { id: (await findSecret(client, name, scope)).id } }),
      );
      await emit(context(), answer, () => {
        if (answer.ok) tell(context(), `${printable(name)} can be read.`);
        if (answer.warning !== null) tell(context(), answer.warning);
      });
      if (!answer.ok) throw new CommandError(exitStatus.failed, answer.problem ?? 'It cannot be read.');
    });
  secrets
    .command('mask')
    .description('Write standard input as a log would show it.')
    .action(async () => {
      const line = await context().terminal.readStdin();
      const answer = await withConnection(context(), ({ client }) => client.maskLine({ body: { line } }));
      await emit(context(), answer, () => context().terminal.stdout.write(answer.masked));
      if (answer.unread.length > 0)
        tell(context(), `Not looked for, as they cannot be read: ${answer.unread.join(', ')}.`);
    });
  secrets
    .command('key')
    .description('Which key of the installation seals, where it lies, and what is still sealed with one before it.')
    .action(async () => {
      const state = await withConnection(context(), ({ client }) => client.installationKey());
      await emit(context(), state, () =>
        writeFacts(context(), [
          ['Key', state.key_id ?? 'none'],
          ['From', state.source === 'file' ? 'secret.key in the data folder' : 'security.secret_key'],
          ['Former keys', String(state.former_keys)],
          ['To seal anew', String(state.to_reseal)],
          ['Machines', state.hosts.length === 0 ? 'none at work' : state.hosts.map(printable).join(', ')],
          ...(state.problem === null ? [] : [['Problem', state.problem] satisfies [string, string]]),
        ]),
      );
    });
  secrets
    .command('rotate-key')
    .description('Seal everything with a new key of the installation; goes on where one was interrupted.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.rotateInstallationKey());
      await emit(context(), answer, () =>
        tell(
          context(),
          `${answer.is_new ? 'A new key' : 'The key in force'} (${answer.key_id}) seals everything. Sealed anew: ${answer.resealed}.`,
        ),
      );
    });
}
