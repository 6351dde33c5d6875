import type { Command } from 'commander';
import type { Client, Webhook, WebhookDelivery, WebhookMade } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { printable, writeTable } from '../output/table.ts';
import { timesOf } from '../output/when.ts';

/** A webhook by its id or its name, whatever the case. */
async function findWebhook(client: Client, nameOrId: string): Promise<Webhook> {
  const { items } = await client.listWebhooks();
  const wanted = nameOrId.toLowerCase();
  const found = items.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (found === undefined)
    throw new CommandError(
      exitStatus.notFound,
      `No webhook is called '${nameOrId}'.`,
      'List them with: jtp webhooks ls',
    );
  return found;
}

function stateText({ active, off_reason: reason, failing_since: failing }: Webhook): string {
  if (active) return failing === null ? 'on' : 'failing';
  if (reason === 'gone') return 'off: answered 410';
  return reason === 'failing' ? 'off: failed for 5 days' : 'off';
}

function lastTry({ tries, next_at: next, state }: WebhookDelivery): string {
  const last = tries.at(-1);
  if (last === undefined) return state === 'waiting' ? 'not tried yet' : '';
  const said = last.error ?? `${last.status} in ${last.took_seconds} s`;
  return next === null ? said : `${said} Next try ${next}.`;
}

/** The secret alone goes to stdout, so that it can be piped into a file; the narration does not. */
function tellSecret(context: Context, made: WebhookMade, what: string): Promise<void> {
  return emit(context, made, () => {
    tell(context, `${what} ${printable(made.name)} (${made.id}). Its secret is shown only now:`);
    context.terminal.stdout.write(`${made.secret}\n`);
  });
}

const columns = [
  { title: 'NAME', text: ({ name }: Webhook) => name },
  { title: 'STATE', text: stateText },
  { title: 'HEARS', text: ({ kinds }: Webhook) => kinds.join(','), cut: 'first' as const },
  { title: 'ADDRESS', text: ({ url }: Webhook) => url },
  { title: 'ID', text: ({ id }: Webhook) => id, wide: true as const },
];

const deliveryColumns = [
  { title: 'KIND', text: (delivery: WebhookDelivery) => delivery.kind },
  { title: 'STATE', text: (delivery: WebhookDelivery) => delivery.state },
  { title: 'TRIES', text: (delivery: WebhookDelivery) => String(delivery.attempts) },
  { title: 'LAST', text: lastTry, cut: 'first' as const },
  { title: 'ID', text: (delivery: WebhookDelivery) => delivery.id, cut: 'never' as const },
];

interface AddFlags {
  readonly kinds?: string;
}

/** Addresses of other programs that are told of events. */
export function addWebhookCommands(program: Command, context: () => Context): void {
  const webhooks = program.command('webhooks').description('Addresses of other programs that are told of events.');
  webhooks
    .command('ls')
    .description('List webhooks.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listWebhooks());
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          columns,
          'There is no webhook. Add one with: jtp webhooks add NAME https://…',
        ),
      );
    });
  webhooks
    .command('add <name> <url>')
    .description('Add a webhook. Its secret is written once, to stdout.')
    .option('--kinds <list>', 'kinds of events, or groups as run.*; failures and alerts when absent')
    .action(async (name: string, url: string, { kinds }: AddFlags) => {
      const body = {
        name,
        url,
        ...(kinds === undefined ? {} : { kinds: kinds.split(',').map((kind) => kind.trim()) }),
      };
      const made = await withConnection(context(), ({ client }) => client.createWebhook({ body }));
      await tellSecret(context(), made, 'Added');
    });
  webhooks
    .command('rm <webhook>')
    .description('Delete a webhook with what waits for it.')
    .action(async (name: string) => {
      await withConnection(context(), async ({ client }) => {
        const { id, name: found } = await findWebhook(client, name);
        await confirmed(context(), `Delete the webhook ${printable(found)}? What waits for it is not sent.`);
        await client.deleteWebhook({ params: { id } });
      });
      tell(context(), `Deleted ${printable(name)}.`);
    });
  for (const [verb, active, words] of [
    ['on', true, 'Send again, from now on.'],
    ['off', false, 'Send nothing until it is switched on.'],
  ] as const)
    webhooks
      .command(`${verb} <webhook>`)
      .description(words)
      .action(async (name: string) => {
        const webhook = await withConnection(context(), async ({ client }) =>
          client.patchWebhook({ params: { id: (await findWebhook(client, name)).id }, body: { active } }),
        );
        await emit(context(), webhook, () => tell(context(), `${printable(webhook.name)} is ${verb}.`));
      });
  webhooks
    .command('test <webhook>')
    .description('Post a marked message now. Ends with 1 when it does not arrive.')
    .action(async (name: string) => {
      const delivery = await withConnection(context(), async ({ client }) =>
        client.testWebhook({ params: { id: (await findWebhook(client, name)).id } }),
      );
      const last = delivery.tries.at(-1);
      await emit(context(), delivery, () =>
        tell(
          context(),
          delivery.state === 'delivered'
            ? `Delivered: ${last?.status} in ${last?.took_seconds} s.`
            : `Not delivered: ${printable(last?.error ?? '')}`,
        ),
      );
      if (delivery.state !== 'delivered') process.exitCode = exitStatus.failed;
    });
  webhooks
    .command('rotate <webhook>')
    .description('Make a new secret, written once to stdout; the one before signs besides it for 24 hours.')
    .action(async (name: string) => {
      const made = await withConnection(context(), async ({ client }) =>
        client.rotateWebhook({ params: { id: (await findWebhook(client, name)).id } }),
      );
      await tellSecret(context(), made, 'New secret for');
    });
  webhooks
    .command('deliveries <webhook>')
    .description('The last deliveries, newest first.')
    .option('--limit <n>', 'at most 500', '50')
    .action(async (name: string, { limit }: { limit: string }) => {
      const page = await withConnection(context(), async ({ client }) =>
        client.listDeliveries({
          params: { id: (await findWebhook(client, name)).id },
          query: { limit: Number(limit) },
        }),
      );
      await emit(context(), page, () => {
        const times = timesOf(context());
        const made = { title: 'MADE', text: (delivery: WebhookDelivery) => times.text(delivery.created_at) };
        writeTable(context(), page.items, [made, ...deliveryColumns], 'Nothing was sent yet.');
      });
    });
  webhooks
    .command('redeliver <webhook> <delivery>')
    .description('Send a delivery once more, under the same message id.')
    .action(async (name: string, delivery: string) => {
      const answer = await withConnection(context(), async ({ client }) =>
        client.redeliver({ params: { id: (await findWebhook(client, name)).id, delivery_id: delivery } }),
      );
      await emit(context(), answer, () => tell(context(), 'It is sent again.'));
    });
}
