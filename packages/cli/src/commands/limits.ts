import type { Command } from 'commander';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findRunId } from '../find-run.ts';
import { writeFacts } from '../output/facts.ts';
import { printable, writeTable } from '../output/table.ts';
import { timesOf } from '../output/when.ts';

/** A count, or `none`. */
function slotsOf(text: string, flag: string): number | null {
  if (text === 'none') return null;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100_000)
    throw wrongFlag(flag, `'${text}' is neither a whole number from 1 to 100000 nor none.`);
  return count;
}

const shown = (limit: number | null): string => (limit === null ? 'none' : String(limit));

function addQueues(queues: Command, context: () => Context): void {
  queues
    .command('status')
    .description('List queues: limit, pause, and what waits and runs in each.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listQueues());
      await emit(context(), answer, () => {
        const times = timesOf(context());
        writeTable(
          context(),
          answer.items,
          [
            { title: 'QUEUE', text: (queue) => queue.name },
            { title: 'STATE', isState: true, text: (queue) => (queue.paused_at === null ? 'open' : 'paused') },
            { title: 'LIMIT', text: (queue) => shown(queue.limit) },
            { title: 'RUNNING', text: (queue) => String(queue.running) },
            { title: 'WAITING', text: (queue) => String(queue.waiting) },
            { title: times.title('OLDEST'), text: (queue) => times.text(queue.oldest_queued_at) },
            { title: 'WORKERS', text: (queue) => String(queue.workers) },
          ],
          'There is no queue.',
        );
      });
    });
  const change = async (name: string, body: object, said: string): Promise<void> => {
    const answer = await withConnection(context(), ({ client }) => client.changeQueue({ params: { name }, body }));
    await emit(context(), answer, () => tell(context(), `${printable(name)} ${said}`));
  };
  queues
    .command('pause <queue>')
    .description('Start nothing of a queue until it is resumed; what runs goes on.')
    .option('--note <text>', 'why')
    .action((name: string, { note }: { note?: string }) =>
      change(name, { paused: true, ...(note === undefined ? {} : { note }) }, 'is paused. Runs wait in it.'),
    );
  queues
    .command('resume <queue>')
    .description('Start runs of a queue again.')
    .action((name: string) => change(name, { paused: false }, 'takes runs again.'));
  queues
    .command('limit <queue> <count>')
    .description('Say how many runs of a queue may live at once; none for no limit.')
    .action((name: string, count: string) => {
      const limit = slotsOf(count, '<count>');
      return change(name, { limit }, limit === null ? 'has no limit.' : `lets ${limit} of its runs live at once.`);
    });
}

function addLocks(program: Command, context: () => Context): void {
  const locks = program.command('locks').description('Names that jobs share so that few of their runs live at once.');
  locks
    .command('ls')
    .description('List locks, and which runs hold them.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listLocks());
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          [
            { title: 'LOCK', text: (lock) => lock.name },
            { title: 'COUNT', text: (lock) => String(lock.count) },
            { title: 'HELD', text: (lock) => String(lock.holders.length) },
            { title: 'WAITING', text: (lock) => String(lock.waiting) },
            { title: 'HOLDERS', cut: 'first', text: (lock) => lock.holders.map(({ job_name }) => job_name).join(', ') },
          ],
          'No run has needed a lock yet. A job names them: locks: [licence]',
        ),
      );
    });
  locks
    .command('set <lock> <count>')
    .description('Say how many runs may hold a lock at once; 1 until then.')
    .action(async (name: string, text: string) => {
      const count = slotsOf(text, '<count>');
      if (count === null) throw wrongFlag('<count>', 'a lock takes at least one run.');
      const answer = await withConnection(context(), ({ client }) =>
        client.setLock({ params: { name }, body: { count } }),
      );
      await emit(context(), answer, () => tell(context(), `${printable(name)} takes ${count} at once.`));
    });
  locks
    .command('reset <lock>')
    .description('Take the count of a lock away: it takes one run again.')
    .action(async (name: string) => {
      await withConnection(context(), ({ client }) => client.resetLock({ params: { name } }));
      await emit(context(), { name, count: 1 }, () => tell(context(), `${printable(name)} takes 1 at once.`));
    });
}

function addLimits(program: Command, context: () => Context): void {
  const limits = program
    .command('limits')
    .description('How many runs may live at once: of all, and of one person’s jobs.');
  limits
    .command('show')
    .description('Show both, and who has a limit of their own.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.limits());
      await emit(context(), answer, () => {
        writeFacts(context(), [
          ['System', shown(answer.system)],
          ['Running', String(answer.running)],
          ['Each person', shown(answer.person)],
          ...answer.people.map(({ email, limit, running }): [string, string] => [
            email,
            `${shown(limit)}, ${running} running`,
          ]),
        ]);
      });
    });
  limits
    .command('set')
    .description('Set limits; none clears one.')
    .option('--system <count>', 'runs of all jobs')
    .option('--each-person <count>', 'runs of the jobs that belong to one person')
    .option('--person <email>', 'with --limit: of one person alone')
    .option('--limit <count>', 'for --person: a count, none for no limit, or common for that of everybody')
    .action(async (flags: { system?: string; eachPerson?: string; person?: string; limit?: string }) => {
      const { system, eachPerson, person: email, limit } = flags;
      if ((email === undefined) !== (limit === undefined))
        throw new CommandError(exitStatus.usage, 'Give --person and --limit together.');
      if (system === undefined && eachPerson === undefined && email === undefined)
        throw new CommandError(exitStatus.usage, 'Nothing to set.', 'Give --system, --each-person or --person.');
      const body = {
        ...(system === undefined ? {} : { system: slotsOf(system, '--system') }),
        ...(eachPerson === undefined ? {} : { person: slotsOf(eachPerson, '--each-person') }),
      };
      const answer = await withConnection(context(), async ({ client }) => {
        if (email !== undefined && limit === 'common') await client.resetPersonLimit({ params: { email } });
        else if (email !== undefined)
          await client.setPersonLimit({ params: { email }, body: { limit: slotsOf(limit ?? '', '--limit') } });
        return client.changeLimits({ body });
      });
      await emit(context(), answer, () =>
        tell(context(), `System: ${shown(answer.system)}. Each person: ${shown(answer.person)}.`),
      );
    });
}

/** Pausing and limiting what runs at once, and the place of a run among those that wait. */
export function addLimitCommands(
  program: Command,
  { queues, runs }: { readonly queues: Command; readonly runs: Command },
  context: () => Context,
): void {
  addQueues(queues, context);
  addLocks(program, context);
  addLimits(program, context);
  runs
    .command('front <run>')
    .description('Put a waiting run before all others of its queue.')
    .action(async (given: string) => {
      const answer = await withConnection(context(), async ({ client }) =>
        client.moveToFront({ params: { id: await findRunId(client, given) } }),
      );
      await emit(context(), answer, () => tell(context(), `${answer.run_id} is first in its queue.`));
    });
}
