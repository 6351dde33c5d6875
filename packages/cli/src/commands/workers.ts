import type { Command } from 'commander';
import type { Client, Worker } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { findWorker } from '../find-worker.ts';
import { writeTable } from '../output/table.ts';

/** How far a clock is from the database's; nothing where it is not known. */
export function offsetText(seconds: number | null): string {
  if (seconds === null) return '';
  if (Math.abs(seconds) < 1) return 'ok';
  return `${seconds > 0 ? '+' : '−'}${Math.abs(seconds).toFixed(0)} s`;
}

/** What is told after a command on one worker; `word` is how the worker is now. */
interface Act {
  readonly name: string;
  readonly description: string;
  readonly ask: (client: Client, id: string) => Promise<Worker>;
  readonly words: (worker: Worker) => string;
}

/** One that reports and can start no processes is worse than its state says. */
const stateWord = ({ state, unhealthy }: Worker): string =>
  state === 'online' && unhealthy !== null ? 'unhealthy' : state;

const finishing = ({ slots_used: count }: Worker): string =>
  count === 0 ? 'It carries nothing out.' : `It finishes ${count} ${count === 1 ? 'run' : 'runs'}.`;

const acts: readonly Act[] = [
  {
    name: 'drain',
    description: 'Let a worker finish what it runs and take nothing more, until its process ends.',
    ask: (client, id) => client.drainWorker({ params: { id } }),
    words: (worker) => `${worker.name} takes nothing more. ${finishing(worker)}`,
  },
  {
    name: 'pause',
    description: 'Let a worker take nothing more until it is resumed, also after a restart.',
    ask: (client, id) => client.pauseWorker({ params: { id } }),
    words: (worker) => `${worker.name} is paused. ${finishing(worker)}`,
  },
  {
    name: 'resume',
    description: 'Let a worker that drains or is paused take runs again.',
    ask: (client, id) => client.resumeWorker({ params: { id } }),
    words: (worker) => `${worker.name} takes runs again.`,
  },
];

/** Commands on those who carry runs out. */
export function addWorkerCommands(program: Command, context: () => Context): void {
  const workers = program.command('workers').description('Who carries runs out.');
  workers
    .command('ls')
    .description('List workers.')
    .option('--all', 'also those that are gone')
    .action(async (flags: { all?: boolean }) => {
      const answer = await withConnection(context(), ({ client }) =>
        client.listWorkers({ query: flags.all === true ? { all: 'true' } : {} }),
      );
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          [
            { title: 'NAME', text: (worker) => worker.name },
            { title: 'STATE', isState: true, text: stateWord },
            { title: 'SLOTS', text: (worker) => `${worker.slots_used}/${worker.slots}` },
            { title: 'HEARTBEAT', text: (worker) => `${worker.heartbeat_age_seconds.toFixed(1)} s ago` },
            { title: 'CONTAINMENT', text: (worker) => worker.containment },
            { title: 'HOST', text: (worker) => worker.host },
            { title: 'PID', text: (worker) => String(worker.pid) },
            { title: 'CLOCK', text: (worker) => offsetText(worker.clock_offset_seconds) },
            { title: 'ID', cut: 'never', text: (worker) => worker.id },
          ],
          'No worker is connected. Start one with: jtp worker',
        ),
      );
    });
  for (const { name, description, ask, words } of acts)
    workers
      .command(name)
      .argument('<worker>', 'name or id')
      .description(description)
      .action(async (nameOrId: string) => {
        const worker = await withConnection(context(), async ({ client }) =>
          ask(client, (await findWorker(client, nameOrId)).id),
        );
        await emit(context(), worker, () => tell(context(), words(worker)));
      });
  workers
    .command('rm')
    .argument('<worker>', 'name or id')
    .description('Take a worker that is gone from the list.')
    .action((nameOrId: string) =>
      withConnection(context(), async ({ client }) => {
        const worker = await findWorker(client, nameOrId);
        await confirmed(context(), `Take ${worker.name} from the list?`);
        await client.removeWorker({ params: { id: worker.id } });
        await emit(context(), worker, () =>
          tell(context(), `Took ${worker.name} from the list. Its runs stay; a worker of this name may come again.`),
        );
      }),
    );
}
