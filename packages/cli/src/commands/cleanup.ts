import type { Command } from 'commander';
import { emit, tell, withConnection, type Context } from '../context.ts';

/** What retention takes away, before or at once. */
export function addCleanupCommands(program: Command, context: () => Context): void {
  program
    .command('cleanup')
    .description('What retention no longer keeps.')
    .command('run')
    .description('Remove it now, in small batches; schedulers do so every hour.')
    .option('--dry-run', 'count it, and remove nothing')
    .action(async (flags: { dryRun?: boolean }) => {
      const body = { dry_run: flags.dryRun === true };
      const answer = await withConnection(context(), ({ client }) => client.runRetention({ body }));
      await emit(context(), answer, () => {
        const { runs, ledger, events, jobs, oldest_run_at: oldest } = answer;
        const did = answer.dry_run ? 'Would remove' : 'Removed';
        context().terminal.stdout.write(
          `${did} ${runs} runs, ${ledger} ledger rows, ${events} events and ${jobs} deleted jobs.\n`,
        );
        if (oldest !== null) tell(context(), `The oldest of these runs was created at ${oldest}.`);
        const { before } = answer;
        tell(
          context(),
          `Kept: runs from ${before.runs}, the ledger from ${before.ledger}, events from ${before.events}, deleted jobs from ${before.jobs}.`,
        );
      });
    });
}
