import type { Client } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';
import { findJob } from './find-job.ts';

/** How the pages show a run: the last eight digits of its id. */
const short = /^[0-9a-f]{8}$/i;
const newest = 500;

const isShortRunId = (text: string): boolean => short.test(text);

/** The whole id where a short one is given; anything else as it is. @throws CommandError when none, or several, end so */
export async function findRunId(client: Client, text: string): Promise<string> {
  if (!isShortRunId(text)) return text;
  const { items } = await client.listRuns({ query: { limit: newest } });
  const [found, second] = items.filter(({ id }) => id.endsWith(text.toLowerCase()));
  if (found === undefined)
    throw new CommandError(
      exitStatus.notFound,
      `None of the newest ${newest} runs ends in '${text}'.`,
      'Give the whole id; list them with: jtp runs ls',
    );
  if (second !== undefined)
    throw new CommandError(
      exitStatus.usage,
      `Several runs end in '${text}', ${found.id} and ${second.id} among them.`,
      'Give the whole id.',
    );
  return found.id;
}

const uuid = /^[0-9a-f-]{36}$/i;

/** A run by its id, or the newest run of a job by the job's name. */
export async function runOrNewestOf(client: Client, what: string): Promise<string> {
  if (uuid.test(what)) {
    const run = await client.getRun({ params: { id: what } }).catch(() => null);
    if (run !== null) return run.id;
  }
  if (isShortRunId(what)) {
    const id = await findRunId(client, what).catch(() => null);
    if (id !== null) return id;
  }
  const job = await findJob(client, what);
  const newest = (await client.listRuns({ query: { job_id: job.id, limit: 1 } })).items[0];
  if (newest === undefined)
    throw new CommandError(exitStatus.notFound, `${job.name} has not run yet.`, `Run it with: jtp run ${job.name}`);
  return newest.id;
}
