import type { BulkResult, Client, JobsBulkRequest } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { findRunId } from '../find-run.ts';
import { printable } from '../output/table.ts';

/** Some by name or id, or all that carry a tag. */
export interface Many {
  readonly names: readonly string[];
  readonly tag?: string | undefined;
}

/** Whether it is the plain act on one job. @throws CommandError when nothing, or both, is named */
export function isOne({ names, tag }: Many): boolean {
  if ((names.length === 0) === (tag === undefined))
    throw new CommandError(exitStatus.usage, 'Name jobs, or use --tag.', 'List them with: jtp jobs ls');
  return names.length === 1;
}

/** Tells what became of each; one that was refused makes the command fail. */
async function tellResult(context: Context, result: BulkResult, done: string): Promise<void> {
  await emit(context, result, () => {
    for (const { id, name, ok, message, run_id: run } of result.items)
      context.terminal.stdout.write(
        `${printable(name ?? id)}\t${ok ? `${done}${run === null ? '' : ` ${run}`}` : printable(message ?? '')}\n`,
      );
    const more = result.more ? ' There are more that match; say it again.' : '';
    tell(context, `${result.done} ${done}, ${result.failed} not.${more}`);
  });
  if (result.failed > 0) process.exitCode = exitStatus.failed;
}

/** Does one act to many jobs. `question` is asked with their number before. */
export async function actOnJobs(
  context: Context,
  client: Client,
  { names, tag }: Many,
  act: Omit<JobsBulkRequest, 'ids' | 'filter'>,
  words: { readonly done: string; readonly question?: string },
): Promise<void> {
  const ids: string[] = [];
  for (const name of names) ids.push((await findJob(client, name)).id);
  const which = tag === undefined ? { ids } : { filter: { tag } };
  if (words.question !== undefined) {
    const { items } = await client.bulkJobs({ body: { ...act, ...which, dry_run: true } });
    if (items.length > 0) await confirmed(context, `${words.question} ${items.length} jobs?`);
  }
  await tellResult(context, await client.bulkJobs({ body: { ...act, ...which } }), words.done);
}

/** Cancels several runs. */
export async function cancelRuns(context: Context, client: Client, given: readonly string[]): Promise<void> {
  const ids: string[] = [];
  for (const text of given) ids.push(await findRunId(client, text));
  await tellResult(context, await client.bulkRuns({ body: { act: 'cancel', ids } }), 'cancelled');
}
