import type { Command } from 'commander';
import type { Client, Hook, HookMade, Job } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { addressOf } from '../contexts/way.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

interface Found {
  readonly job: Job;
  readonly hook: Hook;
  readonly params: { readonly id: string; readonly hook_id: string };
}

/** A hook of a job by its id or its name, whatever the case. */
async function findHook(client: Client, jobName: string, nameOrId: string): Promise<Found> {
  const job = await findJob(client, jobName);
  const { items } = await client.listHooks({ params: { id: job.id } });
  const wanted = nameOrId.toLowerCase();
  const hook = items.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (hook !== undefined) return { job, hook, params: { id: job.id, hook_id: hook.id } };
  throw new CommandError(
    exitStatus.notFound,
    `${job.name} has no incoming hook called '${nameOrId}'.`,
    `List them with: jtp hooks ls '${job.name}'`,
  );
}

function mappingOf(pairs: readonly string[] | undefined): { mapping?: Record<string, string> } {
  if (pairs === undefined) return {};
  const mapping = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw wrongFlag('--map', `'${pair}' is not parameter=path.`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return { mapping: Object.fromEntries(mapping) };
}

/** The secret alone goes to stdout, so that it can be piped into a file; the narration does not. */
function tellSecret(context: Context, made: HookMade, what: string): Promise<void> {
  const server = addressOf(context.terminal, context.flags);
  return emit(context, made, () => {
    tell(context, `${what} ${printable(made.name)}. Messages go to ${server}${made.path}`);
    tell(context, made.kind === 'keyed' ? 'Its key, shown only now:' : 'The secret to sign with, shown only now:');
    context.terminal.stdout.write(`${made.secret}\n`);
  });
}

const columns = (times: Times): readonly Column<Hook>[] => [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'STATE', text: ({ active }) => (active ? 'on' : 'off') },
  { title: 'SENDER', text: ({ kind }) => (kind === 'keyed' ? 'shows a key' : 'signs') },
  { title: times.title('LAST USED'), text: ({ last_used_at: at }) => times.text(at) },
  { title: 'PATH', text: ({ path }) => path, cut: 'never' },
];

interface AddFlags {
  readonly keyed?: boolean;
  readonly map?: readonly string[];
}

/** Ways in for other programs, each to one job. */
export function addHookCommands(program: Command, context: () => Context): void {
  const hooks = program.command('hooks').description('Ways in for other programs, each to one job.');
  hooks
    .command('ls <job>')
    .description('List the incoming hooks of a job.')
    .action(async (name: string) => {
      const answer = await withConnection(context(), async ({ client }) =>
        client.listHooks({ params: { id: (await findJob(client, name)).id } }),
      );
      const empty = `It has no incoming hook. Add one with: jtp hooks add '${name}' NAME`;
      await emit(context(), answer, () =>
        writeTable(context(), answer.items, columns(timesOf(context())), printable(empty)),
      );
    });
  hooks
    .command('add <job> <name>')
    .description('Let another program start the job. Its secret is written once, to stdout.')
    .option('--keyed', 'the sender shows a key as bearer token, and signs nothing')
    .option(
      '--map <parameter=path>',
      'where in the body a parameter stands; repeat it for more. Without it: fields named as parameters are',
      (value: string, all: readonly string[] | undefined): readonly string[] => [...(all ?? []), value],
    )
    .action(async (jobName: string, name: string, { keyed = false, map }: AddFlags) => {
      const body = { name, kind: keyed ? ('keyed' as const) : ('signed' as const), ...mappingOf(map) };
      const made = await withConnection(context(), async ({ client }) =>
        client.createHook({ params: { id: (await findJob(client, jobName)).id }, body }),
      );
      await tellSecret(context(), made, 'Added');
    });
  hooks
    .command('rm <job> <hook>')
    .description('Delete an incoming hook; its address takes no more messages.')
    .action(async (jobName: string, name: string) => {
      await withConnection(context(), async ({ client }) => {
        const { job, hook, params } = await findHook(client, jobName, name);
        const what = `${printable(hook.name)} of ${printable(job.name)}`;
        await confirmed(context(), `Delete the incoming hook ${what}? Its address takes no more messages.`);
        await client.deleteHook({ params });
      });
      tell(context(), `Deleted ${printable(name)}.`);
    });
  for (const [verb, active, words] of [
    ['on', true, 'Take messages again.'],
    ['off', false, 'Take no messages until it is switched on.'],
  ] as const)
    hooks
      .command(`${verb} <job> <hook>`)
      .description(words)
      .action(async (jobName: string, name: string) => {
        const hook = await withConnection(context(), async ({ client }) =>
          client.patchHook({ params: (await findHook(client, jobName, name)).params, body: { active } }),
        );
        await emit(context(), hook, () => tell(context(), `${printable(hook.name)} is ${verb}.`));
      });
  hooks
    .command('rotate <job> <hook>')
    .description('Make a new secret, written once to stdout; the one before is taken besides it for 24 hours.')
    .action(async (jobName: string, name: string) => {
      const made = await withConnection(context(), async ({ client }) =>
        client.rotateHook({ params: (await findHook(client, jobName, name)).params }),
      );
      await tellSecret(context(), made, 'New secret for');
    });
}
