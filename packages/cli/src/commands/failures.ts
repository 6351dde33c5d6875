import type { Command } from 'commander';
import type { Intervention, JobFailures } from 'job-trigger-contract';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { findJob } from '../find-job.ts';
import { writeFacts, type Fact } from '../output/facts.ts';
import { writeTable } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

/** Why a job is stopped, and until when it cools off; null while it is not. */
export function stoppedText(stopped: Intervention | null, times: Times): string | null {
  if (stopped === null) return null;
  const then = stopped.policy === 'probe' ? 'tried once after' : 'cooled off';
  return `${stopped.text} Since ${times.text(stopped.opened_at)}, ${then} ${times.text(stopped.cool_off_until)}.`;
}

function factsOf(
  { failure_pattern: pattern, recommended_action: action, intervention, ...rest }: JobFailures,
  times: Times,
): readonly Fact[] {
  return [
    ['stopped', stoppedText(intervention, times)],
    ['in a row', String(pattern.consecutive_failures)],
    ['recent', String(pattern.recent_failures)],
    ['kind', pattern.failure_reason],
    ['last failure', pattern.last_failure_time === null ? 'none' : times.text(pattern.last_failure_time)],
    ['said', pattern.error_patterns.join('; ') || null],
    ['what to do', action?.text ?? null],
    ['run', rest.last_failed_run_id],
  ];
}

/** What a job that fails says, and a fresh start for it: `jtp jobs failures|reset|stopped`. */
export function addFailureCommands(jobs: Command, context: () => Context): void {
  jobs
    .command('failures <job>')
    .description('How it fails, by its own runs, and what to do about it.')
    .action(async (name: string) => {
      const failures = await withConnection(context(), async ({ client }) =>
        client.jobFailures({ params: { id: (await findJob(client, name)).id } }),
      );
      await emit(context(), failures, () => writeFacts(context(), factsOf(failures, timesOf(context()))));
    });
  jobs
    .command('reset <job>')
    .description('Let its failures count from now on; a job that was stopped by them goes on. Runs nothing.')
    .action(async (name: string) => {
      const job = await withConnection(context(), async ({ client }) =>
        client.resetJob({ params: { id: (await findJob(client, name)).id } }),
      );
      await emit(context(), job, () => tell(context(), `Reset ${job.name}. It is ${job.status.replaceAll('_', ' ')}.`));
    });
  jobs
    .command('detach <job>')
    .description('Take over a job that a plugin asked for: the plugin changes and removes it no more.')
    .action(async (name: string) => {
      const job = await withConnection(context(), async ({ client }) =>
        client.detachJob({ params: { id: (await findJob(client, name)).id } }),
      );
      await emit(context(), job, () => tell(context(), `${job.name} is yours: its plugin changes it no more.`));
    });
  jobs
    .command('stopped')
    .description('Jobs that failures have stopped, and that wait for a person.')
    .action(async () => {
      const summary = await withConnection(context(), async ({ client }) => client.intervention());
      const times = timesOf(context());
      await emit(context(), summary, () =>
        writeTable(
          context(),
          summary.items,
          [
            { title: 'JOB', text: ({ job_name: name }) => name },
            { title: 'TYPE', text: ({ type }) => type },
            { title: times.title('SINCE'), text: ({ intervention }) => times.text(intervention.opened_at) },
            { title: 'WHY', text: ({ intervention }) => intervention.text },
            { title: 'WHAT TO DO', text: ({ intervention }) => intervention.recommended_action.text },
          ],
          'No job is stopped.',
        ),
      );
    });
}
