import type { Command } from 'commander';
import { emit, withConnection, type Context } from '../context.ts';
import { writeTable } from '../output/table.ts';
import { distance, timesOf } from '../output/when.ts';

function heartbeat(at: string): string {
  return distance(Date.parse(at), Date.now());
}

function addWorkers(program: Command, context: () => Context): void {
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
            { title: 'STATE', isState: true, text: (worker) => worker.state },
            { title: 'SLOTS', text: (worker) => `${worker.slots_used}/${worker.slots}` },
            { title: 'HEARTBEAT', text: (worker) => `${worker.heartbeat_age_seconds.toFixed(1)} s ago` },
            { title: 'CONTAINMENT', text: (worker) => worker.containment },
            { title: 'HOST', text: (worker) => worker.host },
            { title: 'PID', text: (worker) => String(worker.pid) },
            { title: 'ID', cut: 'never', text: (worker) => worker.id },
          ],
          'No worker is connected. Start one with: jtp worker',
        ),
      );
    });
}

/** Commands for those who keep the installation running: workers, schedulers, the queue, what happened. */
export function addOperateCommands(program: Command, context: () => Context): void {
  addWorkers(program, context);
  program
    .command('schedulers')
    .description('Who watches the clock.')
    .command('ls')
    .description('List schedulers.')
    .option('--all', 'also those that are gone')
    .action(async (flags: { all?: boolean }) => {
      const answer = await withConnection(context(), ({ client }) =>
        client.listSchedulers({ query: flags.all === true ? { all: 'true' } : {} }),
      );
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          [
            { title: 'NAME', text: (scheduler) => scheduler.name },
            { title: 'STATE', isState: true, text: (scheduler) => scheduler.state },
            { title: 'HEARTBEAT', text: (scheduler) => heartbeat(scheduler.last_heartbeat_at) },
            { title: 'HOST', text: (scheduler) => scheduler.host },
            { title: 'PID', text: (scheduler) => String(scheduler.pid) },
          ],
          'No scheduler is running. Start one with: jtp scheduler',
        ),
      );
    });
  program
    .command('queues')
    .description('What waits.')
    .command('ls')
    .description('List waiting runs in the order of their claims, each with its reason.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.queue());
      await emit(context(), answer, () => {
        const times = timesOf(context());
        writeTable(
          context(),
          answer.items,
          [
            { title: '#', text: (item) => String(item.position) },
            { title: 'JOB', text: ({ run }) => run.job_name },
            { title: 'REASON', cut: 'first', text: ({ run }) => run.reason_text ?? '' },
            { title: times.title('SINCE'), text: ({ run }) => times.text(run.created_at) },
            { title: 'RUN', cut: 'never', text: ({ run }) => run.id },
          ],
          `Nothing waits. ${answer.running} running.`,
        );
      });
    });
  program
    .command('events')
    .description('What happened, newest first.')
    .option('--kind <kind>', 'for example run.failed')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (query: { kind?: string; limit?: number; cursor?: string }) => {
      const page = await withConnection(context(), ({ client }) => client.listEvents({ query }));
      await emit(context(), page, () => {
        const times = timesOf(context());
        writeTable(
          context(),
          page.items,
          [
            { title: times.title('AT'), text: (event) => times.text(event.at) },
            { title: 'KIND', text: (event) => event.kind },
            { title: 'WHAT', text: (event) => event.text },
            { title: 'BY', text: (event) => event.actor ?? '' },
          ],
          'Nothing has happened yet.',
        );
      });
    });
}
