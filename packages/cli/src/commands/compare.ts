import type { Command } from 'commander';
import type { RunComparison } from 'job-trigger-contract';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { findRunId } from '../find-run.ts';
import { printable, writeTable } from '../output/table.ts';

type Row = RunComparison['facts'][number];

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const signs: Readonly<Record<RunComparison['log']['lines'][number]['kind'], string>> = {
  same: ' ',
  run: '-',
  with: '+',
};

function writeLog({ stdout }: Context['terminal'], { log }: RunComparison): void {
  if (log.first_difference === null) return;
  stdout.write(`Output differs from line ${log.first_difference} on (- this run, + the other):\n`);
  for (const { kind, text } of log.lines) stdout.write(`${signs[kind]} ${printable(text)}\n`);
  if (log.more) stdout.write('  …\n');
}

function write(context: Context, comparison: RunComparison): void {
  const { with: other, facts, definition, parameters, environment, log } = comparison;
  if (other === null) {
    tell(context, 'No run of this job succeeded before. Name another one to compare with.');
    return;
  }
  const part = (what: string, rows: readonly Row[]) => rows.map((row) => ({ what, ...row }));
  const rows = [
    ...part('run', facts),
    ...part('job', definition),
    ...part('parameter', parameters),
    ...part('environment', environment),
  ];
  tell(context, `With run ${other.id}, ${other.state} ${other.ended_at ?? ''}.`);
  writeTable(
    context,
    rows,
    [
      { title: 'OF', text: ({ what }) => what },
      { title: 'NAME', text: ({ name }) => name },
      { title: 'THIS RUN', text: (row) => shown(row.run) },
      { title: 'THE OTHER', cut: 'first', text: (row) => shown(row.with) },
    ],
    log.first_difference === null ? 'Nothing differs.' : 'Nothing but the output differs.',
  );
  writeLog(context.terminal, comparison);
}

/** `jtp runs compare RUN [RUN]`: what was different when it went wrong. */
export function addCompareCommand(runs: Command, context: () => Context): void {
  runs
    .command('compare <run> [with]')
    .description('What differs from another run of the job; from its last success when none is named.')
    .action(async (given: string, other: string | undefined) => {
      const comparison = await withConnection(context(), async ({ client }) =>
        client.compareRuns({
          params: { id: await findRunId(client, given) },
          query: other === undefined ? {} : { with: await findRunId(client, other) },
        }),
      );
      await emit(context(), comparison, () => write(context(), comparison));
    });
}
