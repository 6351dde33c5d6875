import type { Command } from 'commander';
import { emit, withConnection, type Context } from '../context.ts';
import { exitStatus } from '../exit-status.ts';
import { timesOf } from '../output/when.ts';
import { writeTable } from '../output/table.ts';

/** Commands that only look: scripts, health. */
export function addLookCommands(program: Command, context: () => Context): void {
  program
    .command('scripts')
    .description('Files in the scripts folder.')
    .command('ls')
    .description('List scripts that a job may name.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listScripts());
      await emit(context(), answer, () => {
        const times = timesOf(context());
        writeTable(
          context(),
          answer.items,
          [
            { title: 'PATH', text: (script) => script.path },
            { title: 'BYTES', text: (script) => String(script.bytes) },
            { title: times.title('MODIFIED'), text: (script) => times.text(script.modified_at) },
          ],
          `No scripts in ${answer.folder}.`,
        );
      });
    });
  program
    .command('health')
    .description('Is it working? Exit status 1 when something is not.')
    .option('--component <name>', 'only this check: database, schedulers, workers, storage')
    .action(async (flags: { component?: string }) => {
      const health = await withConnection(context(), ({ client }) => client.health());
      const checks = Object.entries(health.checks ?? {}).filter(
        ([name]) => flags.component === undefined || name.startsWith(flags.component),
      );
      await emit(context(), health, () =>
        writeTable(
          context(),
          checks,
          [
            { title: 'CHECK', text: ([name]) => name },
            { title: 'STATUS', isState: true, text: ([, check]) => check.status },
            { title: 'MESSAGE', text: ([, check]) => check.message },
            { title: 'FIX', text: ([, check]) => check.fix ?? '' },
          ],
          'No such check.',
        ),
      );
      const well = checks.length > 0 && checks.every(([, check]) => check.status === 'healthy');
      process.exitCode = well ? exitStatus.done : exitStatus.failed;
    });
}
