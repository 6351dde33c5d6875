import { Option, type Command } from 'commander';
import type { Backfill, BackfillRequest } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { writeFacts } from '../output/facts.ts';
import { timesOf } from '../output/when.ts';
import { repeatHeaders, repeatOption } from '../repeat-key.ts';

interface BackfillFlags {
  readonly from?: string;
  readonly to?: string;
  readonly order?: 'oldest' | 'newest';
  readonly rate?: string;
  readonly again?: boolean;
  readonly dryRun?: boolean;
  readonly cancel?: boolean;
  readonly idempotencyKey?: string;
}

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** What was made or would be, and what was left out. */
function wordsOf({ count, already, refused }: Backfill, isDry: boolean): string {
  const held = Object.entries(refused).map(([reason, of]) => `${of} ${reason.replaceAll('_', ' ')}`);
  const left = [...(already === 0 ? [] : [`${already} ran or wait already`]), ...held];
  return `${isDry ? 'Would make' : 'Made'} ${counted(count, 'run')}.${left.length === 0 ? '' : ` Left out: ${left.join(', ')}.`}`;
}

function requestOf({ from, to, order, rate, again }: BackfillFlags): BackfillRequest {
  if (from === undefined || to === undefined)
    throw new CommandError(
      exitStatus.usage,
      'Say which instants: --from and --to.',
      'For example --from 2030-01-01T00:00:00Z',
    );
  const perSecond = rate === undefined ? undefined : Number(rate);
  if (perSecond !== undefined && !(perSecond > 0))
    throw wrongFlag('--rate', `'${rate}' is no number of starts a second.`);
  return {
    from,
    to,
    ...(order === undefined ? {} : { order }),
    ...(perSecond === undefined ? {} : { rate: perSecond }),
    ...(again === true ? { again } : {}),
  };
}

async function cancel(context: Context, name: string): Promise<void> {
  const answer = await withConnection(context, async ({ client }) =>
    client.cancelBackfill({ params: { id: (await findJob(client, name)).id } }),
  );
  await emit(context, answer, () => tell(context, `Cancelled ${counted(answer.cancelled, 'waiting run')}.`));
}

async function start(context: Context, name: string, flags: BackfillFlags): Promise<void> {
  const request = requestOf(flags);
  await withConnection(context, async ({ client }) => {
    const params = { id: (await findJob(client, name)).id };
    const dry = await client.backfill({ params, body: { ...request, dry_run: true } });
    const isDry = flags.dryRun === true;
    if (!isDry && dry.count > 0) await confirmed(context, `Make ${counted(dry.count, 'run')} of passed instants?`);
    const done = isDry ? dry : await client.backfill({ params, body: request }, { headers: repeatHeaders(flags) });
    await emit(context, done, () => {
      const times = timesOf(context);
      const told = (at: string | null): string | null => (at === null ? null : times.text(at));
      writeFacts(context, [
        ['runs', String(done.count)],
        ['first', told(done.first_due_at)],
        ['last', told(done.last_due_at)],
        ['last start', told(done.last_available_at)],
      ]);
      tell(context, wordsOf(done, isDry));
    });
  });
}

/** `jtp backfill JOB`: runs for instants that have passed; counted before any is made. */
export function addBackfillCommand(program: Command, context: () => Context): void {
  program
    .command('backfill <job>')
    .description('Run instants that have passed; counts them first, and makes at most 1,000 runs.')
    .option('--from <instant>', 'the first instant, RFC 3339')
    .option('--to <instant>', 'the last instant, RFC 3339')
    .addOption(new Option('--order <order>', 'which instant starts first').choices(['oldest', 'newest']))
    .option('--rate <n>', 'starts a second, for example 0.1; 10 when absent')
    .option('--again', 'also instants whose run succeeded')
    .option('--dry-run', 'only count')
    .option('--cancel', 'cancel the runs of its backfills that wait instead')
    .option(...repeatOption)
    .action((name: string, flags: BackfillFlags) =>
      flags.cancel === true ? cancel(context(), name) : start(context(), name, flags),
    );
}
