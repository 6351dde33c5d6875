import type { Command } from 'commander';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { timesOf } from '../output/when.ts';

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;

/** The demo: what there is of it, and its removal. */
export function addDemoCommands(program: Command, context: () => Context): void {
  const demo = program.command('demo').description('Demo data, which start --demo brings.');
  demo
    .command('show', { isDefault: true })
    .description('What there is of it.')
    .action(async () => {
      const found = await withConnection(context(), ({ client }) => client.demo());
      await emit(context(), found, () => {
        const { terminal } = context();
        if (found.filled_at === null && found.jobs === 0) {
          tell(context(), 'There is no demo data. Start with: jtp start --demo');
          return;
        }
        const since = found.filled_at === null ? '' : `, since ${timesOf(context()).text(found.filled_at)}`;
        const parts = [
          counted(found.jobs, 'job'),
          counted(found.runs, 'run'),
          counted(found.files.length, 'file'),
        ].join(', ');
        terminal.stdout.write(`${parts}${since}\n`);
      });
    });
  demo
    .command('rm')
    .description('Remove its jobs, their runs and output, and its scripts. Everything else stays.')
    .action(async () => {
      await withConnection(context(), async ({ client }) => {
        const found = await client.demo();
        if (found.filled_at === null && found.jobs === 0) {
          await emit(context(), { jobs: 0, runs: 0, files_removed: [], files_kept: [] }, () =>
            tell(context(), 'There is no demo data.'),
          );
          return;
        }
        await confirmed(
          context(),
          `Remove ${counted(found.jobs, 'demo job')} with ${counted(found.runs, 'run')} and their output, also where you changed them?`,
        );
        const removed = await client.removeDemo();
        await emit(context(), removed, () => {
          tell(context(), `Removed ${counted(removed.jobs, 'job')} and ${counted(removed.runs, 'run')}.`);
          for (const path of removed.files_kept)
            tell(context(), `Kept ${path}: it was changed, or another job runs it.`);
        });
      });
    });
}
