import { Option, type Command } from 'commander';
import { filledPage, type LedgerEntry, type LedgerQuery } from 'job-trigger-contract';
import { emit, withConnection, type Context } from '../context.ts';
import { explanationLines } from '../explanation-lines.ts';
import { findJob } from '../find-job.ts';
import { printable, writePage } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

function instantsOf(entry: LedgerEntry, times: Times): string {
  if (entry.kind === 'occurrence') return times.text(entry.due_at);
  return `${times.text(entry.from)} to ${times.text(entry.to)} (${entry.count})`;
}

interface LedgerFlags {
  readonly from?: string;
  readonly to?: string;
  readonly state?: string;
  readonly reason?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** What happened to every due instant of a job, and why: `jtp jobs why|occurrences|versions`. */
export function addLedgerCommands(jobs: Command, context: () => Context): void {
  jobs
    .command('why <job>')
    .description('Why it waits, ran, did not run or will not run.')
    .option('--at <instant>', 'of this instant, passed or to come, RFC 3339')
    .action(async (name: string, flags: { at?: string }) => {
      const why = await withConnection(context(), async ({ client }) =>
        client.jobWhy({ params: { id: (await findJob(client, name)).id }, query: flags }),
      );
      await emit(context(), flags.at === undefined ? why : why.answer, () => {
        const lines =
          flags.at === undefined
            ? [
                why.next,
                ...(why.maintenance === null ? [] : [why.maintenance.text]),
                ...(why.prerequisites === null ? [] : [why.prerequisites.text]),
                ...why.waiting.map((run) => `Run ${run.run_id} waits: ${run.reason_text ?? ''}`),
                ...why.last.map((fact) => `${fact.at}  ${fact.text}`),
              ]
            : explanationLines(why.answer);
        const times = timesOf(context());
        for (const line of lines) context().terminal.stdout.write(`${printable(times.sentence(line))}\n`);
      });
    });
  jobs
    .command('occurrences <job>')
    .description('The ledger: each due instant with its run, or the reason there is none.')
    .option('--from <instant>', 'instants from this one on, RFC 3339')
    .option('--to <instant>', 'instants up to this one')
    .addOption(new Option('--state <state>', 'only these').choices(['dispatched', 'skipped']))
    .option('--reason <reasons>', 'for example misfire,overlap')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (name: string, flags: LedgerFlags) => {
      const page = await withConnection(context(), async ({ client }) => {
        const params = { id: (await findJob(client, name)).id };
        return filledPage((query) => client.jobOccurrences({ params, query }), flags as Partial<LedgerQuery>);
      });
      await emit(context(), page, () => {
        const times = timesOf(context());
        writePage(
          context(),
          page,
          [
            { title: times.title('DUE'), text: (entry) => instantsOf(entry, times) },
            { title: 'STATE', isState: true, text: (entry) => entry.state },
            { title: 'REASON', text: (entry) => entry.reason_text ?? '' },
            { title: 'RUN', text: (entry) => entry.run_id ?? entry.why.links[0]?.id ?? '' },
          ],
          'No instant matches.',
        );
      });
    });
  jobs
    .command('versions <job>')
    .description('Each saved definition, newest first.')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .action(async (name: string, query: { limit?: number; cursor?: string }) => {
      const page = await withConnection(context(), async ({ client }) =>
        client.jobVersions({ params: { id: (await findJob(client, name)).id }, query }),
      );
      await emit(context(), page, () => {
        const times = timesOf(context());
        writePage(
          context(),
          page,
          [
            { title: 'VERSION', text: (version) => String(version.version) },
            { title: times.title('SAVED'), text: (version) => times.text(version.created_at) },
            { title: 'BY', text: (version) => version.author ?? '' },
            { title: 'NOTE', text: (version) => version.note ?? '' },
          ],
          'No version.',
        );
      });
    });
}
