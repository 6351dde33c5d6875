import type { Command } from 'commander';
import { emit, withConnection, type Context } from '../context.ts';
import { wayOf } from '../contexts/way.ts';
import { exitStatus } from '../exit-status.ts';
import { portalAt } from '../portal-at.ts';
import { baseAddress } from '../setup-token.ts';
import { readConfig } from '../settings-source.ts';
import { writeTable } from '../output/table.ts';

/** Asks the portal itself, by its address: a database that answers says nothing about it. */
async function lookAtPortal(context: Context): Promise<void> {
  const way = wayOf(context.terminal, context.flags);
  const base = way.kind === 'server' ? way.server : await addressOfSettings(context);
  const answers = await portalAt(base);
  const status = answers ? 'healthy' : 'unhealthy';
  const message = answers ? `${base} answers.` : `Nothing answers as a portal at ${base}.`;
  await emit(
    context,
    { status, checks: { portal: { status, message, fix: answers ? null : 'Start it: jtp start' } } },
    () => context.terminal.stdout.write(`portal\t${status}\t${message}\n`),
  );
  process.exitCode = answers ? exitStatus.done : exitStatus.failed;
}

async function addressOfSettings(context: Context): Promise<string> {
  const { values } = await readConfig(context.terminal, context.flags);
  return baseAddress({ ...values, publicUrl: null });
}

/** Commands that only look: health. */
export function addLookCommands(program: Command, context: () => Context): void {
  program
    .command('health')
    .description('Is it working? Exit status 1 when something is not.')
    .option('--component <name>', 'only this: database, scheduler, worker, storage; portal asks whether one answers')
    .action(async (flags: { component?: string }) => {
      if (flags.component === 'portal') {
        await lookAtPortal(context());
        return;
      }
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
