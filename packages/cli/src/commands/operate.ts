import type { Command } from 'commander';
import { filledPage } from 'job-trigger-contract';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { writePage, writeTable } from '../output/table.ts';
import { distance, timesOf } from '../output/when.ts';
import { addLimitCommands } from './limits.ts';
import { addWorkerCommands, offsetText } from './workers.ts';

function heartbeat(at: string): string {
  return distance(Date.parse(at), Date.now());
}

function addSchedulers(program: Command, context: () => Context): void {
  const schedulers = program.command('schedulers').description('Who watches the clock.');
  schedulers
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
            { title: 'CLOCK', text: (scheduler) => offsetText(scheduler.clock_offset_seconds) },
          ],
          'No scheduler is running. Start one with: jtp scheduler',
        ),
      );
    });
  schedulers
    .command('confirm-clock')
    .description('Say that a clock which jumped ahead by more than a day is right.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.confirmClock());
      await emit(context(), answer, () =>
        tell(
          context(),
          answer.confirmed === 0
            ? 'No scheduler waits because of the clock.'
            : 'Confirmed. Planning goes on; what was due in between stands in the ledger as skipped, with the reason clock.',
        ),
      );
    });
}

/** Commands for those who keep the installation running: workers, schedulers, the queue, what happened. */
export function addOperateCommands(program: Command, runs: Command, context: () => Context): void {
  addWorkerCommands(program, context);
  addSchedulers(program, context);
  const queues = program.command('queues').description('What waits.');
  queues
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
            { title: times.title('EXPECTED'), text: (item) => times.text(item.expected_start_at) },
            { title: 'REASON', cut: 'first', text: ({ run }) => run.reason_text ?? '' },
            { title: times.title('SINCE'), text: ({ run }) => times.text(run.created_at) },
            { title: 'RUN', cut: 'never', text: ({ run }) => run.id },
          ],
          `Nothing waits. ${answer.running} running.`,
        );
      });
    });
  addLimitCommands(program, { queues, runs }, context);
  program
    .command('events')
    .description('What happened, newest first.')
    .option('--kind <kind>', 'for example run.failed')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (wanted: { kind?: string; limit?: number; cursor?: string }) => {
      const page = await withConnection(context(), ({ client }) =>
        filledPage((query) => client.listEvents({ query }), wanted),
      );
      await emit(context(), page, () => {
        const times = timesOf(context());
        writePage(
          context(),
          page,
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
